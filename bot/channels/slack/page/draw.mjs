// Draws messages and modals as Slack shows them, as one page that needs no network: node draw.mjs MESSAGES.json PAGE.html
// MESSAGES.json holds {name: {text, blocks}} and {name: view}. What is collapsible is open on page.html#open.
import { build } from "esbuild";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const [, , source, target] = process.argv;
const folder = dirname(fileURLToPath(import.meta.url));
const style = readFileSync(createRequire(import.meta.url).resolve("slack-blocks-to-jsx/dist/style.css"), "utf8");

const bundle = await build({
  entryPoints: [`${folder}/shown.js`],
  loader: { ".js": "jsx" },
  bundle: true,
  minify: true,
  write: false,
  format: "iife",
  define: { "process.env.NODE_ENV": '"production"' },
});
const script = bundle.outputFiles[0].text.replaceAll("</script", "<\\/script");
const messages = JSON.stringify(JSON.parse(readFileSync(source, "utf8"))).replaceAll("<", "\\u003c");

writeFileSync(target, `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>What Slack shows</title>
<style>${style}</style>
<style>${readFileSync(`${folder}/shown.css`, "utf8")}</style>
<main id="page"></main>
<script type="application/json" id="messages">${messages}</script>
<script>${script}</script>
</html>
`);

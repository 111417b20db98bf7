// Draws messages and modals as Slack shows them, as one page that needs no network: node draw.mjs MESSAGES.json PAGE.html
// MESSAGES.json holds {name: {text, blocks}} and {name: view}. What is collapsible is open on page.html#open.
import { readFileSync, writeFileSync } from "node:fs";
import { scriptOf, style } from "./bundle.mjs";

const [, , source, target] = process.argv;
const script = (await scriptOf("shown.js")).replaceAll("</script", "<\\/script");
const messages = JSON.stringify(JSON.parse(readFileSync(source, "utf8"))).replaceAll("<", "\\u003c");

writeFileSync(target, `<!doctype html>
<html lang="en-GB">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>What Slack shows</title>
<style>${style()}</style>
<main id="page"></main>
<script type="application/json" id="messages">${messages}</script>
<script>${script}</script>
</html>
`);

// Bundles a script of this folder and the renderer's style, so that a page needs no network and no node_modules.
// As a command it writes what the page "What Slack shows" loads: node bundle.mjs FOLDER
import { build } from "esbuild";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const folder = dirname(fileURLToPath(import.meta.url));

export async function scriptOf(name) {
  const bundle = await build({
    entryPoints: [`${folder}/${name}`],
    loader: { ".js": "jsx" },
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    define: { "process.env.NODE_ENV": '"production"' },
  });
  return bundle.outputFiles[0].text;
}

export function style() {
  const renderer = createRequire(import.meta.url).resolve("slack-blocks-to-jsx/dist/style.css");
  return `${readFileSync(renderer, "utf8")}\n${readFileSync(`${folder}/shown.css`, "utf8")}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const target = process.argv[2];
  mkdirSync(target, { recursive: true });
  writeFileSync(`${target}/page.css`, style());
  writeFileSync(`${target}/page.js`, await scriptOf("demo.js"));
}

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";
import { messages, ofEmbed, pageMarkup, shadowStyles } from "../../static/embed/plugins.mjs";

const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));

test("an embedded graph has every word that it says", async () => {
  const { metafile, outputFiles } = await esbuild.build({
    entryPoints: [here("../../static/embed/embed.js")],
    bundle: true,
    splitting: true,
    format: "esm",
    outdir: "none",
    write: false,
    metafile: true,
    plugins: [messages(ofEmbed), pageMarkup, shadowStyles],
  });
  const built = outputFiles.map(({ text }) => text).join("");
  const catalogue = await readFile(here("../../engine/messages/en.ftl"), "utf8");
  const page = catalogue.split(/^(?=## )/m).filter((part) => part.startsWith("## Page: ")).join("\n");
  const ids = new Set([...page.matchAll(/^([a-z][\w-]*) =/gm)].map(([, id]) => id));
  const idOf = (/** @type {string} */ key) => key.replace(/[^\w-]/g, "-");
  const there = new Set([...built.matchAll(/"([a-z][\w-]*)":/g)].map(([, id]) => id));
  const said = new Set();
  for (const input of Object.keys(metafile.inputs).filter((path) => path.includes("static/"))) {
    const source = input.startsWith("page:") ? built : await readFile(input, "utf8");
    for (const [, key] of source.matchAll(/["'`]([a-z]+\.[\w.]+)["'`]/g)) if (ids.has(idOf(key))) said.add(idOf(key));
    for (const [, start] of source.matchAll(/`([a-z]+\.[\w.]*)\$\{/g)) for (const id of ids) if (id.startsWith(idOf(start))) said.add(id);
  }
  for (const [, key] of built.matchAll(/data-t(?:-label)?=\\?"([a-z.]+)/g)) said.add(idOf(key));
  assert.ok(said.size > 100);
  assert.deepEqual([...said].filter((id) => !there.has(id)), []);
});

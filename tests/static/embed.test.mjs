import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";
import { messages, ofEmbed, ofPage, pageMarkup, shadowStyles } from "../../static/embed/plugins.mjs";

const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));

test("the page has every text of what it starts with before any panel comes", async () => {
  const { outputFiles } = await esbuild.build({
    stdin: { contents: 'import english from "#messages/en"; console.log(english);', resolveDir: here("../../static") },
    bundle: true,
    write: false,
    plugins: [messages(ofPage)],
  });
  const there = new Set([...outputFiles[0].text.matchAll(/"([a-z][\w-]*)":/g)].map(([, id]) => id));
  const { metafile } = await esbuild.build({
    entryPoints: [here("../../static/pages/app.js")],
    bundle: true,
    splitting: true,
    format: "esm",
    outdir: "none",
    write: false,
    metafile: true,
    plugins: [messages(ofPage)],
  });
  const starting = new Set(Object.keys(metafile.outputs).filter((name) => metafile.outputs[name].entryPoint?.endsWith("pages/app.js")));
  for (const name of starting) for (const { path, kind } of metafile.outputs[name].imports) if (kind === "import-statement") starting.add(path);
  const catalogue = await readFile(here("../../engine/messages/en.ftl"), "utf8");
  const pages = catalogue.split(/^(?=## )/m).filter((part) => part.startsWith("## Page: ")).join("\n");
  const ids = [...pages.matchAll(/^([a-z][\w-]*) =/gm)].map(([, id]) => id);
  const modules = new Set([...starting].flatMap((name) => Object.keys(metafile.outputs[name].inputs)).filter((path) => path.startsWith("static/")));
  const said = new Set();
  for (const path of modules) {
    const source = await readFile(path, "utf8");
    for (const [, key] of source.matchAll(/\bt\(\s*"([\w.-]+)"/g)) said.add(key.replaceAll(".", "-"));
    for (const [, start, end] of source.matchAll(/[\s(]`([a-z.]*)\$\{\w+\}([a-z.]*)`/g)) {
      if (`${start}${end}`.includes(".")) for (const id of ids) if (id.startsWith(start.replaceAll(".", "-")) && id.endsWith(end.replaceAll(".", "-")) && start) said.add(id);
    }
  }
  for (const name of ["training", "memory", "curvature", "shapes", "devices", "health", "edits"]) said.add(`${name}-title`);
  const page = await readFile(here("../../templates/index.html"), "utf8");
  for (const [, key] of page.matchAll(/data-t(?:-label)?="([a-z.]+)"/g)) said.add(key.replaceAll(".", "-"));
  assert.ok(modules.has("static/panels/lab.js"));
  assert.ok(said.size > 80);
  assert.deepEqual([...said].filter((id) => ids.includes(id) && !there.has(id)), []);
});

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

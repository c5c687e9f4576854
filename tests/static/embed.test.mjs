import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";
import { fewerWords, pageMarkup, shadowStyles } from "../../static/embed/plugins.mjs";
import { en } from "../../static/i18n/en.js";

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
    plugins: [pageMarkup, shadowStyles, fewerWords],
  });
  const built = outputFiles.map(({ text }) => text).join("");
  const sections = new Set(Object.keys(en).map((key) => key.split(".")[0]));
  const said = new Set();
  for (const input of Object.keys(metafile.inputs).filter((path) => path.includes("static/") && !/i18n\/(en|zh)/.test(path))) {
    const source = input.startsWith("page:") ? built : await readFile(input, "utf8");
    for (const [, key] of source.matchAll(/["'`]([a-z]+\.[\w.]+)["'`]/g)) if (key in en) said.add(key.split(".")[0]);
    for (const [, section] of source.matchAll(/`([a-z]+)\.[\w.]*\$\{/g)) if (sections.has(section)) said.add(section);
  }
  assert.ok(said.size > 10);
  for (const section of said) assert.match(built, new RegExp(`"${section}\\.[a-z]+[^"]*": `), `${section} is not among the words`);
  for (const [, key] of built.matchAll(/data-t(?:-label)?=\\?"([a-z.]+)/g)) assert.ok(built.includes(`"${key}": `), key);
});

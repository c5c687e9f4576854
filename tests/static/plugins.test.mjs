/** What the build leaves out of KaTeX: nothing that the engine's equations are written with, and authors have the rest. */
import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { pathToFileURL } from "node:url";
import esbuild from "esbuild";
import katex from "katex";
import { smallKatex } from "../../static/embed/plugins.mjs";

const ENGINE = new URL("../../engine/", import.meta.url);
const AUTHORS = ["\\underbrace{x}_{n}", "\\mathfrak{g}", "\\xrightarrow{f}", "\\boxed{x}", "\\cancel{x}", "\\underline{x}", "\\def\\x{1} \\x"];

/** Every command that the engine's sources name to write it, not to read it, alone and with arguments. */
async function commands() {
  const files = (await readdir(ENGINE, { recursive: true })).filter((name) => name.endsWith(".py") && !name.endsWith("latex_lines.py"));
  const texts = await Promise.all(files.map((name) => readFile(new URL(name, ENGINE), "utf8")));
  const names = new Set(texts.flatMap((text) => [...text.matchAll(/\\\\?([A-Za-z]{2,})/g)].map(([, name]) => name)));
  return [...names].flatMap((name) => [`\\${name}`, `\\${name}{x}`, `\\${name}{\\mathbf{x}}{y}`, `\\left( \\${name} \\right)^2`]);
}

test("the small KaTeX sets what the engine writes as the whole one does, and the rest adds authors' TeX", async () => {
  const folder = await mkdtemp(join(tmpdir(), "tidegraph-"));
  try {
    const entries = { small: 'import katex from "katex"; export default katex;', rest: 'import "#maths-rest"; import katex from "katex"; export default katex;' };
    const built = await Promise.all(
      Object.entries(entries).map(async ([name, contents]) => {
        const { outputFiles } = await esbuild.build({ stdin: { contents, resolveDir: "." }, bundle: true, format: "esm", write: false, plugins: [smallKatex] });
        const file = join(folder, `${name}.mjs`);
        await writeFile(file, outputFiles[0].contents);
        return [name, (await import(pathToFileURL(file).href)).default];
      }),
    );
    const { small, rest } = Object.fromEntries(built);
    const options = { throwOnError: false, strict: /** @type {const} */ (false) };
    const same = (/** @type {any} */ one, /** @type {string} */ source) => assert.equal(one.renderToString(source, options), katex.renderToString(source, options), source);
    const written = await commands();
    assert.ok(written.length > 300);
    for (const source of [...written, "\\begin{bmatrix} 1 & 2 \\\\ 3 & 4 \\end{bmatrix}", "\\sqrt{x^2}", "\\begin{cases} 1 & x > 0 \\\\ 0 \\end{cases}"]) same(small, source);
    for (const source of AUTHORS) {
      same(rest, source);
      assert.notEqual(small.renderToString(source, options), katex.renderToString(source, options), source);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

/**
 * Makes the npm package `@tidegraph/embed`: `node static/embed/package.mjs FOLDER VERSION`, then `npm pack FOLDER`. It has the
 * element as an ES module and as a classic script, its types, its fonts, and the hash of every script.
 */
import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";
import { buildClassic } from "./classic.mjs";
import { fontsOnly, lessOfD3, messages, ofEmbed, pageMarkup, shadowStyles, smallKatex } from "./plugins.mjs";

const [folder, version] = argv.slice(2);
if (!folder || !version) throw new Error("node static/embed/package.mjs FOLDER VERSION");
const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));

/** @type {esbuild.BuildOptions} */
const common = { bundle: true, minify: true, outdir: folder, logLevel: "warning", legalComments: "linked", target: ["chrome123", "firefox125", "safari17.5"] };
const plugins = [messages(ofEmbed), pageMarkup, shadowStyles, lessOfD3, smallKatex];

await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
await Promise.all([
  esbuild.build({ ...common, entryPoints: { embed: here("package/index.js") }, format: "esm", splitting: true, chunkNames: "chunks/[name]-[hash]", plugins }),
  buildClassic({ ...common, outdir: folder, entryPoints: { "embed.classic": here("site.js") }, plugins }),
  esbuild.build({ ...common, entryPoints: { "embed-fonts": here("fonts.css") }, assetNames: "fonts/[name]-[hash]", loader: { ".woff2": "file" }, plugins: [fontsOnly] }),
  esbuild.build({ ...common, entryPoints: { "layout-worker": fileURLToPath(import.meta.resolve("elkjs/lib/elk-worker.min.js")) }, format: "iife" }),
  copyFile(here("package/index.d.ts"), `${folder}/embed.d.ts`),
  copyFile(here("package/README.md"), `${folder}/README.md`),
  copyFile(here("../../LICENSE"), `${folder}/LICENSE`),
]);

const scripts = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".js")).sort();
const hash = async (/** @type {string} */ name) => `sha384-${createHash("sha384").update(await readFile(`${folder}/${name}`)).digest("base64")}`;
const integrity = Object.fromEntries(await Promise.all(scripts.map(async (name) => [name, await hash(name)])));
await writeFile(`${folder}/integrity.json`, `${JSON.stringify(integrity, null, 2)}\n`);
await writeFile(
  `${folder}/package.json`,
  `${JSON.stringify(
    {
      name: "@tidegraph/embed",
      version,
      description: "A computational graph at work in any page: data in and gradients out.",
      license: "MIT",
      type: "module",
      main: "embed.js",
      module: "embed.js",
      types: "embed.d.ts",
      sideEffects: true,
      exports: {
        ".": { types: "./embed.d.ts", default: "./embed.js" },
        "./classic": "./embed.classic.js",
        "./*": "./*",
      },
    },
    null,
    2,
  )}\n`,
);
for (const name of ["embed.js", "embed.classic.js"]) console.log(`${name} ${integrity[name]}`);

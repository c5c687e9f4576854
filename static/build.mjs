/**
 * Builds the page: bundles scripts and styles from static/ and the locked packages into static/dist/, which the
 * app serves at /static/. Run by `node static/build.mjs`; `--watch` builds again on every change.
 */
import { copyFile, mkdir, readFile, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";
import { fontsOnly, pageMarkup, shadowStyles } from "./embed/plugins.mjs";

const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));
const out = here("dist");

/**
 * KaTeX names each font in three formats; every browser that this page runs in reads the first.
 *
 * @type {esbuild.Plugin}
 */
const onlyWoff2 = {
  name: "only-woff2",
  setup(build) {
    build.onLoad({ filter: /katex(\.min)?\.css$/ }, async ({ path }) => {
      const styles = await readFile(path, "utf8");
      return { contents: styles.replace(/,\s*url\([^)]*\.(?:woff|ttf)\) format\("(?:woff|truetype)"\)/g, ""), loader: "css" };
    });
  },
};

/** @type {esbuild.BuildOptions} */
const common = {
  bundle: true,
  minify: true,
  sourcemap: true,
  outdir: out,
  logLevel: "warning",
  legalComments: "linked",
  target: ["chrome123", "firefox125", "safari17.5"],
};

/** @type {esbuild.BuildOptions[]} */
const bundles = [
  {
    ...common,
    entryPoints: [here("app.js"), here("app.css")],
    format: "esm",
    splitting: true,
    chunkNames: "chunks/[name]-[hash]",
    assetNames: "fonts/[name]-[hash]",
    loader: { ".woff2": "file" },
    plugins: [onlyWoff2],
  },
  {
    ...common,
    entryPoints: [here("embed/embed.js"), here("embed/site.js"), here("embed/page.js"), here("chapter/chapter.js")],
    entryNames: "[name]",
    format: "esm",
    splitting: true,
    chunkNames: "embed/[name]-[hash]",
    plugins: [pageMarkup, shadowStyles],
  },
  {
    ...common,
    entryPoints: { recorded: here("embed/recorded.js") },
    format: "esm",
    sourcemap: false,
    plugins: [pageMarkup, shadowStyles],
  },
  {
    ...common,
    entryPoints: { "embed-fonts": here("embed/fonts.css") },
    assetNames: "fonts/[name]-[hash]",
    loader: { ".woff2": "file" },
    sourcemap: false,
    plugins: [fontsOnly],
  },
  {
    ...common,
    entryPoints: { "recorded-fonts": here("embed/fonts.css") },
    loader: { ".woff2": "dataurl" },
    sourcemap: false,
    plugins: [fontsOnly],
  },
  { ...common, entryPoints: [here("embed/page.css")], entryNames: "[name]", sourcemap: false },
  {
    ...common,
    entryPoints: [here("chapter/chapter.css")],
    entryNames: "[name]",
    assetNames: "fonts/[name]-[hash]",
    loader: { ".woff2": "file" },
    sourcemap: false,
    plugins: [onlyWoff2],
  },
  { ...common, entryPoints: [here("theme.js"), here("chapter/remembered.js")], entryNames: "[name]", format: "iife" },
  { ...common, entryPoints: [here("docs.js")], format: "esm", sourcemap: false },
  {
    ...common,
    entryPoints: { "layout-worker": fileURLToPath(import.meta.resolve("elkjs/lib/elk-worker.min.js")) },
    format: "iife",
    sourcemap: false,
  },
];

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await copyFile(here("icon.svg"), `${out}/icon.svg`);
if (process.argv.includes("--watch")) {
  for (const bundle of bundles) await (await esbuild.context(bundle)).watch();
} else {
  await Promise.all(bundles.map((bundle) => esbuild.build(bundle)));
}

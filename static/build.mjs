/**
 * Builds the page: bundles scripts and styles from static/ and the locked packages into static/dist/, which the
 * app serves at /static/. Run by `node static/build.mjs [FOLDER]`; `--watch` builds again on every change.
 */
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import esbuild from "esbuild";
import { buildClassic } from "./embed/classic.mjs";
import { fontsOnly, lessOfD3, messages, ofEmbed, ofPage, pageMarkup, shadowStyles, smallKatex } from "./embed/plugins.mjs";

const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));
const out = resolve(process.argv.slice(2).find((word) => !word.startsWith("-")) ?? here("dist"));

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

/**
 * What is imported later comes when all of `entry` is there. Said so, all of `entry` is one file; unsaid, it falls into
 * as many as there are sets of later parts that share a module, and every file costs the first picture a request.
 * Only messages are not later: `entry` itself waits for them, and would wait for ever if they waited for it. Those of the
 * later parts come with the first of them.
 *
 * @param {string} entry
 * @returns {esbuild.Plugin}
 */
const laterThan = (entry) => ({
  name: "later-than",
  setup(build) {
    build.onResolve({ filter: /^\./ }, ({ kind, path, resolveDir, importer }) =>
      kind === "dynamic-import" && !importer.startsWith(here("i18n/")) ? { path: resolve(resolveDir, path), namespace: "later" } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: "later" }, ({ path }) => ({
      contents: `import ${JSON.stringify(entry)}; import ${JSON.stringify(here("i18n/later.js"))}; export * from ${JSON.stringify(path)};`,
      resolveDir: here("."),
    }));
  },
});

/** Faces in the format that pictures are rasterised with, which no browser asks for. */
const TRUETYPE = ["Main-Regular", "Main-Bold", "Math-Italic", "Math-BoldItalic", "SansSerif-Regular", "AMS-Regular"];
/** Brotli's highest quality takes ten times as long for a few hundredths. */
const QUALITY = 9;

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

/** Of everything that draws graphs in other pages. */
const ofGraphs = () => [messages(ofEmbed), pageMarkup, shadowStyles, lessOfD3, smallKatex];
const site = { ...common, entryPoints: { site: here("embed/site.js") }, plugins: ofGraphs() };

/** @type {esbuild.BuildOptions[]} */
const bundles = [
  {
    ...common,
    entryPoints: [here("pages/app.js"), here("pages/app.css")],
    entryNames: "[name]",
    format: "esm",
    splitting: true,
    chunkNames: "chunks/[name]-[hash]",
    assetNames: "fonts/[name]-[hash]",
    loader: { ".woff2": "file" },
    metafile: true,
    plugins: [messages(ofPage), laterThan(here("pages/app.js")), onlyWoff2, lessOfD3, smallKatex],
  },
  {
    ...common,
    entryPoints: [here("embed/embed.js"), here("embed/page.js"), here("embed/assignment.js")],
    entryNames: "[name]",
    format: "esm",
    splitting: true,
    chunkNames: "embed/[name]-[hash]",
    plugins: ofGraphs(),
  },
  {
    ...common,
    entryPoints: { recorded: here("embed/recorded.js") },
    format: "esm",
    sourcemap: false,
    plugins: [messages(ofEmbed, { atOnce: true }), pageMarkup, shadowStyles, lessOfD3],
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
  { ...common, entryPoints: [here("embed/page.css"), here("styles/builder.css"), here("styles/practice.css")], entryNames: "[name]", sourcemap: false },
  {
    ...common,
    entryPoints: [here("pages/chapter/chapter.js")],
    entryNames: "[name]",
    format: "esm",
    splitting: true,
    chunkNames: "chunks/[name]-[hash]",
    // No `laterThan`: the graphs' script finds files beside it by its own address, which a chunk has elsewhere.
    plugins: [messages((title) => ofPage(title) || ofEmbed(title), { atOnce: true }), pageMarkup, shadowStyles],
  },
  {
    ...common,
    entryPoints: [here("pages/chapter/chapter.css")],
    entryNames: "[name]",
    assetNames: "fonts/[name]-[hash]",
    loader: { ".woff2": "file" },
    sourcemap: false,
    plugins: [onlyWoff2],
  },
  { ...common, entryPoints: [here("embed/course.js"), here("embed/course.css")], entryNames: "[name]", format: "iife", sourcemap: false },
  { ...common, entryPoints: { notebook: here("embed/notebook.js") }, format: "iife", sourcemap: false },
  { ...common, entryPoints: { "notebook-widget": here("embed/widget.js") }, format: "esm", sourcemap: false },
  { ...common, entryPoints: [here("pages/theme.js"), here("pages/persist.js")], entryNames: "[name]", format: "iife" },
  {
    ...common,
    entryPoints: [here("pages/reference.js"), here("pages/reference.css"), here("pages/docs.js")],
    entryNames: "[name]",
    format: "esm",
    splitting: true,
    chunkNames: "chunks/[name]-[hash]",
    assetNames: "fonts/[name]-[hash]",
    loader: { ".woff2": "file" },
    plugins: [messages(() => false, { atOnce: true }), onlyWoff2],
    sourcemap: false,
  },
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
await mkdir(`${out}/ttf`);
for (const face of TRUETYPE) {
  const file = `KaTeX_${face}.ttf`;
  await copyFile(fileURLToPath(import.meta.resolve(`katex/dist/fonts/${file}`)), `${out}/ttf/${file}`);
}
if (process.argv.includes("--watch")) {
  for (const bundle of bundles) await (await esbuild.context(bundle)).watch();
  await buildClassic(site);
} else {
  const [[page]] = await Promise.all([Promise.all(bundles.map((bundle) => esbuild.build(bundle))), buildClassic(site)]);
  await writeFile(`${out}/first.json`, JSON.stringify(firstOf(/** @type {esbuild.Metafile} */ (page.metafile))));
  await Promise.all((await readdir(out, { recursive: true })).filter((name) => /\.(js|css)$/.test(name)).map(pack));
}

/**
 * What the first picture needs and the browser would find late, by names under `out`: what the page's script imports as
 * it starts, and the fonts of text and mathematics.
 *
 * @param {esbuild.Metafile} metafile
 */
function firstOf({ outputs }) {
  const named = (/** @type {string} */ name) => Object.keys(outputs).find((path) => path.endsWith(`/${name}`)) ?? "";
  const found = new Set([named("app.js")]);
  for (const path of found) {
    for (const one of outputs[path].imports) if (one.kind === "import-statement") found.add(one.path);
  }
  const fonts = Object.keys(outputs).filter((path) => /\/(inter-latin-wght|KaTeX_(Main-Regular|Main-Bold|Math-Italic|Typewriter-Regular))-[^/]*woff2$/.test(path));
  const name = (/** @type {string} */ path) => relative(out, path);
  return { scripts: [...found].slice(1).map(name), fonts: fonts.map(name) };
}

/**
 * The file compressed, beside the file, so that the server need not do it for every visit.
 *
 * @param {string} name
 */
async function pack(name) {
  const content = await readFile(`${out}/${name}`);
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT } = constants;
  const params = { [BROTLI_PARAM_QUALITY]: QUALITY, [BROTLI_PARAM_SIZE_HINT]: content.length };
  await writeFile(`${out}/${name}.br`, await promisify(brotliCompress)(content, { params }));
  await writeFile(`${out}/${name}.gz`, await promisify(gzip)(content, { level: 9 }));
}

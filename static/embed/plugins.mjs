/**
 * What the page is made of, made ready for a shadow root: its markup, its styles, and the fonts of the mathematics,
 * which only a document can declare.
 */
import { readdir, readFile } from "node:fs/promises";
import { basename } from "node:path";
import { env } from "node:process";
import { fileURLToPath } from "node:url";
import { FluentResource } from "@fluent/bundle";
import esbuild from "esbuild";

const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));
const FONT_FACE = /@font-face\s*{[^}]*}/g;
const KATEX_STYLES = /katex(\.min)?\.css$/;

/** Keeps what `choose` keeps of KaTeX's style sheet. @param {(css: string) => string} choose @returns {esbuild.Plugin} */
const fromKatex = (choose) => ({
  name: "from-katex",
  setup(build) {
    build.onLoad({ filter: KATEX_STYLES }, async ({ path }) => ({
      contents: choose(await readFile(path, "utf8")),
      loader: "css",
    }));
  },
});

/** KaTeX names each font in three formats; every browser that reads these pages reads the first. */
export const fontsOnly = fromKatex((css) =>
  (css.match(FONT_FACE) ?? [])
    .map((face) => face.replace(/,\s*url\([^)]*\.(?:woff|ttf)\) format\("(?:woff|truetype)"\)/g, ""))
    .join("\n"),
);

/** What only the page around the graph is made of. */
const PAGE_ONLY = /\.(?:masthead|logo|primary|examples|language|program|editor|panel-foot|panel-head|hint-keys|problem|skip|relations|wide-only|opening|drop-hint|outdated|of-old-program|guard|evidence|cards|mode|kept|load-scale|costs|gantt-key|progress|segments|device)\b|^(?:body|html|kbd)\b|data-theme-icon/;

/** A rule without the selectors that nothing here can meet. @param {string} rule as it stands in a minified style sheet */
function used(rule) {
  const [selectors, ...rest] = rule.split("{");
  const met = selectors.split(/,(?![^(]*\))/).filter((selector) => !PAGE_ONLY.test(selector));
  return met.length === 0 ? "" : [met.join(","), ...rest].join("{");
}

/**
 * `import styles from "./embed.css"` is the style sheet as text: what the page says of its root holds for the element,
 * what it says of narrow windows holds for a narrow element, and `--tide-paper` on the host page changes `--paper`.
 *
 * @type {esbuild.Plugin}
 */
export const shadowStyles = {
  name: "shadow-styles",
  setup(build) {
    build.onLoad({ filter: /embed\/(embed|maths|inspector|question|tour)\.css$/ }, async ({ path }) => {
      const { outputFiles } = await esbuild.build({
        entryPoints: [path],
        bundle: true,
        write: false,
        plugins: [fromKatex((css) => css.replace(FONT_FACE, ""))],
      });
      const css = outputFiles[0].text
        .replace(/:root\s*{[^}]*}/g, (block) => block.replace(/--([\w-]+):\s*([^;]+);/g, "--$1: var(--tide-$1, $2);"))
        .replace(/:root\[(.*?)\]/g, ":host([$1])")
        .replaceAll(":root", ":host")
        .replace(/@media \((max|min)-width: 899px/g, "@container ($1-width: 599px")
        .replace(/@media \(max-width: 419px/g, "@container (max-width: 419px");
      const { code } = await esbuild.transform(css, { loader: "css", minify: true, target: ["chrome123"] });
      return { contents: code.replace(/[^{}]+\{[^{}]*\}/g, used), loader: "text", watchDirs: [here("../styles")] };
    });
  },
};

/**
 * `import markup from "page:markup"` is the part of the page's template that an embedded graph has too.
 *
 * @type {esbuild.Plugin}
 */
export const pageMarkup = {
  name: "page-markup",
  setup(build) {
    build.onResolve({ filter: /^page:markup$/ }, ({ path }) => ({ path, namespace: "page" }));
    build.onLoad({ filter: /.*/, namespace: "page" }, async () => {
      const page = await readFile(here("../../templates/index.html"), "utf8");
      const drawn = await readFile(here("../../templates/icons.svg"), "utf8");
      const section = (/** @type {string} */ mark) => {
        const found = new RegExp(`<section[^>]*${mark}[\\s\\S]*?</section>`).exec(page);
        if (!found) throw new Error(`The page has no section with ${mark}.`);
        return found[0];
      };
      const used = ["stage", "equation", "inspector"].map((name) => section(`class="[^"]*\\b${name}\\b`)).join("");
      const bar = section('id="transport"');
      const named = new Set([...used.matchAll(/#icon-[a-z]+/g), ...bar.matchAll(/#icon-[a-z]+/g)].map(([name]) => name));
      const icons = drawn.replace(/<symbol id="(.*?)"[\s\S]*?<\/symbol>/g, (icon, id) => (named.has(`#${id}`) ? icon : ""));
      const markup = `${icons}<div class="workspace">${used}</div>${bar}`;
      return { contents: markup.replace(/\s*\n\s*/g, " "), loader: "text" };
    });
  },
};

/** The page's sections that an embedded graph says; all others are those of panels that only the page has. */
const SAID = [
  "because", "change", "check", "derivation", "error", "figures", "forward", "graph", "inspector", "key", "kind",
  "numbers", "operator", "player", "provenance", "question", "role", "shape", "step", "tour", "view",
];

/** The sections of the page: it takes sentences of steps from the server, and asks no questions. @param {string} title */
export const ofPage = (title) => title === "General" || (title.startsWith("Page: ") && title !== "Page: question");

/** The sections of an embedded graph, whose steps may have been written in another language. @param {string} title */
export const ofEmbed = (title) =>
  title === "General" || /^(?:Steps|Operators: what)/.test(title) || (title.startsWith("Page: ") && SAID.includes(title.slice(6)));

/** Sections that come with the part that they belong to: questions and tours, and the panels of the lab. */
const LATER = ["question", "tour", "curvature", "shapes", "training", "data", "memory", "devices", "edits", "health", "builder", "practice"];
/** @param {string} title */
const isLater = (title) => title.startsWith("Page: ") && LATER.includes(title.slice(6));

/**
 * `import ... from "#messages"`: the catalogues of all languages, parsed, with the sections that `chosen` takes. English
 * comes along; any other language is a module of its own, and so are the sections of later parts, unless all come at once.
 * TIDEGRAPH_MESSAGES names a folder with further catalogues. The page's own tour is a text of each language too.
 *
 * @param {(title: string) => boolean} chosen
 * @param {{ atOnce?: boolean }} [options]
 * @returns {esbuild.Plugin}
 */
export const messages = (chosen, { atOnce = false } = {}) => ({
  name: "messages",
  setup(build) {
    build.onLoad({ filter: /\/tours\/\w+\.md$/ }, async ({ path }) => ({ contents: await readFile(path, "utf8"), loader: "text" }));
    build.onResolve({ filter: /^#messages(?:$|\/)/ }, ({ path }) => ({ path, namespace: "messages" }));
    build.onLoad({ filter: /.*/, namespace: "messages" }, async ({ path }) => {
      const files = await catalogues();
      const [, language, part] = path.split("/");
      const wanted = (/** @type {string} */ title) => chosen(title) && (atOnce || isLater(title) === (part === "later"));
      if (language) {
        const table = JSON.stringify(await parsed(files[language], wanted));
        return { contents: `export default { body: Object.entries(${table}).map(([id, value]) => ({ id, value, attributes: {} })) };`, loader: "js" };
      }
      const names = Object.fromEntries(await Promise.all(Object.entries(files).map(async ([tag, file]) => [tag, await nameOf(tag, file)])));
      const table = (/** @type {string[]} */ tags, /** @type {string} */ end) =>
        `{ ${tags.map((tag) => `${JSON.stringify(tag)}: () => import("#messages/${tag}${end}")`).join(", ")} }`;
      const contents = `import english from "#messages/en"; export { english }; export const languages = ${JSON.stringify(names)};
        const others = ${table(Object.keys(files).filter((tag) => tag !== "en"), "")};
        const later = ${table(atOnce ? [] : Object.keys(files), "/later")};
        export const load = async (language) => (await others[language]()).default;
        export const loadLater = async (language) => (await later[language]?.())?.default ?? null;`;
      return { contents, loader: "js", resolveDir: here("."), watchDirs: [here("../../tidegraph/engine/messages")] };
    });
  },
});

/** The file of each language. @returns {Promise<Record<string, string>>} */
async function catalogues() {
  const folders = [here("../../tidegraph/engine/messages"), ...(env.TIDEGRAPH_MESSAGES ? [env.TIDEGRAPH_MESSAGES] : [])];
  const found = await Promise.all(folders.map(async (folder) => (await readdir(folder)).map((name) => `${folder}/${name}`)));
  return Object.fromEntries(found.flat().filter((name) => name.endsWith(".ftl")).map((name) => [basename(name, ".ftl"), name]));
}

/** @param {string} tag @param {string} file */
async function nameOf(tag, file) {
  return /^language-name = (.*)$/m.exec(await readFile(file, "utf8"))?.[1] ?? tag;
}

/** The messages of the chosen sections of a catalogue, as Fluent parses them; the page reads no attributes. @param {string} file @param {(title: string) => boolean} chosen */
async function parsed(file, chosen) {
  const sections = (await readFile(file, "utf8")).split(/^(?=## )/m).filter((part) => part.startsWith("## ") && chosen(part.slice(3).split("\n")[0]));
  const { body } = new FluentResource(sections.join("\n"));
  return Object.fromEntries(body.map(({ id, value }) => [id, value]));
}

/**
 * D3's transitions and scales can blend colours; ours have to do with numbers and places only, and the style sheet
 * with colours. Its easings are made when they are loaded; marked as pure, those that nothing uses are left out.
 *
 * @type {esbuild.Plugin}
 */
export const lessOfD3 = {
  name: "less-of-d3",
  setup(build) {
    build.onResolve({ filter: /^d3-color$/ }, ({ path }) => ({ path, namespace: "none", sideEffects: false }));
    build.onLoad({ filter: /.*/, namespace: "none" }, () => ({
      contents: "export function color() { return null; }\nexport { color as rgb, color as hsl, color as lab, color as hcl, color as cubehelix };",
    }));
    build.onLoad({ filter: /d3-ease\.mjs$/ }, async ({ path }) => ({
      contents: (await readFile(path, "utf8")).replaceAll("(function custom", "/* @__PURE__ */ (function custom"),
    }));
  },
};

/** KaTeX's sources: the folder above its bundle. */
const KATEX = new URL("../", import.meta.resolve("katex"));
/** Functions, fonts and stretched shapes that only authors' own TeX uses; what the engine writes does without them. */
const RARE_FUNCTIONS = [
  "accentunder", "arrow", "def", "enclose", "hbox", "horizBrace", "href", "includegraphics", "pmb", "raisebox", "reflectbox",
  "underline", "vcenter", "verb",
];
const RARE_FONTS = /^(?:Fraktur|Script|SansSerif-(?:Bold|Italic)|Main-BoldItalic)/;
const USED_SHAPES = /^(?:vec|widehat\d|widecheck\d|tilde\d)\b/;

/**
 * `import katex from "katex"` is what sets the engine's own equations. `import "#maths-rest"` adds the rest for TeX that
 * authors write; the two are one KaTeX.
 *
 * @type {esbuild.Plugin}
 */
export const smallKatex = {
  name: "small-katex",
  setup(build) {
    const at = (/** @type {string} */ file) => fileURLToPath(new URL(file, KATEX));
    const importer = at("src/functions.ts");
    build.initialOptions.define = { ...build.initialOptions.define, __VERSION__: '"source"' };
    build.onResolve({ filter: /^katex$/ }, () => ({ path: at("katex.ts") }));
    build.onResolve({ filter: /^#maths-rest$/ }, ({ path }) => ({ path, namespace: "katex-rest" }));
    build.onResolve({ filter: /^whole:/ }, ({ path }) => ({ path: at(path.slice(6)), namespace: "katex-whole" }));
    build.onLoad({ filter: /functions\.ts$/ }, async ({ path }) => {
      if (path !== importer) return undefined;
      const text = await readFile(path, "utf8");
      return { contents: text.replace(new RegExp(`^import "\\./functions/(?:${RARE_FUNCTIONS.join("|")})";$`, "gm"), ""), loader: "ts" };
    });
    build.onLoad({ filter: /fontMetricsData\.js$/, namespace: "file" }, async ({ path }) => {
      const { default: metrics } = await import(path);
      const used = Object.fromEntries(Object.entries(metrics).map(([font, characters]) => [font, RARE_FONTS.test(font) ? {} : characters]));
      return { contents: `export default ${JSON.stringify(used)};`, loader: "js" };
    });
    build.onLoad({ filter: /svgGeometry\.ts$/, namespace: "file" }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      const [, before, shapes, after] = /^([\s\S]*export const path[^{]*\{)([\s\S]*?)(\n\};[\s\S]*)$/.exec(text) ?? [];
      if (!shapes) throw new Error(`${path} has no table of shapes.`);
      const kept = shapes.split(/\n(?= {4}\w+: )/).filter((shape) => USED_SHAPES.test(shape.trim()));
      return { contents: [before, ...kept, after].join("\n"), loader: "ts" };
    });
    build.onLoad({ filter: /.*/, namespace: "katex-whole" }, async ({ path }) => ({ contents: await readFile(path, "utf8"), loader: "ts", resolveDir: at("src") }));
    build.onLoad({ filter: /.*/, namespace: "katex-rest" }, () => ({
      contents: `
        import metrics from ${JSON.stringify(at("src/fontMetricsData.js"))};
        import all from "whole:src/fontMetricsData.js";
        import { path } from ${JSON.stringify(at("src/svgGeometry.ts"))};
        import { path as shapes } from "whole:src/svgGeometry.ts";
        ${RARE_FUNCTIONS.map((name) => `import ${JSON.stringify(at(`src/functions/${name}.ts`))};`).join("\n")}
        Object.assign(metrics, all);
        Object.assign(path, shapes);`,
      resolveDir: at("src"),
    }));
  },
};

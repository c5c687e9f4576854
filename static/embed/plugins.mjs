/**
 * What the page is made of, made ready for a shadow root: its markup, its styles, and the fonts of the mathematics,
 * which only a document can declare.
 */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
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
const PAGE_ONLY = /\.(?:masthead|logo|primary|examples|language|program|editor|panel-foot|panel-head|hint-keys|problem|skip|relations|wide-only)\b|^(?:body|html|kbd)\b|data-theme-icon/;

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
    build.onLoad({ filter: /embed\/(embed|maths|inspector)\.css$/ }, async ({ path }) => {
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

/** Whose words an embedded graph says; all others are those of panels that only the page has. */
const SAID = [
  "because", "change", "check", "derivation", "error", "figures", "forward", "graph", "inspector", "key", "kind",
  "numbers", "operator", "player", "role", "shape", "step", "view",
];

/**
 * Strings that an embedded graph says.
 *
 * @type {esbuild.Plugin}
 */
export const fewerWords = {
  name: "fewer-words",
  setup(build) {
    build.onLoad({ filter: /i18n\/(en|zh)\.js$/ }, async ({ path }) => {
      const words = await readFile(path, "utf8");
      const others = new RegExp(`^ +"(?!(?:${SAID.join("|")})\\.).*\\n|^ +\\.\\.\\.lab,\\n|^import .*-lab.*\\n`, "gm");
      return { contents: words.replace(others, ""), loader: "js" };
    });
  },
};

/**
 * A file that plays without a server is told no errors by one.
 *
 * @type {esbuild.Plugin}
 */
export const noErrors = {
  name: "no-errors",
  setup(build) {
    build.onLoad({ filter: /i18n\/errors\.js$/ }, () => ({ contents: "export function tellError() {}", loader: "js" }));
  },
};

/**
 * D3's transitions and scales can blend colours; ours have to do with numbers and places only, and the style sheet
 * with colours.
 *
 * @type {esbuild.Plugin}
 */
export const noColours = {
  name: "no-colours",
  setup(build) {
    build.onResolve({ filter: /^d3-color$/ }, ({ path }) => ({ path, namespace: "none", sideEffects: false }));
    build.onLoad({ filter: /.*/, namespace: "none" }, () => ({
      contents: "export function color() { return null; }\nexport { color as rgb, color as hsl, color as lab, color as hcl, color as cubehelix };",
    }));
  },
};

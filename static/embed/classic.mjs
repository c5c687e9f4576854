/**
 * Scripts for pages that are opened from disk: there browsers refuse modules, so what esbuild splits into modules becomes
 * classic scripts. Each is a function that names what it needs; the first adds the others to the page when they are needed.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { basename, dirname } from "node:path";
import esbuild from "esbuild";

const IMPORT = /import(?:\{([^}]*)\}from)?"\.[^"]*?([^"/]+\.js)";/y;
const EXPORT = /export\{([^}]*)\};\s*$/;
const DYNAMIC = /import\("\.[^"]*?([^"/]+\.js)"\)/g;

/** The first script: `tideScript` is its element. @param {string} folder of the others, beside it @param {string} body */
const first = (folder, body) => `(async (tideScript) => {"use strict";
const parts = (globalThis.tidegraphParts ??= {}), there = {};
const need = (name) => there[name] ??= new Promise((resolve, reject) => {
  const src = new URL(${JSON.stringify(`${folder}/`)} + name, tideScript.src).href;
  const script = Object.assign(document.createElement("script"), { src, nonce: tideScript.nonce });
  script.onload = () => { script.remove(); resolve(parts[name](need)); };
  script.onerror = () => { delete there[name]; script.remove(); reject(new Error(src + " cannot be reached.")); };
  document.head.append(script);
});
${body}
})(document.currentScript);
`;

/**
 * Builds `options.entryPoints`, one entry with a name, and the parts of it that come later.
 *
 * @param {esbuild.BuildOptions & { entryPoints: Record<string, string> }} options
 */
export async function buildClassic(options) {
  const [name] = Object.keys(options.entryPoints);
  const { outputFiles } = await esbuild.build({
    ...options,
    minify: true,
    sourcemap: false,
    format: "esm",
    splitting: true,
    entryNames: "[name]",
    chunkNames: `${name}/[name]-[hash]`,
    write: false,
  });
  for (const { path, text } of outputFiles ?? []) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, path.endsWith(".js") ? scriptOf(path, text, name) : text);
  }
}

/** @param {string} path @param {string} text a module as esbuild writes it @param {string} entry */
function scriptOf(path, text, entry) {
  const name = basename(path);
  const links = /(?:\/\*[\s\S]*?\*\/|\/\/.*)\s*$/.exec(text)?.[0] ?? "";
  let rest = text.slice(0, text.length - links.length).trim();
  const [bindings, names] = [/** @type {string[]} */ ([]), /** @type {string[]} */ ([])];
  IMPORT.lastIndex = 0;
  for (let found = IMPORT.exec(rest), end = 0; ; found = IMPORT.exec(rest)) {
    if (!found) {
      rest = rest.slice(end);
      break;
    }
    end = IMPORT.lastIndex;
    bindings.push(`{${pairs(found[1] ?? "").map(([far, near]) => `${far}:${near}`)}}`);
    names.push(`need(${JSON.stringify(found[2])})`);
  }
  const exported = pairs(EXPORT.exec(rest)?.[1] ?? "").map(([near, far]) => `get ${far}(){return ${near}}`);
  const body = rest.replace(EXPORT, "").replace(DYNAMIC, (_, part) => `need(${JSON.stringify(part)})`);
  const whole = `${names.length ? `const[${bindings}]=await Promise.all([${names}]);` : ""}${body}`;
  const left = /(?:^|[;}])(?:import|export)\b[^;]{0,80}/.exec(whole);
  if (left || whole.includes("import.meta")) throw new Error(`${name} is still a module: ${left?.[0] ?? "import.meta"}`);
  if (name === `${entry}.js`) return first(entry, whole);
  return `(globalThis.tidegraphParts??={})[${JSON.stringify(name)}]=async need=>{"use strict";${whole}\nreturn{${exported}}};\n${links}`;
}

/** `a as b,c` as pairs. @param {string} list */
function pairs(list) {
  return list.split(",").filter(Boolean).map((one) => {
    const [from, to = from] = one.trim().split(/\s+as\s+/);
    return [from, to];
  });
}

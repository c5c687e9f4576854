/**
 * The lines that put a graph into somebody else's page: what is copied from the page's dialog. Pure functions of the
 * graph and of how it is wished for.
 *
 * @import {NestedTensor} from "../types.js"
 */
import { USUAL } from "../i18n/format.js";
import { encodePlace } from "../state/url.js";

/**
 * @typedef {object} Subject the graph that is embedded
 * @property {string | null} example its name, where it is an example as it stands
 * @property {string} title
 * @property {string} program
 * @property {Record<string, NestedTensor>} values
 * @property {Record<string, number>} sizes
 * @property {string[]} open
 */

/**
 * @typedef {object} Wishes how it is shown; what is as it is by default is not written
 * @property {string} theme
 * @property {string} language
 * @property {string[]} panels
 * @property {number} moment
 * @property {string} steps such as 6-12, or empty for all
 * @property {number} digits
 * @property {boolean} scientific
 * @property {boolean} autoplay
 * @property {boolean} readonly
 * @property {number} height
 */

export const PANELS = ["equation", "transport", "key", "inspector"];
export const HEIGHT = 560;

/** @param {Wishes} wishes @returns {[string, string][]} switches have an empty text */
function attributes({ theme, panels, moment, steps, digits, scientific, autoplay, readonly }) {
  /** @type {[string, string][]} */
  const parts = [];
  if (theme !== "auto") parts.push(["theme", theme]);
  if (moment > 0) parts.push(["moment", String(moment)]);
  if (steps) parts.push(["steps", steps]);
  if (panels.length < PANELS.length) parts.push(["panels", panels.join(",") || "none"]);
  if (digits !== USUAL) parts.push(["digits", String(digits)]);
  if (scientific) parts.push(["scientific", ""]);
  if (autoplay) parts.push(["autoplay", ""]);
  if (readonly) parts.push(["readonly", ""]);
  return parts;
}

/** @param {Subject} subject @returns {[string, string][]} what makes its numbers others than the program's own */
function changes({ values, sizes, open }) {
  /** @type {[string, string][]} */
  const parts = [];
  if (Object.keys(values).length > 0) parts.push(["values", JSON.stringify(values)]);
  if (Object.keys(sizes).length > 0) parts.push(["sizes", JSON.stringify(sizes)]);
  if (open.length > 0) parts.push(["open", open.join(",")]);
  return parts;
}

/**
 * The address of the page that is framed. A program stands behind the hash sign, where no server sees it.
 *
 * @param {string} base of the service, with a slash at its end
 * @param {Subject} subject
 * @param {Wishes} wishes
 */
export async function frameAddress(base, subject, wishes) {
  const named = attributes(wishes).map(([name, value]) => /** @type {[string, string]} */ ([name, value || "1"]));
  if (wishes.language) named.push(["language", wishes.language]);
  const more = new URLSearchParams(named).toString().replaceAll("%2C", ",");
  const plain = subject.example !== null && changes(subject).length === 0;
  if (plain) return `${base}embed/${subject.example}${more ? `?${more}` : ""}`;
  const { example, program, values, sizes, open } = subject;
  const place = await encodePlace(example === null ? { program, values, sizes, open } : { example, values, sizes, open });
  return `${base}embed#${[place, more].filter(Boolean).join("&")}`;
}

/** @param {string} base @param {Subject} subject @param {Wishes} wishes */
export async function frameLine(base, subject, wishes) {
  const address = await frameAddress(base, subject, wishes);
  return (
    `<iframe src="${escape(address)}" title="${escape(subject.title)}" width="960" height="${wishes.height}"` +
    ' loading="lazy" style="border:0;max-width:100%"></iframe>'
  );
}

/** @param {string} base @param {Subject} subject @param {Wishes} wishes */
export function elementLines(base, subject, wishes) {
  const inside = subject.example === null && !subject.program.includes("</");
  const named = [...(subject.example === null ? [] : [["example", subject.example]]), ...changes(subject), ...attributes(wishes)];
  if (subject.example === null && !inside) named.unshift(["program", subject.program]);
  if (wishes.language) named.push(["lang", wishes.language]);
  const words = named.map(([name, value]) => (value ? ` ${name}="${escape(value)}"` : ` ${name}`)).join("");
  const height = wishes.height === HEIGHT ? "" : ` style="--tide-height: ${wishes.height}px"`;
  const held = inside ? `\n<script type="text/plain">\n${subject.program}\n</script>\n` : "";
  return (
    `<script type="module" src="${escape(base)}static/embed.js"></script>\n` +
    `<tide-graph${words}${height}>${held}</tide-graph>`
  );
}

/** What is said to the command line once the program is in a file. */
export function exportLines() {
  const command = ["tidegraph", "export", "graph.tide", "-o"];
  return ["html", "svg", "png", "tex", "json"].map((format) => [...command, `graph.${format}`].join(" ")).join("\n");
}

/** @param {Subject} subject @param {Wishes} wishes @returns {[string, string][]} */
function options(subject, wishes) {
  const named = attributes({ ...wishes, readonly: false });
  return [...changes(subject), ...named, ...(wishes.height === HEIGHT ? [] : [["height", String(wishes.height)]])].map(
    ([name, value]) => [name, value],
  );
}

/** @param {Subject} subject @param {Wishes} wishes */
export function sphinxLines(subject, wishes) {
  const head = `.. tide::${subject.example === null ? "" : ` ${subject.example}`}`;
  const said = options(subject, wishes).map(([name, value]) => `   :${name}:${value && ` ${value}`}`);
  const program = subject.example === null ? ["", ...subject.program.split("\n").map((line) => line && `   ${line}`)] : [];
  return [head, ...said, ...program].join("\n");
}

/** @param {Subject} subject @param {Wishes} wishes */
export function mystLines(subject, wishes) {
  const head = `\`\`\`{tide}${subject.example === null ? "" : ` ${subject.example}`}`;
  const said = options(subject, wishes).map(([name, value]) => `:${name}:${value && ` ${value}`}`);
  const program = subject.example === null ? [...(said.length > 0 ? [""] : []), subject.program] : [];
  return [head, ...said, ...program, "```"].join("\n");
}

/** @param {Subject} subject @param {Wishes} wishes */
export function mkdocsLines(subject, wishes) {
  const named = [...(subject.example === null ? [] : [["example", subject.example]]), ...options(subject, wishes)];
  const quoted = (/** @type {string} */ value) => (value.includes('"') ? `'${value}'` : `"${value}"`);
  const words = named.map(([name, value]) => (value ? ` ${name}=${quoted(value)}` : ` ${name}`)).join("");
  return [`\`\`\`tide${words}`, ...(subject.example === null ? [subject.program] : []), "```"].join("\n");
}

/** @param {Subject} subject */
export function notebookLines({ program }) {
  return `%load_ext app.jupyter\n\nimport engine\n\nengine.parse("""\n${program.replaceAll("\\", "\\\\").replaceAll('"""', '\\"\\"\\"')}\n""")`;
}

/** @param {string} text as it stands in an attribute */
function escape(text) {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}

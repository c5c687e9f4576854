/**
 * The texts of the page, in the language that was chosen or that the browser asks for: the catalogues' sections `Page`,
 * where the key `step.title` is the message `step-title`. A language is chosen before anything is drawn, so changing it
 * loads the page again: its address and its drafts bring everything back.
 */
import { english, languages, load, loadLater } from "#messages";
import { storedLanguage, storeLanguage } from "../state/storage.js";
import { createCatalogue } from "./catalogue.js";

/** @typedef {string} Language a tag, such as `en` or `zh` */
/** @typedef {string} Key */

export const LANGUAGES = languages;

/** @type {Language} */
export const language = chosen();

const catalogue = createCatalogue(language, language === "en" ? [english] : [await load(language), english]);

/** @type {Promise<void> | null} */
let later = null;

/** Adds the texts of the parts that come later: questions, tours, the panels of the lab. */
export function laterMessages() {
  later ??= Promise.all([...new Set([language, "en"])].map(loadLater)).then((found) => catalogue.add(found.filter((resource) => resource !== null)));
  return later;
}

/**
 * @param {Key} key
 * @param {Record<string, import("./catalogue.js").Parameter>} [parameters] what fills the text
 */
export function t(key, parameters = {}) {
  return catalogue.text(code(key), parameters);
}

/** Whether the page has the text of a message. @param {string} code */
export const hasMessage = (code) => catalogue.has(code);

/** The code of a key: `check.method.complex step` is `check-method-complex-step`. @param {string} key */
function code(key) {
  return key.replace(/[^\w-]/g, "-");
}

/** @param {string} role of a variable, as the trace names it */
export function roleName(role) {
  return known(`role.${role}`, role);
}

/** @param {string} kind of a scope, as the trace names it */
export function kindName(kind) {
  return known(`kind.${kind}`, kind);
}

/** A name that the server gives, in the page's words where there are any. @param {string} key @param {string} name */
export function known(key, name) {
  return isKey(key) ? t(key) : name;
}

/** @param {string} key */
export function isKey(key) {
  return catalogue.has(code(key));
}

/**
 * Puts what is told into a sentence: `{count}` is its value, `{count|step|steps}` the words for one or for another number.
 *
 * @param {string} sentence
 * @param {Record<string, string | number>} parameters
 */
export function fill(sentence, parameters) {
  return sentence.replace(/\{(\w+)(?:\|([^|{}]*)\|([^|{}]*))?\}/g, (whole, name, one, many) => {
    if (one === undefined) return String(parameters[name] ?? whole);
    return String(parameters[name]) === "1" ? one : many;
  });
}

/** @param {Language} next */
export function chooseLanguage(next) {
  storeLanguage(next);
  location.reload();
}

/**
 * Writes the page's own words: `data-t` names an element's text, `data-t-label` its accessible name,
 * `data-drawing` what it says while there is no graph yet.
 *
 * @param {Document | ShadowRoot} page an embedded graph's page keeps its own language
 */
export function translate(page) {
  if (page instanceof Document) page.documentElement.lang = language === "zh" ? "zh-Hans" : language;
  page.querySelector("[data-drawing]")?.setAttribute("data-drawing", t("graph.drawing"));
  for (const element of page.querySelectorAll("[data-t], [data-t-label]")) {
    const { t: text, tLabel: label } = /** @type {HTMLElement} */ (element).dataset;
    const words = text && t(/** @type {Key} */ (text));
    if (words && element.textContent !== words) element.textContent = words;
    if (!label) continue;
    element.setAttribute("aria-label", t(/** @type {Key} */ (label)));
    if (element instanceof HTMLButtonElement && !text) element.title = t(/** @type {Key} */ (label));
  }
}

/** @returns {Language} */
function chosen() {
  const asked = new URLSearchParams(globalThis.location?.search ?? "").get("language");
  const wished = [embedded(), asked, storedLanguage(), ...(globalThis.navigator?.languages ?? [])];
  for (const wish of wished) {
    const tag = wish?.toLowerCase() ?? "";
    for (const name of [tag, tag.split("-")[0]]) {
      const known = Object.keys(LANGUAGES).find((one) => one.toLowerCase() === name);
      if (known) return known;
    }
  }
  return "en";
}

/** The language of the page that a graph is embedded in, or that it is asked for there. */
function embedded() {
  const graph = globalThis.document?.querySelector("tide-graph, tide-question, tide-tour");
  // A graph in a shadow root is not found so; the page around that has a language too.
  const inside = graph ?? (globalThis.customElements?.get("tide-graph") && document.documentElement);
  return inside?.closest("[lang]")?.getAttribute("lang");
}

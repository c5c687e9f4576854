/**
 * What the page says, in the language that was chosen or that the browser asks for. One file a language holds
 * every sentence; nothing else in static/ does. A language is chosen before anything is drawn, so changing it
 * loads the page again: its address and its drafts bring everything back.
 */
import { storedLanguage, storeLanguage } from "../state/storage.js";
import { en } from "./en.js";

/** @typedef {"en" | "zh"} Language */
/** @typedef {keyof typeof en} Key */

/** @type {Readonly<Record<Language, string>>} */
export const LANGUAGES = { en: "English", zh: "简体中文" };

/** @type {Language} */
export const language = chosen();

/** @type {Readonly<Record<string, string>>} */
const words = language === "zh" ? (await import("./zh.js")).zh : en;

/**
 * @param {Key} key
 * @param {Record<string, string | number>} [parameters] what stands for `{name}` in the sentence
 */
export function t(key, parameters = {}) {
  return fill(words[key] ?? key, parameters);
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

/** @param {string} key @returns {key is Key} */
export function isKey(key) {
  return Object.hasOwn(en, key);
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
  if (page instanceof Document) page.documentElement.lang = language === "zh" ? "zh-Hans" : "en";
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
  const wished = [embedded(), storedLanguage(), ...(globalThis.navigator?.languages ?? [])];
  for (const wish of wished) {
    const primary = wish?.toLowerCase().split("-")[0];
    if (primary === "zh" || primary === "en") return primary;
  }
  return "en";
}

/** The language of the page that a graph is embedded in, or that it is asked for there. */
function embedded() {
  const graph = globalThis.document?.querySelector("tide-graph");
  // A graph in a shadow root is not found so; the page around that has a language too.
  const inside = graph ?? (globalThis.customElements?.get("tide-graph") && document.documentElement);
  return inside?.closest("[lang]")?.getAttribute("lang");
}

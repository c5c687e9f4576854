/**
 * The words of the page. They lie in its template, each sentence beside what it is about, so that a language is one
 * file; here they are found and their blanks filled.
 */
import { fill } from "../../i18n/strings.js";

/**
 * @param {ParentNode} part of the page
 * @param {string} name
 * @param {Record<string, string | number>} [blanks]
 */
export function say(part, name, blanks = {}) {
  const words = part.querySelector(`[data-say="${name}"]`) ?? document.querySelector(`.words [data-say="${name}"]`);
  return fill(words?.textContent ?? "", blanks);
}

/** @param {ParentNode} part @param {string} selector @returns {HTMLElement} */
export function find(part, selector) {
  return /** @type {HTMLElement} */ (part.querySelector(selector));
}

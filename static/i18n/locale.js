/** The choice of language in the masthead. */
import { chooseLanguage, language, LANGUAGES } from "./strings.js";

/** @param {HTMLElement} element a select */
export function offerLanguages(element) {
  const select = /** @type {HTMLSelectElement} */ (element);
  for (const [code, name] of Object.entries(LANGUAGES)) select.append(new Option(name, code, false, code === language));
  select.addEventListener("change", () => chooseLanguage(select.value));
}

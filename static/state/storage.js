/** What this browser keeps for a reader. One that keeps nothing stays with what it asks for. */

const LANGUAGE = "tidegraph.language";

/** @returns {string | null} the language that was chosen */
export function storedLanguage() {
  return read(LANGUAGE);
}

/** @param {string} language */
export function storeLanguage(language) {
  write(LANGUAGE, language);
}

/** @param {string} key @returns {string | null} */
export function read(key) {
  try {
    return globalThis.localStorage?.getItem(key) ?? null;
  } catch {
    return null;
  }
}

/** @param {string} key @param {string} value */
export function write(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Nothing is kept then.
  }
}

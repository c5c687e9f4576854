/**
 * Light, dark, or as the system has it. This file is loaded by itself before anything is drawn, so that a dark
 * room sees no white flash.
 */

/** @typedef {"auto" | "light" | "dark"} Theme */

const KEY = "tidegraph.theme";
const THEMES = /** @type {Theme[]} */ (["auto", "light", "dark"]);

/** @returns {Theme} */
export function currentTheme() {
  return known(document.documentElement.dataset.theme);
}

/** @param {Theme} theme */
export function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // A browser that keeps nothing still shows the theme until the page is left.
  }
}

/** @returns {Theme} */
export function nextTheme() {
  return THEMES[(THEMES.indexOf(currentTheme()) + 1) % THEMES.length];
}

function readStore() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** @param {string | null | undefined} name @returns {Theme} */
function known(name) {
  return THEMES.find((theme) => theme === name) ?? "auto";
}

document.documentElement.dataset.theme = known(readStore());

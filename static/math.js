/**
 * Mathematics set by KaTeX. It builds elements rather than markup, so that no inline style attribute is parsed
 * and a strict Content-Security-Policy holds.
 */
import katex from "katex";

/**
 * @param {HTMLElement} element
 * @param {string} latex
 * @param {{ large?: boolean }} [options] `large`: fractions and sums as tall as in a displayed equation
 */
export function setMath(element, latex, { large = false } = {}) {
  const source = large ? `\\displaystyle ${latex}` : latex;
  katex.render(source, element, { throwOnError: false, strict: false, output: "html" });
}

/**
 * Calls back whenever fonts have arrived, since what was measured before has another size now.
 *
 * @param {() => void} callback
 */
export function onFontsLoaded(callback) {
  document.fonts.addEventListener("loadingdone", callback);
}

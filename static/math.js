/**
 * Mathematics set by KaTeX. It builds elements rather than markup, so that no inline style attribute is parsed
 * and a strict Content-Security-Policy holds.
 */
import katex from "katex";

/**
 * @param {HTMLElement} element
 * @param {string} latex
 * @param {{ display?: boolean }} [options]
 */
export function setMath(element, latex, { display = false } = {}) {
  katex.render(latex, element, { displayMode: display, throwOnError: false, strict: false, output: "html" });
}

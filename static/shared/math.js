/**
 * Mathematics set by KaTeX. It builds elements rather than markup, so that no inline style attribute is parsed
 * and a strict Content-Security-Policy holds.
 */
import katex from "katex";

/** What was set lately is copied rather than set again: in a large graph most names are of a few kinds. */
const MOST_KEPT = 512;
/** @type {Map<string, DocumentFragment>} */
const kept = new Map();

/**
 * @param {HTMLElement} element
 * @param {string} latex
 * @param {{ large?: boolean, spoken?: boolean }} [options] `large`: fractions and sums as tall as in a displayed
 *   equation; `spoken`: with MathML beside it, for those who listen
 */
export function setMath(element, latex, { large = false, spoken = false } = {}) {
  const source = large ? `\\displaystyle ${latex}` : latex;
  const output = spoken ? "htmlAndMathml" : "html";
  const key = `${output} ${source}`;
  const known = kept.get(key);
  if (known) {
    element.replaceChildren(known.cloneNode(true));
    return;
  }
  katex.render(source, element, { throwOnError: false, strict: false, output });
  const copy = document.createDocumentFragment();
  for (const part of element.childNodes) copy.append(part.cloneNode(true));
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(key, copy);
}

/**
 * Mathematics in which names are links: KaTeX marks what stands for a variable, and the marks are made to answer.
 *
 * @param {HTMLElement} element
 * @param {string} latex
 * @param {Map<string, string>} names LaTeX of a variable to its id
 * @param {(id: string) => void} onSelect
 */
export function setLinkedMath(element, latex, names, onSelect) {
  const ids = [...names.values()];
  try {
    katex.render(`\\displaystyle ${markNames(latex, [...names.keys()])}`, element, {
      throwOnError: true,
      strict: false,
      output: "html",
      trust: ({ command }) => command === "\\htmlData",
    });
  } catch {
    setMath(element, latex, { large: true });
  }
  // The names are to be reached and read, so what holds them is not hidden.
  for (const part of element.querySelectorAll("[aria-hidden]")) part.removeAttribute("aria-hidden");
  for (const mark of /** @type {NodeListOf<HTMLElement>} */ (element.querySelectorAll("[data-name]"))) {
    const id = ids[Number(mark.dataset.name)];
    mark.classList.add("name-link");
    mark.title = id;
    mark.setAttribute("role", "link");
    mark.tabIndex = 0;
    mark.addEventListener("click", () => onSelect(id));
    mark.addEventListener("keydown", (event) => event.key === "Enter" && onSelect(id));
  }
}

/**
 * @param {string} latex
 * @param {string[]} names as they stand in it
 * @returns {string} the same with every name marked by its number
 */
export function markNames(latex, names) {
  const wanted = names.filter((name) => name !== "").sort((a, b) => b.length - a.length);
  if (wanted.length === 0) return latex;
  const patterns = wanted.map((name) => {
    const exact = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    return `${/^[A-Za-z]/.test(name) ? "(?<![A-Za-z\\\\])" : ""}${exact}${/[A-Za-z]$/.test(name) ? "(?![A-Za-z])" : ""}(?!_|\\^\\{\\()`;
  });
  return latex.replace(new RegExp(patterns.join("|"), "g"), (found) => `{\\htmlData{name=${names.indexOf(found)}}{${found}}}`);
}

/**
 * Calls back whenever fonts have arrived, since what was measured before has another size now.
 *
 * @param {() => void} callback
 */
export function onFontsLoaded(callback) {
  document.fonts.addEventListener("loadingdone", callback);
}

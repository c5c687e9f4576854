/**
 * The printed equations: set in type, the numbers of a run under each, and a way back from each to the line that
 * referred to it.
 *
 * @import {View, ViewStep} from "../../types.js"
 */
import { make } from "../../shared/dom.js";
import { setMath } from "../../shared/math.js";
import { momentOf } from "../../state/view.js";
import { say } from "./messages.js";

const SMALLEST = 0.78;

/** @typedef {ReturnType<typeof createEquations>} Equations */

/** @param {HTMLElement} page */
export function createEquations(page) {
  const equations = /** @type {HTMLElement[]} */ ([...page.querySelectorAll("[data-equation]")]);
  for (const element of /** @type {NodeListOf<HTMLElement>} */ (page.querySelectorAll("[data-latex]"))) {
    const large = element.matches(".formula, .choice .m, legend .m");
    const latex = element.textContent ?? "";
    const inner = make("span");
    element.replaceChildren(inner);
    setMath(inner, latex, { large, spoken: true });
  }
  for (const element of /** @type {NodeListOf<HTMLElement>} */ (page.querySelectorAll("p .m, li .m, legend .m"))) keepPunctuation(element);
  new ResizeObserver(reach).observe(page);
  for (const link of page.querySelectorAll("a.ref")) link.addEventListener("click", () => leadBack(link));

  return {
    /** Writes the numbers of a run under its equations. @param {string} run @param {View} view */
    draw(run, view) {
      for (const equation of equations.filter(({ dataset }) => dataset.run === run)) {
        const lines = stepsOf(equation, view).map((step) => line(step.equation.numeric ?? ""));
        equation.querySelector("[data-live]")?.replaceChildren(...lines);
      }
      reach();
    },
    /** Marks the equations of a section at which its graph stands. @param {Element} section @param {View} view @param {number} moment */
    mark(section, view, moment) {
      for (const equation of equations) {
        if (section.contains(equation) && equation.dataset.at) equation.classList.toggle("current", momentsOf(equation, view).includes(moment));
      }
    },
  };

  /** What is too wide for its column is set a little smaller, or else scrolled, with the keyboard too. */
  function reach() {
    for (const one of /** @type {NodeListOf<HTMLElement>} */ (page.querySelectorAll(".formula, .line"))) {
      one.style.removeProperty("--fit");
      const fit = one.clientWidth / Math.max(1, one.scrollWidth);
      if (fit < 1) one.style.setProperty("--fit", String(Math.max(SMALLEST, 0.99 * fit)));
      if (one.scrollWidth > one.clientWidth + 1) one.tabIndex = 0;
      else one.removeAttribute("tabindex");
    }
  }
}

/**
 * Mathematics is set in boxes, before and after which a line may break, also where punctuation follows that must not
 * begin a line or a bracket stands before that must not end one: these are kept in the box's line.
 *
 * @param {HTMLElement} element
 */
function keepPunctuation(element) {
  const [before, after] = [element.previousSibling, element.nextSibling];
  const closing = after instanceof Text ? (/^[\uff0c\u3002\uff1b\uff1a\u3001\uff09\uff01\uff1f\u300d\u300f\u201d,.;:)]+/.exec(after.data)?.[0] ?? "") : "";
  const opening = before instanceof Text ? (/[\uff08\u300c\u300e\u201c(]+$/.exec(before.data)?.[0] ?? "") : "";
  if (!closing && !opening) return;
  if (after instanceof Text) after.deleteData(0, closing.length);
  if (before instanceof Text) before.deleteData(before.length - opening.length, opening.length);
  const together = make("span", { class: "together" });
  element.replaceWith(together);
  together.append(opening, element, closing);
}

/** @param {HTMLElement} equation @param {View} view */
function momentsOf({ dataset }, view) {
  return (dataset.at ?? dataset.steps ?? "").split(", ").map((words) => momentOf(view, words));
}

/** @param {HTMLElement} equation @param {View} view @returns {ViewStep[]} */
function stepsOf(equation, view) {
  return momentsOf(equation, view).map((moment) => view.steps[moment - 1]);
}

/** @param {string} latex */
export function line(latex) {
  const inner = make("span");
  setMath(inner, latex, { large: true, spoken: true });
  return make("div", { class: "line" }, inner);
}

/** The equation that a link leads to leads back to it. @param {Element} link */
function leadBack(link) {
  const equation = document.querySelector(link.getAttribute("href") ?? "");
  if (!equation) return;
  document.querySelector(".lead-back")?.remove();
  link.id = "from";
  for (const other of document.querySelectorAll("a.ref#from")) if (other !== link) other.removeAttribute("id");
  equation.append(make("a", { class: "lead-back", href: "#from" }, `\u2191 ${say(document, "back")}`));
}

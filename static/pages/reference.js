/** The operator reference: its formulas set, its entries filtered. */
import { setMath } from "../shared/math.js";

const filter = /** @type {HTMLInputElement} */ (document.querySelector("input"));
const none = /** @type {HTMLElement} */ (document.querySelector("[data-none]"));
const entries = [...document.querySelectorAll("article")];
const formulas = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[data-latex]")]);
for (const formula of formulas) setMath(formula, formula.dataset.latex ?? "", { large: true });
// What scrolls is scrolled by keyboard too.
for (const formula of formulas.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)) formula.tabIndex = 0;

filter.addEventListener("input", () => {
  const wanted = filter.value.trim().toLowerCase();
  for (const entry of entries) entry.hidden = !entry.textContent?.toLowerCase().includes(wanted);
  for (const section of document.querySelectorAll("section")) {
    section.hidden = [...section.querySelectorAll("article")].every(({ hidden }) => hidden);
  }
  none.hidden = entries.some(({ hidden }) => !hidden);
});
document.getElementById(location.hash.slice(1))?.scrollIntoView();

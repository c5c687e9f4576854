/** The operator reference: its formulas set, its words in the page's language, its entries filtered. */
import { setMath } from "../shared/math.js";
import { inWords } from "../i18n/operators.js";
import { language } from "../i18n/strings.js";

const filter = /** @type {HTMLInputElement} */ (document.querySelector("input"));
const none = /** @type {HTMLElement} */ (document.querySelector("[data-none]"));
const entries = [...document.querySelectorAll("article")];
const formulas = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[data-latex]")]);
for (const formula of formulas) setMath(formula, formula.dataset.latex ?? "", { large: true });
// What scrolls is scrolled by keyboard too.
for (const formula of formulas.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)) formula.tabIndex = 0;
if (language === "zh") await translate();

filter.addEventListener("input", () => {
  const wanted = filter.value.trim().toLowerCase();
  for (const entry of entries) entry.hidden = !entry.textContent?.toLowerCase().includes(wanted);
  for (const section of document.querySelectorAll("section")) {
    section.hidden = [...section.querySelectorAll("article")].every(({ hidden }) => hidden);
  }
  none.hidden = entries.some(({ hidden }) => !hidden);
});
document.getElementById(location.hash.slice(1))?.scrollIntoView();

async function translate() {
  const { kinks, reference } = await import("../i18n/zh-reference.js");
  const words = /** @type {Record<string, string>} */ (reference);
  document.documentElement.lang = "zh-Hans";
  document.title = `${words["reference.title"]} \u2013 Tidegraph`;
  filter.setAttribute("aria-label", words["reference.filter"]);
  for (const element of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-word]"))) {
    element.textContent = words[element.dataset.word ?? ""] ?? element.textContent;
  }
  for (const kink of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".kink"))) {
    const told = kinks[kink.textContent ?? ""];
    if (!told) continue;
    kink.textContent = told;
    kink.lang = document.documentElement.lang;
  }
  const docs = entries.map((entry) => ({ entry, name: entry.id, doc: "" }));
  for (const { entry, doc } of await inWords(docs)) {
    const line = entry.querySelector(".doc");
    if (!doc || !(line instanceof HTMLElement)) continue;
    line.textContent = doc;
    line.lang = document.documentElement.lang;
  }
}

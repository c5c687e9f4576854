/**
 * How the gradient of a variable comes about, from the target back to it: one equation a variable on the way,
 * each opening into those it is made of, every name in it a link to its square.
 *
 * @import {Step, Trace, View} from "../types.js"
 */
import { button, make } from "../shared/dom.js";
import { setLinkedMath, setMath } from "../shared/math.js";
import { sentence } from "../i18n/sentence.js";
import { operatorPhrases, spokenName } from "../i18n/spoken.js";
import { t } from "../i18n/strings.js";

/** More ways than this into one variable are counted rather than listed. */
const MOST_WAYS = 12;

/** @param {View} view @param {string} id @returns {Step[]} the contributions to a gradient */
function ways(view, id) {
  return (view.contributions.get(id) ?? []).map(({ step }) => step).filter((step) => step.kind === "contribution");
}

/** The step that tells the whole gradient: a sum, or the one contribution. @param {View} view @param {string} id */
function conclusion(view, id) {
  return (view.contributions.get(id) ?? []).findLast(({ step }) => step.final)?.step ?? null;
}

/**
 * The whole derivation as LaTeX, from the target to the variable.
 *
 * @param {View} view
 * @param {string} id
 */
export function derivationLatex(view, id) {
  const needed = new Set([id]);
  for (const known of needed) for (const { through } of ways(view, known)) if (through) needed.add(through);
  const lines = view.steps
    .filter((step) => step.phase === "backward" && step.final !== false && step.variable && needed.has(step.variable))
    .filter((step) => step === conclusion(view, step.variable ?? ""))
    .map((step) => (step.equation.symbolic ?? "").replace(" = ", " &= "))
    .filter((line) => line !== "");
  return `\\begin{aligned}\n${lines.join(" \\\\\n")}\n\\end{aligned}`;
}

/**
 * @param {Trace} trace
 * @param {View} view
 * @param {string} id
 * @param {{ onSelect: (id: string) => void }} options
 * @returns {HTMLElement | null} null where there is no gradient to derive
 */
export function derivation(trace, view, id, { onSelect }) {
  if (!conclusion(view, id)?.equation.symbolic) return null;
  const copy = button(t("derivation.copy"), async () => {
    await navigator.clipboard.writeText(derivationLatex(view, id));
    copy.textContent = t("derivation.copied");
    setTimeout(() => (copy.textContent = t("derivation.copy")), 2000);
  }, { class: "small-button" });
  return make("section", { class: "derivations", "data-part": "derivation" }, make("h3", {}, t("derivation.title"), copy), level(id));

  /** @param {string} variable */
  function level(variable) {
    const step = conclusion(view, variable);
    const body = make("div", { class: "level" });
    if (!step) return body;
    if (step.kind === "seed") body.append(make("p", { class: "note" }, t("derivation.end")));
    const parts = ways(view, variable);
    body.append(equation(step, parts.flatMap((part) => part.inputs)));
    for (const part of parts.slice(0, MOST_WAYS)) if (part.through) body.append(way(part, part.through));
    if (parts.length > MOST_WAYS) body.append(make("p", { class: "note" }, t("derivation.more", { count: parts.length - MOST_WAYS })));
    return body;
  }

  /** @param {Step} part @param {string} through */
  function way(part, through) {
    const name = make("span");
    const upstream = conclusion(view, through);
    const left = upstream?.equation.left ?? upstream?.equation.symbolic?.split(" = ")[0] ?? "";
    setLinkedMath(name, left, new Map(), onSelect);
    const operator = part.operator;
    const summary = make("summary", {}, name, make("span", { class: "visually-hidden" }, t("derivation.gradient", { target: spokenName(trace, trace.target ?? ""), id: spokenName(trace, through) })));
    const details = make("details", {}, summary);
    const go = operator ? button(t("derivation.through", { operator: "" }), () => onSelect(operator), { class: "small-button", title: operatorPhrases(trace).get(operator) ?? "" }) : null;
    const sign = make("span");
    setMath(sign, (operator && view.nodes.get(operator)?.latex) ?? "");
    go?.append(sign);
    details.addEventListener("toggle", () => {
      if (details.open && details.childElementCount === 1) details.append(...(go ? [go] : []), level(through));
    });
    return details;
  }

  /** @param {Step} step @param {string[]} others */
  function equation(step, others) {
    const line = make("div", { class: "derivation-line", tabIndex: 0, role: "group", "aria-label": sentence(step) });
    const names = new Map();
    for (const id of [...step.inputs, ...others, step.variable ?? "", trace.target ?? ""]) {
      const node = trace.nodes.get(id);
      if (node?.kind === "variable") names.set(node.latex, id);
    }
    setLinkedMath(line, step.equation.symbolic ?? "", names, onSelect);
    return line;
  }
}

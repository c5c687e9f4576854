/**
 * Sums of contributions, told for the scopes that are closed. The trace tells each sum with everything open; with
 * a scope closed, what came by several ways inside it has come through it once, and the sum is put together anew
 * from the contributions on show.
 *
 * @import {Equation, Step} from "../types.js"
 */
import { t } from "../i18n/strings.js";

/**
 * @template {Step} S
 * @param {S[]} steps as told with some scopes closed
 * @returns {S[]} the same with every sum adding up the contributions among them
 */
export function retellSums(steps) {
  /** @type {Map<string, S[]>} */
  const received = new Map();
  for (const step of steps) {
    if (step.kind !== "contribution" || !step.variable) continue;
    const known = received.get(step.variable);
    if (known) known.push(step);
    else received.set(step.variable, [step]);
  }
  return steps.flatMap((step) => {
    if (step.kind !== "sum" || !step.variable) return [step];
    const parts = received.get(step.variable) ?? [];
    if (parts.length < 2) return [];
    const throughs = parts.map((part) => part.through ?? "");
    return [isSame(throughs, step.inputs) ? step : { ...step, ...tell(step, parts, throughs) }];
  });
}

/**
 * @param {Step} step
 * @param {Step[]} parts in the order of their arrival
 * @param {string[]} throughs
 */
function tell(step, parts, throughs) {
  const pieces = parts.map((part) => part.equation).reverse();
  const { left = "", result = "" } = step.equation;
  /** @type {Equation} */
  const equation = pieces.every((piece) => piece.term && piece.prod && piece.result)
    ? {
        symbolic: `${left} = ${pieces.map((piece) => piece.term).join(" + ")}`,
        numeric: `${pieces.map((piece) => piece.result).join(" + ")} = ${result}`,
        chain: `${left} = ${pieces.map((piece) => piece.prod).join(" + ")}`,
        left,
        result,
      }
    : {};
  const names = t("step.and", { names: throughs.slice(0, -1), last: throughs[throughs.length - 1] });
  const parameters = { variable: step.variable ?? "", count: parts.length, names };
  const message = { code: "step-sum", parameters };
  return { inputs: throughs, index: parts.length, count: parts.length, equation, text: t("step.sum", parameters), message };
}

/** @param {string[]} a @param {string[]} b */
function isSame(a, b) {
  return a.length === b.length && a.every((name, i) => name === b[i]);
}

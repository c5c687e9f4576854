/**
 * Which values have to be kept from the forward pass for the backward pass, and for which operators.
 *
 * @import {Trace, ViewStep} from "./types.js"
 */
import { t } from "./strings/strings.js";

/** @typedef {{ name: string, bytes: number, by: string[] }} Kept */

/** Graphs with more nodes than this are not asked about: the answer would come too late. */
export const MOST_NODES = 600;

/**
 * @param {Trace} trace
 * @param {Kept[]} kept
 * @param {ViewStep | null} step
 * @returns {string} a sentence, or nothing where the step has no operator
 */
export function tellKept(trace, kept, step) {
  if (!step?.operator || trace.target === null) return "";
  const { operator } = step;
  const inside = trace.scopes.has(operator) ? (/** @type {string} */ id) => isWithin(trace.nodes.get(id)?.scope ?? "", operator) : (/** @type {string} */ id) => id === operator;
  const names = kept.filter(({ by }) => by.some(inside)).map(({ name }) => name);
  if (names.length > 0) return t(step.phase === "forward" ? "step.kept" : "step.kept.read", { names: names.join(t("step.comma")) });
  return step.phase === "forward" ? t("step.kept.nothing") : "";
}

/** @param {string} scope @param {string} outer */
function isWithin(scope, outer) {
  return scope === outer || scope.startsWith(`${outer}.`);
}

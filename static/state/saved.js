/**
 * Which values have to be kept from the forward pass for the backward pass, and for which operators.
 *
 * @import {Trace, ViewStep} from "../types.js"
 */
import { spokenNames } from "../i18n/spoken.js";
import { t } from "../i18n/strings.js";

/** `by` are operators; `reads` are those and the variables that they hand a gradient to. @typedef {{ name: string, bytes: number, by: string[], reads: { operator: string, variable: string }[] }} Kept */

/** More names than this are cut off after so many. */
const [MOST_NAMES, FEW_NAMES] = [8, 6];

/** Graphs with more nodes than this are not asked about: the answer would come too late. */
export const MOST_NODES = 600;

/**
 * @param {Trace} trace
 * @param {Kept[]} kept
 * @param {ViewStep | null} step
 * @returns {{ words: string, all: string }} a sentence, with no more names than can be read at a glance, and with all of them;
 *   nothing where the step has no operator
 */
export function tellKept(trace, kept, step) {
  if (!step?.operator || trace.target === null) return { words: "", all: "" };
  const { operator, phase } = step;
  const inside = trace.scopes.has(operator) ? (/** @type {string} */ id) => isWithin(trace.nodes.get(id)?.scope ?? "", operator) : (/** @type {string} */ id) => id === operator;
  const after = phase === "forward" ? null : moved(trace, step.variable ?? "", inside);
  const needs = (/** @type {Kept} */ { by, reads }) => (after ? reads.some((one) => inside(one.operator) && after.has(one.variable)) : by.some(inside));
  const spoken = spokenNames(trace);
  const names = kept.filter(needs).map(({ name }) => spoken.get(name) ?? name);
  const tell = (/** @type {string} */ list) => t(phase === "forward" ? "step.kept" : "step.kept.read", { names: list });
  const list = names.join(t("step.comma"));
  if (names.length > MOST_NAMES) return { words: tell(t("step.kept.more", { names: names.slice(0, FEW_NAMES).join(t("step.comma")), count: names.length - FEW_NAMES })), all: tell(list) };
  const words = names.length > 0 ? tell(list) : phase === "forward" ? t("step.kept.nothing") : "";
  return { words, all: words };
}

/**
 * What a variable moves on its way through some operators, itself included.
 *
 * @param {Trace} trace
 * @param {string} variable
 * @param {(operator: string) => boolean} through
 */
function moved(trace, variable, through) {
  const found = new Set([variable]);
  for (const id of found) {
    for (const { source, target } of trace.edges) if (source === id && (through(source) || through(target))) found.add(target);
  }
  return found;
}

/** @param {string} scope @param {string} outer */
function isWithin(scope, outer) {
  return scope === outer || scope.startsWith(`${outer}.`);
}

/**
 * Which marks hold NaN or infinity, and where the first one arises: forward, or else on the way back.
 *
 * @import {Tensor, View} from "../types.js"
 */
import { isSummary, toNumber } from "../shared/tensor.js";
import { variableOf } from "../state/trace.js";

/** @typedef {"nan" | "infinite"} State */
/** @typedef {{ states: Map<string, State>, first: { id: string, state: State, phase: "forward" | "backward" } | null }} Nonfinite */

/** @param {View} view @returns {Nonfinite} */
export function findNonfinite(view) {
  /** @type {Map<string, State>} */
  const states = new Map();
  /** @type {Nonfinite["first"]} */
  let first = null;
  for (const { id, variable } of view.nodes.values()) {
    const state = variable && stateOf(variable.value);
    if (!state) continue;
    states.set(id, state);
    first ??= { id, state, phase: "forward" };
  }
  for (const { variable: id, contribution, gradient } of view.steps) {
    if (!id || !view.nodes.has(id)) continue;
    const state = stateOf(contribution ?? null) ?? stateOf(gradient ?? null);
    if (!state) continue;
    if (!states.has(id)) states.set(id, state);
    first ??= { id, state, phase: "backward" };
  }
  return { states, first: blamed(view, states, first) };
}

/**
 * What is shown as a fault: an infinity that the program or its numbers state, such as that of a mask, is none by itself.
 *
 * @param {View} view @param {Map<string, State>} states @param {Nonfinite["first"]} first @returns {Nonfinite["first"]}
 */
function blamed({ trace }, states, first) {
  if (first?.state !== "infinite" || first.phase !== "forward" || !isGiven(trace, first.id)) return first;
  const [id] = [...states].find(([name, state]) => state === "nan" && stateOf(variableOf(trace, name)?.value ?? null)) ?? [];
  if (id) return { ...first, id, state: "nan" };
  const wrong = [...trace.nodes.values()].some((node) => node.kind === "variable" && stateOf(node.id === trace.target ? node.value : node.gradient));
  return wrong ? first : null;
}

/** Whether a variable is a leaf, or made with a number that is not finite. @param {import("../types.js").Trace} trace @param {string} id */
function isGiven({ nodes, edges }, id) {
  const maker = nodes.get(edges.find(({ target }) => target === id)?.source ?? "");
  return maker?.kind !== "operator" || Object.values(maker.literals).some((number) => !Number.isFinite(number));
}

/** @param {Tensor | null} tensor @returns {State | null} */
export function stateOf(tensor) {
  if (tensor === null) return null;
  if (isSummary(tensor)) return tensor.nonfinite > 0 ? "nan" : null;
  if (!Array.isArray(tensor)) {
    const number = toNumber(tensor);
    return Number.isNaN(number) ? "nan" : Number.isFinite(number) ? null : "infinite";
  }
  /** @type {State | null} */
  let found = null;
  for (const part of tensor) {
    const state = stateOf(part);
    if (state === "nan") return state;
    found ??= state;
  }
  return found;
}

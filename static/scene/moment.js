/**
 * The picture at a moment, said in plain data: which squares show a value or a gradient, which arrows have been
 * travelled, what is at work. No SVG here; scene.js draws what this says.
 *
 * @import {PlayerState, Tensor, View, ViewEdge, ViewStep} from "../types.js"
 */
import { backwardEdges, edgeId } from "../state/view.js";

/** Parts of a step's time: in along the arrows, the operator at work, out along the arrows, the result there. */
export const ARRIVAL = 0.36;
export const DEPARTURE = 0.6;
export const RESULT = 0.92;

/**
 * @typedef {object} Shown
 * @property {Tensor} tensor
 * @property {boolean} partial a contribution, not yet the whole gradient
 */

/**
 * @param {View} view
 * @param {string} id of a variable
 * @param {number} moment
 * @returns {Tensor | null}
 */
export function valueAt(view, id, moment) {
  const variable = view.nodes.get(id)?.variable;
  const update = view.updates.get(id);
  if (update && moment >= update.moment) return update.after;
  return variable && moment >= (view.valueMoments.get(id) ?? Infinity) ? variable.value : null;
}

/**
 * @param {View} view
 * @param {string} id of a variable
 * @param {number} moment
 * @returns {Shown | null} what has last arrived: a contribution, or the whole gradient
 */
export function gradientAt(view, id, moment) {
  const last = view.contributions.get(id)?.findLast((contribution) => contribution.moment <= moment);
  if (!last) return null;
  const { step } = last;
  const tensor = step.final ? (step.gradient ?? step.contribution) : step.contribution;
  return tensor == null ? null : { tensor, partial: !step.final };
}

/**
 * @param {View} view
 * @param {ViewEdge} edge
 * @param {number} moment
 * @returns {"idle" | "forward" | "backward"}
 */
export function edgeStateAt(view, edge, moment) {
  const moments = view.edgeMoments.get(edge.id);
  if (!moments) return "idle";
  if (moment >= moments.backward) return "backward";
  if (moment < moments.forward) return "idle";
  return isDerivative(view, edge) ? "backward" : "forward";
}

/** Of an operator of a derivative, or of what it computes. @param {View} view @param {ViewEdge | undefined} edge */
export function isDerivative({ trace }, edge) {
  return edge !== undefined && (trace.orders.has(edge.target) || trace.orders.has(edge.source));
}

/**
 * The nodes that the current step is about.
 *
 * @param {View} view
 * @param {PlayerState} state
 * @returns {{ phase: import("../types.js").Phase | null, ids: Set<string> }}
 */
export function focusAt(view, { current }) {
  const step = view.steps[current];
  if (!step) return { phase: null, ids: new Set() };
  const ids = step.phase === "forward" ? [step.operator, ...step.outputs] : [step.operator, step.variable];
  return { phase: step.phase, ids: new Set(ids.filter((id) => id != null)) };
}

/**
 * @typedef {object} Flow
 * @property {string} edge
 * @property {import("../types.js").Phase} direction
 * @property {number} reach how far along the edge the front has come, from 0 to 1
 */

/**
 * What is on its way in the step under way.
 *
 * @param {View} view
 * @param {PlayerState} state
 * @returns {{ flows: Flow[], glow: { id: string, strength: number } | null, arriving: Map<string, number> }}
 */
export function motionAt(view, { moment, progress }) {
  const step = progress > 0 ? view.steps[moment] : undefined;
  if (!step) return { flows: [], glow: null, arriving: new Map() };
  const [first, second] = travels(view, step);
  const inward = smooth(progress / ARRIVAL);
  const outward = smooth((progress - DEPARTURE) / (RESULT - DEPARTURE));
  const flows = [
    ...first.map((edge) => ({ edge, direction: step.phase, reach: inward })),
    ...(outward > 0 ? second.map((edge) => ({ edge, direction: step.phase, reach: outward })) : []),
  ];
  const result = Math.max(0, (progress - RESULT) / (1 - RESULT));
  const receivers = step.phase === "forward" ? step.outputs : [step.variable ?? ""];
  const worker = step.operator ?? step.variable;
  const middle = step.operator ? (ARRIVAL + DEPARTURE) / 2 : 0.5;
  const strength = Math.max(0, 1 - Math.abs(progress - middle) / (step.operator ? 0.16 : 0.5));
  return {
    flows,
    glow: worker ? { id: worker, strength } : null,
    arriving: new Map(receivers.map((id) => [id, result])),
  };
}

/**
 * Edges to the operator, then edges from it, in the order in which the step runs along them.
 *
 * @param {View} view
 * @param {ViewStep} step
 * @returns {[string[], string[]]}
 */
function travels(view, step) {
  if (step.phase === "backward") {
    const [from, to] = backwardEdges(step).filter((id) => view.edges.has(id));
    return [from ? [from] : [], to ? [to] : []];
  }
  const operator = step.operator ?? "";
  const coming = step.inputs.map((id) => edgeId(id, operator));
  const going = step.outputs.map((id) => edgeId(operator, id));
  return [coming.filter((id) => view.edges.has(id)), going.filter((id) => view.edges.has(id))];
}

/** Starts and ends gently. @param {number} t */
function smooth(t) {
  const at = Math.max(0, Math.min(1, t));
  return at * at * (3 - 2 * at);
}

/**
 * The numbers that are on their way in the step under way, in plain data: which array travels along which arrow, and
 * what meets at an operator or at a variable that is used more than once. No SVG here; cargo.js draws it.
 *
 * @import {NestedTensor, PlayerState, Tensor, View, ViewStep} from "../types.js"
 */
import { isSummary, toNumber } from "../shared/tensor.js";
import { DEPARTURE, gradientAt, motionAt, RESULT, ARRIVAL, valueAt } from "./moment.js";
import { edgeId } from "../state/view.js";

/** More parts than this are not written side by side. */
const MOST_PARTS = 4;

/** @typedef {import("./moment.js").Flow & { tensor: Tensor }} Cargo */
/** @typedef {{ at: string, kind: "product" | "sum", parts: (Tensor | string)[] }} Meeting arrays, and the signs between them */

/**
 * @param {View} view
 * @param {PlayerState} state
 * @returns {{ cargo: Cargo[], meeting: Meeting | null }}
 */
export function travelAt(view, state) {
  const { moment, progress } = state;
  const step = progress > 0 ? view.steps[moment] : undefined;
  if (!step) return { cargo: [], meeting: null };
  const cargo = motionAt(view, state).flows.flatMap((flow) => {
    const isInward = flow.edge === inwardOf(step, flow.edge);
    if (isInward && progress > DEPARTURE) return [];
    const tensor = carriedOn(view, step, flow.edge, moment);
    return tensor === null ? [] : [{ ...flow, tensor }];
  });
  return { cargo, meeting: progress >= ARRIVAL && progress < RESULT ? meetingAt(view, step, moment) : null };
}

/** The edge, if the step runs along it to the operator. @param {ViewStep} step @param {string} edge */
function inwardOf(step, edge) {
  if (step.phase === "backward") return edgeId(step.operator ?? "", step.through ?? "");
  return step.inputs.some((id) => edgeId(id, step.operator ?? "") === edge) ? edge : "";
}

/** @param {View} view @param {ViewStep} step @param {string} edge @param {number} moment @returns {Tensor | null} */
function carriedOn(view, step, edge, moment) {
  const { source, target } = view.edges.get(edge) ?? { source: "", target: "" };
  if (step.phase === "forward") {
    return step.inputs.includes(source) ? valueAt(view, source, moment) : valueAt(view, target, moment + 1);
  }
  if (edge === edgeId(step.operator ?? "", step.through ?? "")) return gradientAt(view, step.through ?? "", moment)?.tensor ?? null;
  return step.contribution ?? null;
}

/** @param {View} view @param {ViewStep} step @param {number} moment @returns {Meeting | null} */
function meetingAt(view, step, moment) {
  if (step.phase !== "backward" || !step.variable) return null;
  if (step.kind === "sum") {
    const received = (view.contributions.get(step.variable) ?? []).flatMap(({ step: part }) => (part.kind === "contribution" && part.contribution != null ? [part.contribution] : []));
    if (received.length < 2 || step.gradient == null) return null;
    const parts = received.length > MOST_PARTS ? [received[0], "+ \u2026 +", received[received.length - 1]] : received.flatMap((part, i) => (i === 0 ? [part] : ["+", part]));
    return { at: step.variable, kind: "sum", parts: [...parts, "=", step.gradient] };
  }
  const upstream = gradientAt(view, step.through ?? "", moment)?.tensor;
  if (step.kind !== "contribution" || !step.operator || upstream == null || step.contribution == null) return null;
  const local = localDerivative(view, step, upstream, step.contribution);
  return { at: step.operator, kind: "product", parts: local === null ? [upstream, "\u2192", step.contribution] : [upstream, "\u00d7", local, "=", step.contribution] };
}

/**
 * What the gradient is multiplied by: the other operand of a product of matrices, and elsewhere the entries by which
 * those of the gradient have grown. Where a gradient of zero does not tell them, there is none.
 *
 * @param {View} view
 * @param {ViewStep} step
 * @param {Tensor} upstream
 * @param {Tensor} contribution
 * @returns {Tensor | null}
 */
function localDerivative(view, step, upstream, contribution) {
  const other = step.how?.other;
  const known = other === undefined ? null : (view.nodes.get(other)?.variable?.value ?? null);
  if (known !== null && step.how?.key === "transposed") return known;
  return quotient(upstream, contribution) ?? known;
}

/** @param {Tensor} upstream @param {Tensor} contribution @returns {NestedTensor | null} */
function quotient(upstream, contribution) {
  if (isSummary(upstream) || isSummary(contribution)) return null;
  if (Array.isArray(upstream) !== Array.isArray(contribution)) return null;
  if (Array.isArray(upstream) && Array.isArray(contribution)) {
    if (upstream.length !== contribution.length) return null;
    const parts = upstream.map((part, i) => quotient(part, contribution[i]));
    return parts.some((part) => part === null) ? null : /** @type {NestedTensor} */ (parts);
  }
  const [above, below] = [toNumber(/** @type {any} */ (contribution)), toNumber(/** @type {any} */ (upstream))];
  return below === 0 || !Number.isFinite(above / below) ? null : Number((above / below).toPrecision(6));
}

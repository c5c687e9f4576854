/**
 * One or two sentences on why a gradient has the shape it has.
 *
 * @import {Step, Trace, VariableNode, View} from "../types.js"
 */
import { formatCount } from "../i18n/format.js";
import { spokenName } from "../i18n/spoken.js";
import { t } from "../i18n/strings.js";
import { describeShape } from "../shared/tensor.js";
import { operatorOf, variableOf } from "../state/trace.js";

const REDUCTIONS = new Set(["sum", "mean", "max", "min", "prod", "norm", "logsumexp"]);

/** @param {Trace} trace @param {View} view @param {VariableNode} variable */
export function because(trace, view, variable) {
  const { id, shape } = variable;
  const general = t(shape.length === 0 ? "because.scalar" : "because.array", { id: spokenName(trace, id), target: spokenName(trace, trace.target ?? ""), shape: describeShape(shape) });
  const ways = (view.contributions.get(id) ?? []).map(({ step }) => step);
  const particular = ways.map((step) => onItsWay(trace, step, variable)).find((words) => words !== null);
  return [general, particular].filter(Boolean).join(t("step.space"));
}

/**
 * What one operator does to shapes on the way back through it, where that is worth a word.
 *
 * @param {Trace} trace
 * @param {Step} step
 * @param {VariableNode} variable
 */
function onItsWay(trace, step, { id, shape }) {
  const operator = operatorOf(trace, step.operator ?? "");
  const through = variableOf(trace, step.through ?? "");
  if (!operator || !through) return null;
  const other = step.inputs.map((name) => variableOf(trace, name)).find((node) => node && node.id !== id && node.id !== through.id);
  const called = String(step.message?.parameters.through ?? through.id);
  const size = (/** @type {number[]} */ of) => of.reduce((a, b) => a * b, 1);
  if (operator.op === "matmul" && other && shape.length > 0) {
    return t("because.matmul", { through: called, a: describeShape(through.shape), b: describeShape(other.shape), shape: describeShape(shape) });
  }
  if (REDUCTIONS.has(operator.op) && size(through.shape) < size(shape)) {
    return t("because.spread", { through: operator.op, count: formatCount(size(shape)) });
  }
  if (other && size(through.shape) > size(shape) && size(other.shape) === size(through.shape)) {
    return t("because.broadcast", { id: spokenName(trace, id), through: called, shape: describeShape(through.shape) });
  }
  return null;
}

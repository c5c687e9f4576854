/**
 * One or two sentences on why a gradient has the shape it has.
 *
 * @import {Trace, VariableNode, View} from "../types.js"
 */
import { t } from "../strings/strings.js";
import { formatShape } from "../tensor.js";
import { operatorOf, variableOf } from "../trace.js";

const REDUCTIONS = new Set(["sum", "mean", "max", "min", "prod", "norm", "logsumexp"]);

/** @param {Trace} trace @param {View} view @param {VariableNode} variable */
export function because(trace, view, { id, shape }) {
  const target = trace.target ?? "";
  const sentences = [t(shape.length === 0 ? "because.scalar" : "because.array", { id, target, shape: formatShape(shape) })];
  const step = view.contributions.get(id)?.find(({ step }) => step.kind === "contribution")?.step;
  const operator = step?.operator ? operatorOf(trace, step.operator) : null;
  const through = step?.through ? variableOf(trace, step.through) : null;
  if (step && operator && through) {
    const other = step.inputs.map((name) => variableOf(trace, name)).find((node) => node && node.id !== id && node.id !== through.id);
    const size = (/** @type {number[]} */ of) => of.reduce((a, b) => a * b, 1);
    if (operator.op === "matmul" && other && shape.length > 0) {
      sentences.push(t("because.matmul", { through: through.id, a: formatShape(through.shape), b: formatShape(other.shape), shape: formatShape(shape) }));
    } else if (REDUCTIONS.has(operator.op) && size(through.shape) < size(shape)) {
      sentences.push(t("because.spread", { through: operator.op, shape: formatShape(shape) }));
    } else if (other && size(through.shape) > size(shape) && size(other.shape) === size(through.shape)) {
      sentences.push(t("because.broadcast", { id, through: through.id, shape: formatShape(through.shape) }));
    }
  }
  return sentences.join(t("step.space"));
}

/**
 * One or two sentences on why a gradient has the shape it has.
 *
 * @import {Trace, VariableNode, View} from "../types.js"
 */
import { formatShape } from "../tensor.js";
import { operatorOf, variableOf } from "../trace.js";

const TEXT = {
  /** @type {(id: string, target: string, shape: string) => string} */
  scalar: (id, target) => `${id} and ${target} are single numbers, and so is the one derivative between them.`,
  /** @type {(id: string, target: string, shape: string) => string} */
  array: (id, target, shape) =>
    `${target} is a single number, so there is one derivative for each entry of ${id}: the gradient is ${shape}, as ${id} is.`,
  /** @type {(through: string, a: string, b: string, shape: string) => string} */
  matmul: (through, a, b, shape) => `In the product, what arrives at ${through} (${a}) meets the other factor (${b}), transposed, to make ${shape}.`,
  /** @type {(through: string, shape: string) => string} */
  spread: (through, shape) => `${through} sums entries up, so what arrives there is spread back over all ${shape}.`,
  /** @type {(id: string, through: string, shape: string) => string} */
  broadcast: (id, through, shape) => `${id} was repeated to fit ${through} (${shape}), so what arrives there is summed over the repeated axes.`,
};
const REDUCTIONS = new Set(["sum", "mean", "max", "min", "prod", "norm", "logsumexp"]);

/** @param {Trace} trace @param {View} view @param {VariableNode} variable */
export function because(trace, view, { id, shape }) {
  const target = trace.target ?? "";
  const sentences = [(shape.length === 0 ? TEXT.scalar : TEXT.array)(id, target, formatShape(shape))];
  const step = view.contributions.get(id)?.find(({ step }) => step.kind === "contribution")?.step;
  const operator = step?.operator ? operatorOf(trace, step.operator) : null;
  const through = step?.through ? variableOf(trace, step.through) : null;
  if (step && operator && through) {
    const other = step.inputs.map((name) => variableOf(trace, name)).find((node) => node && node.id !== id && node.id !== through.id);
    const size = (/** @type {number[]} */ of) => of.reduce((a, b) => a * b, 1);
    if (operator.op === "matmul" && other && shape.length > 0) {
      sentences.push(TEXT.matmul(through.id, formatShape(through.shape), formatShape(other.shape), formatShape(shape)));
    } else if (REDUCTIONS.has(operator.op) && size(through.shape) < size(shape)) {
      sentences.push(TEXT.spread(operator.op, formatShape(shape)));
    } else if (other && size(through.shape) > size(shape) && size(other.shape) === size(through.shape)) {
      sentences.push(TEXT.broadcast(id, through.id, formatShape(through.shape)));
    }
  }
  return sentences.join(" ");
}

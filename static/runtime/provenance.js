/**
 * Which entries of its operands one entry of a result is computed with. NaN in an operand's entry makes NaN of all that is
 * computed with it, whatever the other numbers are, so the kernels themselves say what they read: the row and column of a
 * product, the window of a convolution, the weights of attention.
 *
 * @import {PagePlan} from "../types.js"
 */
import { compilePlan } from "./plan.js";
import { sizeOf } from "./tensor.js";

/** Milliseconds that one operand may take; then it is not said which of its entries are read. */
const PATIENCE = 120;

/**
 * @param {PagePlan} plan
 * @param {Record<string, any>} values of all declared variables
 * @param {number[]} results numbers of arrays whose sum the result is
 * @param {number} entry of the result, in C order
 * @param {number[]} operands numbers of arrays
 * @returns {(Uint8Array | null)[]} for each operand 1 for every entry that is read; null where that cannot be told
 */
export function readEntries(plan, values, results, entry, operands) {
  const compiled = compilePlan(plan);
  compiled.run(values);
  const { tensors, calls } = compiled;
  const isNaNThere = () => results.some((at) => Number.isNaN(tensors[at].data[entry]));
  if (isNaNThere() || results.some((at) => tensors[at].kind !== "float")) return operands.map(() => null);
  return operands.map((operand) => {
    const { data, kind, shape } = tensors[operand];
    if (kind !== "float") return null;
    const between = callsBetween(plan, operand, operands, results).map((at) => calls[at]);
    const marks = new Uint8Array(sizeOf(shape));
    const end = performance.now() + PATIENCE;
    const reads = (/** @type {number} */ from, /** @type {number} */ to) => {
      const held = data.slice(from, to);
      data.fill(NaN, from, to);
      for (const call of between) call();
      const read = isNaNThere();
      data.set(held, from);
      return read;
    };
    /** What only decides, as the sign of what a rectifier reads, passes no NaN on: there another number is tried. */
    const compare = () => {
      for (const call of between) call();
      const usual = results.map((at) => tensors[at].data[entry]);
      for (let at = 0; at < marks.length && performance.now() < end; at += 1) {
        const own = data[at];
        for (const other of [-own - 1, own + 1]) {
          data[at] = other;
          for (const call of between) call();
          if (results.some((one, i) => tensors[one].data[entry] !== usual[i])) marks[at] = 1;
        }
        data[at] = own;
      }
      return performance.now() < end;
    };
    /** @param {number} from @param {number} to @returns {boolean} whether there was time */
    const search = (from, to) => {
      if (performance.now() > end) return false;
      if (!reads(from, to)) return true;
      if (to - from === 1) {
        marks[from] = 1;
        return true;
      }
      const middle = (from + to) >> 1;
      return search(from, middle) && search(middle, to);
    };
    const told = search(0, marks.length) && (marks.includes(1) || compare());
    for (const call of between) call();
    return told ? marks : null;
  });
}

/**
 * The calls that lead from one operand to the results, by their places, but for those that make another operand: what reaches
 * a result by way of that one is told there.
 *
 * @param {PagePlan} plan
 * @param {number} from
 * @param {number[]} operands
 * @param {number[]} to
 */
function callsBetween(plan, from, operands, to) {
  const reached = new Set([from]);
  const forward = plan.calls.flatMap(([, inputs, outputs], at) => {
    if (!inputs.some((one) => reached.has(one)) || outputs.some((one) => operands.includes(one))) return [];
    for (const one of outputs) reached.add(one);
    return [at];
  });
  const needed = new Set(to);
  return forward.reverse().filter((at) => {
    const [, inputs, outputs] = plan.calls[at];
    if (!outputs.some((one) => needed.has(one))) return false;
    for (const one of inputs) needed.add(one);
    return true;
  }).reverse();
}

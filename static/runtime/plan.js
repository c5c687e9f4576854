/**
 * A run in the page: the server's plan, a straight-line list of calls of primitives, as kernels on typed arrays. Nothing
 * here differentiates anything: the gradient is among the calls.
 *
 * @import {PagePlan} from "../types.js"
 */
import { KERNELS } from "./kernels.js";
import { KernelError, createTensor } from "./tensor.js";

/** @param {PagePlan} plan @returns {string[]} operators that have no kernel here */
export const missingKernels = (plan) => [...new Set([...plan.missing, ...plan.calls.map(([op]) => op).filter((op) => !Object.hasOwn(KERNELS, op))])];

/** Numbers in nested lists, words for what JSON has no number for, or a typed array. @param {any} value @returns {ArrayLike<number>} */
const flat = (value) => (ArrayBuffer.isView(value) ? /** @type {any} */ (value) : [value].flat(Infinity).map(Number));

/**
 * @param {PagePlan} plan
 */
export function compilePlan(plan) {
  const missing = missingKernels(plan);
  if (missing.length > 0) throw new KernelError(`no kernel for ${missing.join(", ")}`);
  const tensors = plan.arrays.map(([shape, kind]) => createTensor(shape, kind, plan.dtype));
  for (const [at, value] of plan.constants) tensors[at].data.set(flat(value));
  const calls = plan.calls.map(([op, inputs, outputs, attributes]) =>
    KERNELS[op](inputs.map((at) => tensors[at]), outputs.map((at) => tensors[at]), attributes),
  );
  const named = (/** @type {Record<string, number>} */ places) => Object.fromEntries(Object.entries(places).map(([name, at]) => [name, tensors[at]]));
  const arrays = { values: named(plan.values), gradients: named(plan.gradients), contributions: plan.contributions.map((at) => tensors[at]) };

  return {
    /** The arrays of the last run, which the next one writes over. */
    ...arrays,
    /** All arrays and calls of the plan, by number. */
    tensors,
    calls,
    /**
     * Runs with these values of declared variables; those that are left out stay as they were.
     *
     * @param {Record<string, any>} values
     */
    run(values) {
      for (const [name, value] of Object.entries(values)) {
        const at = plan.leaves[name];
        if (at === undefined) throw new KernelError(`${name} is not declared`);
        const numbers = flat(value);
        if (numbers.length !== tensors[at].data.length) throw new KernelError(`${name} has another shape`);
        tensors[at].data.set(numbers);
      }
      for (const call of calls) call();
      return arrays;
    },
  };
}

/** @typedef {ReturnType<typeof compilePlan>} CompiledPlan */

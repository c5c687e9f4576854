/** Runs of one program in the page. @import {NestedTensor, Structure} from "../types.js" */
import { combine } from "./combine.js";
import { compilePlan } from "./plan.js";

export { missingKernels } from "./plan.js";

/** @param {Structure} structure */
export function createRuns(structure) {
  const plan = compilePlan(structure.plan);
  return {
    /** The trace of a run with values of all declared variables. @param {Record<string, NestedTensor>} values @param {{ digits?: number, scientific?: boolean }} writing */
    trace: (values, writing) => combine(structure, plan.run(values), writing),
    plan,
  };
}

/** Norms; `engine/ops/norms.py`. @import {Kernel} from "./tensor.js" */
import { reduction } from "./reductions.js";

/** @param {number} order */
function normOf(order) {
  if (order === Infinity) return reduction(0, (total, x) => Math.max(total, Math.abs(x)));
  if (order === -Infinity) return reduction(Infinity, (total, x) => Math.min(total, Math.abs(x)));
  if (order === 0) return reduction(0, (total, x) => total + Number(x !== 0));
  if (order === 1) return reduction(0, (total, x) => total + Math.abs(x));
  if (order === 2) return reduction(0, (total, x) => total + x * x, Math.sqrt);
  return reduction(0, (total, x) => total + Math.abs(x) ** order, (total) => total ** (1 / order));
}

/** @type {Record<string, Kernel>} */
export const kernels = {
  vector_norm: (inputs, outputs, attributes) => normOf(Number(attributes.ord ?? 2))(inputs, outputs, attributes),
};

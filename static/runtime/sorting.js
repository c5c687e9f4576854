/** Order along an axis; `engine/ops/sorting.py`. @import {Kernel} from "./tensor.js" */
import { aroundAxis } from "./tensor.js";

/** NaN comes last. @param {number} a @param {number} b */
const compare = (a, b) => (Number.isNaN(a) ? (Number.isNaN(b) ? 0 : 1) : Number.isNaN(b) ? -1 : a - b || 0);

/** @type {Kernel} */
const argsort = ([x], [y], { axis = -1, descending = false }) => {
  const { lead, count, trail } = aroundAxis(x.shape, axis);
  const order = Array.from({ length: count }, () => 0);
  const sign = descending ? -1 : 1;
  return () => {
    for (let row = 0; row < lead; row += 1) {
      for (let column = 0; column < trail; column += 1) {
        const value = (/** @type {number} */ at) => x.data[(row * count + at) * trail + column];
        for (let at = 0; at < count; at += 1) order[at] = at;
        order.sort((a, b) => sign * compare(value(a), value(b)) || a - b);
        for (let at = 0; at < count; at += 1) y.data[(row * count + at) * trail + column] = order[at];
      }
    }
  };
};

/** @type {Record<string, Kernel>} */
export const kernels = { argsort };

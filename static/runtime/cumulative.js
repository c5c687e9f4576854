/** Running sums and products, and linear recurrences; `engine/ops/cumulative.py`. @import {Kernel} from "./tensor.js" */
import { logaddexp } from "./arithmetic.js";
import { aroundAxis } from "./tensor.js";

/** @param {(total: number, x: number) => number} join @returns {Kernel} */
const running = (join) => ([x], [y], { axis = null }) => {
  const { lead, count, trail } = axis === null ? { lead: 1, count: x.data.length, trail: 1 } : aroundAxis(x.shape, axis);
  return () => {
    for (let row = 0; row < lead; row += 1) {
      for (let column = 0; column < trail; column += 1) {
        let total = 0;
        for (let at = 0; at < count; at += 1) {
          const place = (row * count + at) * trail + column;
          total = at === 0 ? x.data[place] : join(total, x.data[place]);
          y.data[place] = total;
        }
      }
    }
  };
};

/** s[i] = a[i] s[i-1] + b[i], or its adjoint s[i] = a[i+1] s[i+1] + b[i]. @type {Kernel} */
const recurrence = ([a, b], [y], { axis = -1, transposed = false }) => {
  const { lead, count, trail } = aroundAxis(b.shape, axis);
  return () => {
    for (let row = 0; row < lead; row += 1) {
      for (let column = 0; column < trail; column += 1) {
        const at = (/** @type {number} */ index) => (row * count + index) * trail + column;
        let state = 0;
        for (let step = 0; step < count; step += 1) {
          const index = transposed ? count - 1 - step : step;
          const factor = step === 0 ? 0 : a.data[at(transposed ? index + 1 : index)];
          state = step === 0 ? b.data[at(index)] : factor * state + b.data[at(index)];
          y.data[at(index)] = state;
        }
      }
    }
  };
};

/** @type {Record<string, Kernel>} */
export const kernels = {
  cumsum: running((total, x) => total + x),
  cumprod: running((total, x) => total * x),
  logcumsumexp: running(logaddexp),
  recurrence,
};

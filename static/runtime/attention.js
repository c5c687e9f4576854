/** Attention; `engine/ops/attention.py`. @import {Kernel} from "./tensor.js" */

/** @type {Kernel} */
const causalMask = ([x], [y]) => {
  const [rows, columns] = x.shape.slice(-2);
  return () => {
    for (let at = 0; at < y.data.length; at += 1) y.data[at] = at % columns > Math.floor(at / columns) % rows ? -1e30 : x.data[at];
  };
};

/** @type {Record<string, Kernel>} */
export const kernels = { causal_mask: causalMask };

/** Layers without a family of their own; `engine/ops/layers.py`. @import {Kernel} from "./tensor.js" */
import { createRandom } from "./random.js";

/** @type {Kernel} */
const dropout = ([x], [y], { p = 0.5, training = true, seed = 0 }) => {
  if (!training) return () => y.data.set(x.data);
  const random = createRandom(seed);
  const kept = Uint8Array.from({ length: x.data.length }, () => Number(random.single() >= p));
  const scale = p < 1 ? 1 / (1 - p) : 1;
  return () => {
    for (let at = 0; at < kept.length; at += 1) y.data[at] = x.data[at] * kept[at] * scale;
  };
};

/** @type {Record<string, Kernel>} */
export const kernels = { dropout };

/** Largest and smallest elements, and whether any or all hold; `engine/ops/extremes.py`. @import {Kernel} from "./tensor.js" */
import { reduction } from "./reductions.js";
import { aroundAxis } from "./tensor.js";

/** Where the first extreme element is; a NaN is one. @param {(a: number, b: number) => boolean} beats @returns {Kernel} */
const place = (beats) => ([x], [y], { axis = null }) => {
  const { lead, count, trail } = axis === null ? { lead: 1, count: x.data.length, trail: 1 } : aroundAxis(x.shape, axis);
  return () => {
    for (let row = 0; row < lead; row += 1) {
      for (let column = 0; column < trail; column += 1) {
        const start = row * count * trail + column;
        let best = 0;
        for (let at = 1; at < count; at += 1) {
          const [held, seen] = [x.data[start + best * trail], x.data[start + at * trail]];
          if (!Number.isNaN(held) && (beats(seen, held) || Number.isNaN(seen))) best = at;
        }
        y.data[row * trail + column] = best;
      }
    }
  };
};

const largest = reduction(-Infinity, Math.max);
const smallest = reduction(Infinity, Math.min);

/** @type {Record<string, Kernel>} */
export const kernels = {
  amax: largest,
  amin: smallest,
  max: largest,
  min: smallest,
  argmax: place((a, b) => a > b),
  argmin: place((a, b) => a < b),
  any: reduction(0, (total, x) => Number(total !== 0 || x !== 0)),
  all: reduction(1, (total, x) => Number(total !== 0 && x !== 0)),
};

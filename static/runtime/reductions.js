/** Reductions over axes and what is normalised along one; `engine/ops/reductions.py`. @import {Kernel} from "./tensor.js" */
import { aroundAxis, normalAxes, reducedPlaces } from "./tensor.js";

/**
 * A reduction in double precision.
 *
 * @param {number} start
 * @param {(total: number, x: number) => number} join
 * @param {(total: number, count: number) => number} [finish]
 * @returns {Kernel}
 */
export const reduction = (start, join, finish) => ([x], [y], { axis = null }) => {
  const places = reducedPlaces(x.shape, normalAxes(axis, x.shape.length));
  const total = new Float64Array(y.data.length);
  const count = x.data.length / Math.max(y.data.length, 1);
  return () => {
    total.fill(start);
    for (let at = 0; at < places.length; at += 1) total[places[at]] = join(total[places[at]], x.data[at]);
    for (let at = 0; at < total.length; at += 1) y.data[at] = finish ? finish(total[at], count) : total[at];
  };
};

/** @type {Kernel} */
const logsumexp = ([x], [y], { axis = null }) => {
  const places = reducedPlaces(x.shape, normalAxes(axis, x.shape.length));
  const top = new Float64Array(y.data.length);
  const total = new Float64Array(y.data.length);
  return () => {
    top.fill(-Infinity);
    total.fill(0);
    for (let at = 0; at < places.length; at += 1) top[places[at]] = Math.max(top[places[at]], x.data[at]);
    for (let at = 0; at < top.length; at += 1) if (!Number.isFinite(top[at])) top[at] = 0;
    for (let at = 0; at < places.length; at += 1) total[places[at]] += Math.exp(x.data[at] - top[places[at]]);
    for (let at = 0; at < top.length; at += 1) y.data[at] = Math.log(total[at]) + top[at];
  };
};

/** @param {boolean} logarithm @returns {Kernel} */
const softmax = (logarithm) => ([x], [y], { axis = -1 }) => {
  const { lead, count, trail } = aroundAxis(x.shape, axis);
  return () => {
    for (let row = 0; row < lead; row += 1) {
      for (let column = 0; column < trail; column += 1) {
        const start = row * count * trail + column;
        let top = -Infinity;
        for (let at = 0; at < count; at += 1) top = Math.max(top, x.data[start + at * trail]);
        let total = 0;
        for (let at = 0; at < count; at += 1) total += Math.exp(x.data[start + at * trail] - top);
        const shift = Math.log(total);
        for (let at = 0; at < count; at += 1) {
          const value = x.data[start + at * trail] - top;
          y.data[start + at * trail] = logarithm ? value - shift : Math.exp(value) / total;
        }
      }
    }
  };
};

/** @type {Record<string, Kernel>} */
export const kernels = {
  sum: reduction(0, (total, x) => total + x),
  mean: reduction(0, (total, x) => total + x, (total, count) => total / count),
  prod: reduction(1, (total, x) => total * x),
  logsumexp,
  softmax: softmax(false),
  log_softmax: softmax(true),
};

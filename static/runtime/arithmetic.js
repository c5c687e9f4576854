/** Elementwise arithmetic, comparisons and selection; `engine/ops/arithmetic.py`. @import {Kernel} from "./tensor.js" */
import { binary, stretchedPlaces, unary, view } from "./tensor.js";

/** @param {number} a @param {number} b */
export function logaddexp(a, b) {
  if (a === b) return a + Math.LN2;
  const gap = a - b;
  if (gap > 0) return a + Math.log1p(Math.exp(-gap));
  return gap <= 0 ? b + Math.log1p(Math.exp(gap)) : gap;
}

/** NumPy has 1 for 1 to the power NaN, JavaScript has NaN. @param {number} a @param {number} b */
export const power = (a, b) => (a === 1 ? 1 : b === 2 ? a * a : a === -1 && !Number.isFinite(b) && !Number.isNaN(b) ? 1 : a ** b);

/** @type {Kernel} */
const where = ([condition, a, b], [y]) => {
  const [first, second, third] = [condition, a, b].map(({ shape }) => stretchedPlaces(shape, y.shape));
  return () => {
    for (let at = 0; at < y.data.length; at += 1) {
      const holds = condition.data[first ? first[at] : at] !== 0;
      y.data[at] = holds ? a.data[second ? second[at] : at] : b.data[third ? third[at] : at];
    }
  };
};

/** @type {Record<string, Kernel>} */
export const kernels = {
  add: binary((a, b) => a + b),
  subtract: binary((a, b) => a - b),
  multiply: binary((a, b) => a * b),
  divide: binary((a, b) => a / b),
  power: binary(power),
  neg: unary((x) => -x),
  identity: view,
  detach: view,
  less: binary((a, b) => Number(a < b)),
  less_equal: binary((a, b) => Number(a <= b)),
  greater: binary((a, b) => Number(a > b)),
  greater_equal: binary((a, b) => Number(a >= b)),
  equal: binary((a, b) => Number(a === b)),
  not_equal: binary((a, b) => Number(a !== b)),
  logical_and: binary((a, b) => Number(a !== 0 && b !== 0)),
  logical_or: binary((a, b) => Number(a !== 0 || b !== 0)),
  logical_xor: binary((a, b) => Number((a !== 0) !== (b !== 0))),
  logical_not: unary((x) => Number(x === 0)),
  isfinite: unary((x) => Number(Number.isFinite(x))),
  isinf: unary((x) => Number(x === Infinity || x === -Infinity)),
  isnan: unary((x) => Number(Number.isNaN(x))),
  maximum: binary(Math.max),
  minimum: binary(Math.min),
  where,
  exp: unary(Math.exp),
  log: unary(Math.log),
  sqrt: unary(Math.sqrt),
  sign: unary(Math.sign),
  abs: unary(Math.abs),
  arctan2: binary(Math.atan2),
  hypot: binary(Math.hypot),
  logaddexp: binary(logaddexp),
  xlogy: binary((x, y) => (x === 0 && !Number.isNaN(y) ? 0 : x * Math.log(y))),
};

/** Powers, roots, trigonometric and hyperbolic functions; `engine/ops/elementary.py`. @import {Kernel} from "./tensor.js" */
import { unary } from "./tensor.js";

/** @param {number} n */
const factorial = (n) => {
  let product = 1;
  for (let k = 2; k <= n; k += 1) product *= k;
  return product;
};

/** The derivative of sin(u) / u: by its series near 0, elsewhere by recurrence. @param {number} u @param {number} order */
function sincDerivative(u, order) {
  if (Math.abs(u) < Math.max(order, 1)) {
    let series = 0;
    for (let k = Math.floor((3 * order + 20) / 2); k >= Math.floor((order + 1) / 2); k -= 1) {
      const power = 2 * k - order;
      series += ((k % 2 ? -1 : 1) / ((2 * k + 1) * factorial(power))) * u ** power;
    }
    return series;
  }
  let value = Math.sin(u) / u;
  for (let n = 1; n <= order; n += 1) value = (Math.sin(u + (n * Math.PI) / 2) - n * value) / u;
  return value;
}

/** @type {Record<string, Kernel>} */
export const kernels = {
  expm1: unary(Math.expm1),
  exp2: unary((x) => 2 ** x),
  log1p: unary(Math.log1p),
  log2: unary(Math.log2),
  log10: unary(Math.log10),
  rsqrt: unary((x) => 1 / Math.sqrt(x)),
  cbrt: unary(Math.cbrt),
  square: unary((x) => x * x),
  reciprocal: unary((x) => 1 / x),
  sin: unary(Math.sin),
  cos: unary(Math.cos),
  tan: unary(Math.tan),
  arcsin: unary(Math.asin),
  arccos: unary(Math.acos),
  arctan: unary(Math.atan),
  sinh: unary(Math.sinh),
  cosh: unary(Math.cosh),
  arcsinh: unary(Math.asinh),
  arccosh: unary(Math.acosh),
  arctanh: unary(Math.atanh),
  sinc: unary((x, { order = 0 }) => sincDerivative(x * Math.PI, order) * Math.PI ** order),
};

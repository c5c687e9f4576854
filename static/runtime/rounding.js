/** Rounding and remainders; `engine/ops/rounding.py`. @import {Kernel} from "./tensor.js" */
import { binary, unary } from "./tensor.js";

/** Halves go to the even neighbour. @param {number} x */
function rint(x) {
  const down = Math.floor(x);
  const over = x - down;
  if (over === 0.5) return down % 2 === 0 ? down : down + 1;
  return over < 0.5 ? down : Number.isFinite(x) ? down + 1 : x;
}

/** The limits of a precision. @param {string | undefined} dtype */
const largest = (dtype) => (dtype === "float32" ? 3.4028234663852886e38 : Number.MAX_VALUE);

/** @type {Record<string, Kernel>} */
export const kernels = {
  floor: unary(Math.floor),
  ceil: unary(Math.ceil),
  trunc: unary(Math.trunc),
  round: unary((x, { decimals = 0 }) => rint(x * 10 ** decimals) / 10 ** decimals),
  remainder: binary((a, b) => {
    const rest = a % b;
    return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
  }),
  fmod: binary((a, b) => a % b),
  nan_to_num: ([x], [y], { nan = 0, posinf = null, neginf = null }) => {
    const limit = largest(y.data instanceof Float32Array ? "float32" : "float64");
    return () => {
      for (let at = 0; at < y.data.length; at += 1) {
        const value = x.data[at];
        y.data[at] = Number.isNaN(value) ? nan : value === Infinity ? (posinf ?? limit) : value === -Infinity ? (neginf ?? -limit) : value;
      }
    };
  },
};

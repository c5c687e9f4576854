/** Products of vectors and matrices, and the parts of a matrix; `engine/ops/linalg.py`. @import {Kernel} from "./tensor.js" */
import { placesOf, stretchedStrides } from "./tensor.js";

/** @type {Kernel} */
const matmul = ([a, b], [y]) => {
  const inner = a.shape[a.shape.length - 1];
  const rows = a.shape.length > 1 ? a.shape[a.shape.length - 2] : 1;
  const columns = b.shape.length > 1 ? b.shape[b.shape.length - 1] : 1;
  const stack = y.shape.slice(0, y.shape.length - (a.shape.length > 1 ? 1 : 0) - (b.shape.length > 1 ? 1 : 0));
  const [left, right] = [a, b].map(({ shape }) => placesOf(stack, stretchedStrides(shape.slice(0, -2), stack)));
  const line = new Float64Array(columns);
  return () => {
    for (let which = 0; which < left.length; which += 1) {
      const [p, q, r] = [left[which] * rows * inner, right[which] * inner * columns, which * rows * columns];
      for (let i = 0; i < rows; i += 1) {
        line.fill(0);
        for (let k = 0; k < inner; k += 1) {
          const factor = a.data[p + i * inner + k];
          const from = q + k * columns;
          for (let j = 0; j < columns; j += 1) line[j] += factor * b.data[from + j];
        }
        for (let j = 0; j < columns; j += 1) y.data[r + i * columns + j] = line[j];
      }
    }
  };
};

/** @type {Kernel} */
const outer = ([a, b], [y]) => () => {
  const width = b.data.length;
  for (let i = 0; i < a.data.length; i += 1) for (let j = 0; j < width; j += 1) y.data[i * width + j] = a.data[i] * b.data[j];
};

/** @param {(row: number, column: number, k: number) => boolean} keeps @returns {Kernel} */
const triangle = (keeps) => ([x], [y], { k = 0 }) => {
  const [rows, columns] = x.shape.slice(-2);
  const size = rows * columns;
  const kept = Uint8Array.from({ length: size }, (_, at) => Number(keeps(Math.floor(at / columns), at % columns, k)));
  return () => {
    for (let at = 0; at < y.data.length; at += 1) y.data[at] = kept[at % size] ? x.data[at] : 0;
  };
};

/** @type {Record<string, Kernel>} */
export const kernels = {
  matmul,
  outer,
  tril: triangle((row, column, k) => column - row <= k),
  triu: triangle((row, column, k) => column - row >= k),
};

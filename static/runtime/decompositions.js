/**
 * Determinants, inverses and systems by elimination, and the Cholesky decomposition; `engine/ops/decompositions.py`.
 * NaN stands where a matrix is refused. What LAPACK does by other means has no kernel here.
 *
 * @import {Kernel, Tensor} from "./tensor.js"
 */
import { placesOf, sizeOf, stretchedStrides } from "./tensor.js";

/**
 * Gauss's elimination with the largest pivots, in place, of a matrix with more columns beside it.
 *
 * @param {Float64Array} m rows of `width` numbers
 * @param {number} n
 * @param {number} width
 * @returns {number} the sign of the exchanges; 0 where the matrix is singular
 */
function eliminate(m, n, width) {
  let sign = 1;
  for (let k = 0; k < n; k += 1) {
    let pivot = k;
    for (let i = k + 1; i < n; i += 1) if (Math.abs(m[i * width + k]) > Math.abs(m[pivot * width + k])) pivot = i;
    if (m[pivot * width + k] === 0) return 0;
    if (pivot !== k) {
      sign = -sign;
      for (let j = 0; j < width; j += 1) [m[k * width + j], m[pivot * width + j]] = [m[pivot * width + j], m[k * width + j]];
    }
    for (let i = k + 1; i < n; i += 1) {
      const factor = m[i * width + k] / m[k * width + k];
      if (factor === 0) continue;
      for (let j = k; j < width; j += 1) m[i * width + j] -= factor * m[k * width + j];
    }
  }
  return sign;
}

/** @param {Float64Array} m @param {number} n */
function determinant(m, n) {
  let product = eliminate(m, n, n);
  for (let k = 0; k < n; k += 1) product *= m[k * n + k];
  return product;
}

/** Solves m z = b, where the columns of b stand beside m; NaN where m is singular. @param {Float64Array} m @param {number} n @param {number} width */
function solved(m, n, width) {
  if (eliminate(m, n, width) === 0) return m.fill(NaN);
  for (let i = n - 1; i >= 0; i -= 1) {
    for (let j = n; j < width; j += 1) {
      let value = m[i * width + j];
      for (let k = i + 1; k < n; k += 1) value -= m[i * width + k] * m[k * width + j];
      m[i * width + j] = value / m[i * width + i];
    }
  }
  return m;
}

/** @param {Tensor} x @returns {[number, number]} how many matrices, and their size */
const squares = (x) => [sizeOf(x.shape.slice(0, -2)), x.shape[x.shape.length - 1]];

/** @type {Kernel} */
const det = ([x], [y]) => {
  const [count, n] = squares(x);
  return () => {
    for (let at = 0; at < count; at += 1) y.data[at] = determinant(Float64Array.from(x.data.subarray(at * n * n, (at + 1) * n * n)), n);
  };
};

/** @type {Kernel} */
const slogdet = ([x], [sign, logarithm]) => {
  const [count, n] = squares(x);
  return () => {
    for (let at = 0; at < count; at += 1) {
      const m = Float64Array.from(x.data.subarray(at * n * n, (at + 1) * n * n));
      let [whole, total] = [eliminate(m, n, n), 0];
      for (let k = 0; k < n; k += 1) {
        whole *= Math.sign(m[k * n + k]);
        total += Math.log(Math.abs(m[k * n + k]));
      }
      sign.data[at] = whole;
      logarithm.data[at] = whole === 0 ? -Infinity : total;
    }
  };
};

/** @type {Kernel} */
const inv = ([x], [y]) => {
  const [count, n] = squares(x);
  return () => {
    for (let at = 0; at < count; at += 1) {
      if (n === 1) {
        y.data[at] = 1 / x.data[at];
        continue;
      }
      const m = new Float64Array(2 * n * n);
      for (let i = 0; i < n; i += 1) {
        for (let j = 0; j < n; j += 1) m[i * 2 * n + j] = x.data[(at * n + i) * n + j];
        m[i * 2 * n + n + i] = 1;
      }
      solved(m, n, 2 * n);
      for (let i = 0; i < n; i += 1) for (let j = 0; j < n; j += 1) y.data[(at * n + i) * n + j] = m[i * 2 * n + n + j];
    }
  };
};

/** @type {Kernel} */
const solve = ([a, b], [y]) => {
  const n = a.shape[a.shape.length - 1];
  const vector = b.shape.length === 1;
  const columns = vector ? 1 : b.shape[b.shape.length - 1];
  const stack = y.shape.slice(0, vector ? -1 : -2);
  const left = placesOf(stack, stretchedStrides(a.shape.slice(0, -2), stack));
  const right = vector ? new Int32Array(left.length) : placesOf(stack, stretchedStrides(b.shape.slice(0, -2), stack));
  const width = n + columns;
  return () => {
    for (let at = 0; at < left.length; at += 1) {
      const m = new Float64Array(n * width);
      for (let i = 0; i < n; i += 1) {
        for (let j = 0; j < n; j += 1) m[i * width + j] = a.data[(left[at] * n + i) * n + j];
        for (let j = 0; j < columns; j += 1) m[i * width + n + j] = b.data[(right[at] * n + i) * columns + j];
      }
      solved(m, n, width);
      for (let i = 0; i < n; i += 1) for (let j = 0; j < columns; j += 1) y.data[(at * n + i) * columns + j] = m[i * width + n + j];
    }
  };
};

/** Of the symmetric part. @type {Kernel} */
const cholesky = ([x], [y]) => {
  const [count, n] = squares(x);
  return () => {
    y.data.fill(0);
    for (let at = 0; at < count; at += 1) {
      const entry = (/** @type {number} */ i, /** @type {number} */ j) => (x.data[(at * n + i) * n + j] + x.data[(at * n + j) * n + i]) / 2;
      const lower = new Float64Array(n * n);
      let definite = true;
      for (let i = 0; i < n && definite; i += 1) {
        for (let j = 0; j <= i; j += 1) {
          let value = entry(i, j);
          for (let k = 0; k < j; k += 1) value -= lower[i * n + k] * lower[j * n + k];
          if (i === j && !(value > 0)) definite = false;
          lower[i * n + j] = i === j ? Math.sqrt(value) : value / lower[j * n + j];
        }
      }
      y.data.set(definite ? lower : lower.fill(NaN), at * n * n);
    }
  };
};

/** A matrix without some rows and columns. @param {(i: number, j: number) => number} entry @param {number} n @param {number[]} rows @param {number[]} columns */
function minor(entry, n, rows, columns) {
  const size = n - rows.length;
  const m = new Float64Array(size * size);
  let next = 0;
  for (let i = 0; i < n; i += 1) {
    if (rows.includes(i)) continue;
    for (let j = 0; j < n; j += 1) if (!columns.includes(j)) m[next++] = entry(i, j);
  }
  return determinant(m, size);
}

/** det(x) inv(x)^T, by minors, so that a singular matrix has it too. @type {Kernel} */
const cofactor = ([x], [y]) => {
  const [count, n] = squares(x);
  return () => {
    for (let at = 0; at < count; at += 1) {
      const entry = (/** @type {number} */ i, /** @type {number} */ j) => x.data[(at * n + i) * n + j];
      for (let i = 0; i < n; i += 1) {
        for (let j = 0; j < n; j += 1) y.data[(at * n + i) * n + j] = ((i + j) % 2 ? -1 : 1) * minor(entry, n, [i], [j]);
      }
    }
  };
};

/** The derivative of the cofactors along v: minors of two rows and columns less. @type {Kernel} */
const cofactorSlope = ([x, v], [y]) => {
  const n = x.shape[x.shape.length - 1];
  const stack = y.shape.slice(0, -2);
  const [left, right] = [x, v].map(({ shape }) => placesOf(stack, stretchedStrides(shape.slice(0, -2), stack)));
  return () => {
    for (let at = 0; at < left.length; at += 1) {
      const entry = (/** @type {number} */ i, /** @type {number} */ j) => x.data[(left[at] * n + i) * n + j];
      for (let i = 0; i < n; i += 1) {
        for (let j = 0; j < n; j += 1) {
          let total = 0;
          for (let k = 0; k < n; k += 1) {
            for (let l = 0; l < n; l += 1) {
              if (k === i || l === j) continue;
              const sign = (i + j + k + l + Number(k > i) + Number(l > j)) % 2 ? -1 : 1;
              total += sign * v.data[(right[at] * n + k) * n + l] * minor(entry, n, [i, k], [j, l]);
            }
          }
          y.data[(at * n + i) * n + j] = total;
        }
      }
    }
  };
};

/** @type {Record<string, Kernel>} */
export const kernels = { det, slogdet, inv, solve, cholesky, cofactor, cofactor_slope: cofactorSlope };

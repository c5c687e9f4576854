/** Axes brought to other sizes; `engine/ops/resampling.py`. @import {Kernel} from "./tensor.js" */
import { sizeOf } from "./tensor.js";

/**
 * How m new elements are made of n old ones: triples of new element, old element and weight.
 *
 * @param {string} mode
 * @param {number} m
 * @param {number} n
 * @param {number} step
 * @param {boolean} aligned
 * @returns {[number, number, number][]}
 */
function taps(mode, m, n, step, aligned) {
  const rows = Array.from({ length: m }, (_, row) => row);
  if (m === n) return rows.map((row) => [row, row, 1]);
  if (mode === "nearest") {
    const by = m === 2 * n ? 0.5 : step;
    return rows.map((row) => [row, Math.min(Math.trunc(row * by), n - 1), 1]);
  }
  if (mode === "nearest-exact") return rows.map((row) => [row, Math.min(Math.trunc((row + 0.5) * step), n - 1), 1]);
  if (mode === "cubic") return rows.flatMap((row) => cubicTaps(row, m, n, step, aligned));
  if (mode === "area") {
    return rows.flatMap((row) => {
      const [first, last] = [Math.floor((row * n) / m), Math.ceil(((row + 1) * n) / m)];
      return Array.from({ length: last - first }, (_, k) => /** @type {[number, number, number]} */ ([row, first + k, 1 / (last - first)]));
    });
  }
  return rows.flatMap((row) => {
    const place = aligned ? row * (m > 1 ? (n - 1) / (m - 1) : 0) : Math.max((row + 0.5) * step - 0.5, 0);
    const low = Math.min(Math.trunc(place), n - 1);
    const share = low < n - 1 ? place - low : 0;
    /** @type {[number, number, number][]} */
    const found = [[row, low, 1 - share]];
    if (share > 0) found.push([row, low + 1, share]);
    return found;
  });
}

/** The slope at 1 of the kernel of Keys (1981); PyTorch's choice. */
const CUBIC = -0.75;

/**
 * Four neighbours with the weights of cubic convolution; beyond the ends the outermost element again.
 *
 * @param {number} row
 * @param {number} m
 * @param {number} n
 * @param {number} step
 * @param {boolean} aligned
 * @returns {[number, number, number][]}
 */
function cubicTaps(row, m, n, step, aligned) {
  const place = aligned ? row * (m > 1 ? (n - 1) / (m - 1) : 0) : (row + 0.5) * step - 0.5;
  const low = Math.floor(place);
  return [-1, 0, 1, 2].map((k) => {
    const far = Math.abs(place - low - k);
    const share =
      far <= 1 ? ((CUBIC + 2) * far - (CUBIC + 3)) * far * far + 1 : ((CUBIC * far - 5 * CUBIC) * far + 8 * CUBIC) * far - 4 * CUBIC;
    return [row, Math.min(Math.max(low + k, 0), n - 1), share];
  });
}

/** @param {boolean} back whether shares are handed back @returns {Kernel} */
const resample = (back) => ([x], [y], { sizes, steps, mode = "area", align_corners: aligned = false }) => {
  const ndim = sizes.length;
  const lead = x.shape.length - ndim;
  const [wide, narrow] = back ? [y.shape, x.shape] : [x.shape, y.shape];
  /** @type {{ around: number, trail: number, from: number, to: number, taps: [number, number, number][] }[]} */
  const stages = [];
  const shape = [...x.shape];
  for (let axis = ndim - 1; axis >= 0; axis -= 1) {
    const at = lead + axis;
    const found = taps(mode, narrow[at], wide[at], steps[axis], aligned);
    stages.push({ around: sizeOf(shape.slice(0, at)), trail: sizeOf(shape.slice(at + 1)), from: shape[at], to: y.shape[at], taps: found });
    shape[at] = y.shape[at];
  }
  return () => {
    let current = Float64Array.from(x.data);
    for (const { around, trail, from, to, taps: found } of stages) {
      const next = new Float64Array(around * to * trail);
      for (const [fresh, old, share] of found) {
        const [source, target] = back ? [fresh, old] : [old, fresh];
        for (let row = 0; row < around; row += 1) {
          for (let column = 0; column < trail; column += 1) {
            next[(row * to + target) * trail + column] += share * current[(row * from + source) * trail + column];
          }
        }
      }
      current = next;
    }
    y.data.set(current);
  };
};

/** @type {Record<string, Kernel>} */
export const kernels = { resample: resample(false), resample_back: resample(true) };

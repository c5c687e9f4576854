/** Sliding windows, and what they hold as columns; `engine/ops/windows.py`. @import {Kernel} from "./tensor.js" */
import { sizeOf, stridesOf } from "./tensor.js";

/** @param {number | number[]} value @param {number} ndim */
export const numbers = (value, ndim) => (Array.isArray(value) ? value : new Array(ndim).fill(value));

/**
 * Where each window meets the array: for every position in the window, and every window, the element of the last axes
 * that it sees; -1 for the padding.
 *
 * @param {number[]} sizes
 * @param {number[]} kernel
 * @param {number[]} counts
 * @param {{ stride: number | number[], padding: number | number[], dilation: number | number[] }} how
 */
export function windowPlaces(sizes, kernel, counts, { stride, padding, dilation }) {
  const ndim = sizes.length;
  const [strides, paddings, dilations] = [stride, padding, dilation].map((value) => numbers(value, ndim));
  const [inside, windows] = [sizeOf(kernel), sizeOf(counts)];
  const [own, across, along] = [stridesOf(sizes), stridesOf(kernel), stridesOf(counts)];
  const places = new Int32Array(inside * windows);
  for (let k = 0; k < inside; k += 1) {
    for (let c = 0; c < windows; c += 1) {
      let place = 0;
      for (let axis = 0; axis < ndim; axis += 1) {
        const offset = (Math.floor(k / across[axis]) % kernel[axis]) * dilations[axis] - paddings[axis];
        const at = (Math.floor(c / along[axis]) % counts[axis]) * strides[axis] + offset;
        if (at < 0 || at >= sizes[axis]) {
          place = -1;
          break;
        }
        place += at * own[axis];
      }
      places[k * windows + c] = place;
    }
  }
  return { places, inside, windows };
}

/** How often a window fits each axis. @param {number[]} sizes @param {number[]} kernel @param {{ stride: number | number[], padding: number | number[], dilation: number | number[] }} how */
export function countsOf(sizes, kernel, { stride, padding, dilation }) {
  const ndim = sizes.length;
  const [strides, paddings, dilations] = [stride, padding, dilation].map((value) => numbers(value, ndim));
  return sizes.map((n, axis) => Math.floor((n + 2 * paddings[axis] - dilations[axis] * (kernel[axis] - 1) - 1) / strides[axis]) + 1);
}

/** @param {Record<string, any>} attributes */
const geometry = ({ kernel_size: size, stride = 1, padding = 0, dilation = 1 }) => ({ kernel: Array.isArray(size) ? size : [size, size], how: { stride, padding, dilation } });

/** @type {Kernel} */
const unfold = ([x], [y], attributes) => {
  const { kernel, how } = geometry(attributes);
  const sizes = x.shape.slice(-kernel.length);
  const { places } = windowPlaces(sizes, kernel, countsOf(sizes, kernel, how), how);
  const plane = sizeOf(sizes);
  const planes = sizeOf(x.shape.slice(0, -kernel.length));
  return () => {
    for (let one = 0; one < planes; one += 1) {
      for (let at = 0; at < places.length; at += 1) y.data[one * places.length + at] = places[at] < 0 ? 0 : x.data[one * plane + places[at]];
    }
  };
};

/** @type {Kernel} */
const fold = ([x], [y], attributes) => {
  const { kernel, how } = geometry(attributes);
  const sizes = y.shape.slice(-kernel.length);
  const { places } = windowPlaces(sizes, kernel, countsOf(sizes, kernel, how), how);
  const plane = sizeOf(sizes);
  const planes = sizeOf(y.shape.slice(0, -kernel.length));
  return () => {
    y.data.fill(0);
    for (let one = 0; one < planes; one += 1) {
      for (let at = 0; at < places.length; at += 1) if (places[at] >= 0) y.data[one * plane + places[at]] += x.data[one * places.length + at];
    }
  };
};

/** @type {Record<string, Kernel>} */
export const kernels = { unfold, fold };

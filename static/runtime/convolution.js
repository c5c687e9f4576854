/** Convolutions over any number of axes, and their transposes; `engine/ops/convolution.py`. @import {Kernel} from "./tensor.js" */
import { sizeOf } from "./tensor.js";
import { windowPlaces } from "./windows.js";

/**
 * Calls `each` for every product of a convolution, with the places of its x, its w and its y.
 *
 * @param {number[]} x
 * @param {number[]} w
 * @param {number[]} y
 * @param {Record<string, any>} attributes
 */
function couplings(x, w, y, { stride = 1, padding = 0, dilation = 1, groups = 1 }) {
  const ndim = w.length - 2;
  const [sizes, counts] = [x.slice(-ndim), y.slice(-ndim)];
  const { places, inside, windows } = windowPlaces(sizes, w.slice(2), counts, { stride, padding, dilation });
  const batch = sizeOf(x.slice(0, x.length - ndim - 1));
  const [features, narrow] = w;
  const channels = narrow * groups;
  const plane = sizeOf(sizes);
  return (/** @type {(x: number, w: number, y: number) => void} */ each) => {
    for (let one = 0; one < batch; one += 1) {
      for (let feature = 0; feature < features; feature += 1) {
        const group = Math.floor((feature * groups) / features);
        const out = (one * features + feature) * windows;
        for (let channel = 0; channel < narrow; channel += 1) {
          const from = (one * channels + group * narrow + channel) * plane;
          for (let k = 0; k < inside; k += 1) {
            const weight = (feature * narrow + channel) * inside + k;
            const row = k * windows;
            for (let c = 0; c < windows; c += 1) if (places[row + c] >= 0) each(from + places[row + c], weight, out + c);
          }
        }
      }
    }
  };
}

/** @type {Kernel} */
const convolution = ([x, w], [y], attributes) => {
  const every = couplings(x.shape, w.shape, y.shape, attributes);
  const total = new Float64Array(y.data.length);
  return () => {
    total.fill(0);
    every((i, j, k) => (total[k] += x.data[i] * w.data[j]));
    y.data.set(total);
  };
};

/** @type {Kernel} */
const convolutionInput = ([y, w], [x], attributes) => {
  const every = couplings(x.shape, w.shape, y.shape, attributes);
  const total = new Float64Array(x.data.length);
  return () => {
    total.fill(0);
    every((i, j, k) => (total[i] += y.data[k] * w.data[j]));
    x.data.set(total);
  };
};

/** @type {Kernel} */
const convolutionKernel = ([x, y], [w], attributes) => {
  const every = couplings(x.shape, w.shape, y.shape, attributes);
  const total = new Float64Array(w.data.length);
  return () => {
    total.fill(0);
    every((i, j, k) => (total[j] += x.data[i] * y.data[k]));
    w.data.set(total);
  };
};

/** @type {Record<string, Kernel>} */
export const kernels = { convolution, convolution_input: convolutionInput, convolution_kernel: convolutionKernel };

/** Pooling; `engine/ops/pooling.py`. @import {Kernel} from "./tensor.js" */
import { sizeOf, stridesOf } from "./tensor.js";
import { numbers, windowPlaces } from "./windows.js";

/**
 * The windows over the last axes, and how many elements each average divides by.
 *
 * @param {number[]} sizes
 * @param {number[]} counts
 * @param {Record<string, any>} attributes
 */
function pooled(sizes, counts, { kernel_size: kernel, stride = null, padding = 0, dilation = 1, ...how }) {
  const { count_include_pad: padded = true, divisor_override: divisor = null } = how;
  const step = stride ?? kernel;
  const found = windowPlaces(sizes, kernel, counts, { stride: step, padding, dilation });
  const divisors = new Float64Array(found.windows);
  const along = stridesOf(counts);
  const [strides, paddings] = [numbers(step, sizes.length), numbers(padding, sizes.length)];
  for (let c = 0; c < found.windows; c += 1) {
    if (divisor !== null) {
      divisors[c] = divisor;
    } else if (padded) {
      divisors[c] = sizes.reduce((area, n, axis) => {
        const start = (Math.floor(c / along[axis]) % counts[axis]) * strides[axis] - paddings[axis];
        return area * (Math.min(start + kernel[axis], n + paddings[axis]) - start);
      }, 1);
    } else {
      for (let k = 0; k < found.inside; k += 1) divisors[c] += Number(found.places[k * found.windows + c] >= 0);
    }
  }
  return { ...found, divisors, plane: sizeOf(sizes) };
}

/** @type {Kernel} */
const maxPoolIndex = ([x], [y], attributes) => {
  const ndim = attributes.kernel_size.length;
  const { places, inside, windows, plane } = pooled(x.shape.slice(-ndim), y.shape.slice(-ndim), attributes);
  const planes = sizeOf(x.shape.slice(0, -ndim));
  return () => {
    for (let one = 0; one < planes; one += 1) {
      for (let c = 0; c < windows; c += 1) {
        let [best, held] = [0, -Infinity];
        for (let k = inside - 1; k >= 0; k -= 1) {
          const place = places[k * windows + c];
          if (place < 0) continue;
          const seen = x.data[one * plane + place];
          if (seen >= held || Number.isNaN(seen)) [best, held] = [place, seen];
        }
        y.data[one * windows + c] = best;
      }
    }
  };
};

/** @type {Kernel} */
const avgPool = ([x], [y], attributes) => {
  const ndim = attributes.kernel_size.length;
  const { places, inside, windows, plane, divisors } = pooled(x.shape.slice(-ndim), y.shape.slice(-ndim), attributes);
  const planes = sizeOf(x.shape.slice(0, -ndim));
  return () => {
    for (let one = 0; one < planes; one += 1) {
      for (let c = 0; c < windows; c += 1) {
        let total = 0;
        for (let k = 0; k < inside; k += 1) if (places[k * windows + c] >= 0) total += x.data[one * plane + places[k * windows + c]];
        y.data[one * windows + c] = total / divisors[c];
      }
    }
  };
};

/** @type {Kernel} */
const avgUnpool = ([y], [x], attributes) => {
  const ndim = attributes.kernel_size.length;
  const { places, inside, windows, plane, divisors } = pooled(x.shape.slice(-ndim), y.shape.slice(-ndim), attributes);
  const planes = sizeOf(x.shape.slice(0, -ndim));
  return () => {
    x.data.fill(0);
    for (let one = 0; one < planes; one += 1) {
      for (let k = 0; k < inside; k += 1) {
        for (let c = 0; c < windows; c += 1) {
          const place = places[k * windows + c];
          if (place >= 0) x.data[one * plane + place] += y.data[one * windows + c] / divisors[c];
        }
      }
    }
  };
};

/** @type {Record<string, Kernel>} */
export const kernels = { max_pool_index: maxPoolIndex, avg_pool: avgPool, avg_unpool: avgUnpool };

/** Indexing by values; `engine/ops/indexing.py`. @import {Kernel, Tensor} from "./tensor.js" */
import { KernelError, aroundAxis, sizeOf, stridesOf } from "./tensor.js";

/** A whole number from 0 to size - 1; negative ones count from the end. @param {number} index @param {number} size */
function position(index, size) {
  if (!Number.isInteger(index) || index < -size || index >= size) throw new KernelError(`${index} is no index of an axis of size ${size}`);
  return index < 0 ? index + size : index;
}

/** @type {Kernel} */
const take = ([x, indices], [y], { axis = null }) => {
  const { lead, count, trail } = axis === null ? { lead: 1, count: x.data.length, trail: 1 } : aroundAxis(x.shape, axis);
  const many = indices.data.length;
  return () => {
    for (let at = 0; at < many; at += 1) {
      const from = position(indices.data[at], count);
      for (let row = 0; row < lead; row += 1) {
        for (let column = 0; column < trail; column += 1) {
          y.data[(row * many + at) * trail + column] = x.data[(row * count + from) * trail + column];
        }
      }
    }
  };
};

/** @type {Kernel} */
const indexAdd = ([x, indices, source], [y], { axis = 0 }) => {
  const { lead, count, trail } = aroundAxis(x.shape, axis);
  const many = indices.data.length;
  return () => {
    y.data.set(x.data);
    for (let row = 0; row < lead; row += 1) {
      for (let at = 0; at < many; at += 1) {
        const to = position(indices.data[at], count);
        for (let column = 0; column < trail; column += 1) {
          y.data[(row * count + to) * trail + column] += source.data[(row * many + at) * trail + column];
        }
      }
    }
  };
};

/** Where each index points to in the flattened array. @param {Tensor} indices @param {number[]} shape @param {number} axis */
function pointed(indices, shape, axis) {
  const at = (axis + shape.length) % shape.length;
  const [own, strides] = [stridesOf(indices.shape), stridesOf(shape)];
  const places = new Int32Array(sizeOf(indices.shape));
  for (let one = 0; one < places.length; one += 1) {
    indices.shape.forEach((n, along) => {
      if (along !== at) places[one] += (Math.floor(one / own[along]) % n) * strides[along];
    });
  }
  return (/** @type {number} */ one) => places[one] + position(indices.data[one], shape[at]) * strides[at];
}

/** @type {Kernel} */
const gather = ([x, indices], [y], { axis }) => {
  const place = pointed(indices, x.shape, axis);
  return () => {
    for (let at = 0; at < y.data.length; at += 1) y.data[at] = x.data[place(at)];
  };
};

/** @type {Kernel} */
const scatterAdd = ([x, indices, source], [y], { axis }) => {
  const place = pointed(indices, x.shape, axis);
  return () => {
    y.data.set(x.data);
    for (let at = 0; at < source.data.length; at += 1) y.data[place(at)] += source.data[at];
  };
};

/** @type {Kernel} */
const oneHot = ([indices], [y], { num_classes: classes }) => () => {
  y.data.fill(0);
  for (let at = 0; at < indices.data.length; at += 1) y.data[at * classes + position(indices.data[at], classes)] = 1;
};

/** @type {Record<string, Kernel>} */
export const kernels = { take, index_add: indexAdd, gather, scatter_add: scatterAdd, one_hot: oneHot };

/**
 * Arrays of the page's own runs: typed arrays in C order with a shape, and the maps between their places.
 *
 * A kernel is `(inputs, outputs, attributes) => run`: what depends on shapes alone is prepared once, and `run` computes
 * as often as the inputs change.
 *
 * @typedef {Float64Array | Float32Array | Uint8Array} Numbers
 * @typedef {{ data: Numbers, shape: number[], kind: "float" | "int" | "bool" }} Tensor
 * @typedef {(inputs: Tensor[], outputs: Tensor[], attributes: Record<string, any>) => () => void} Kernel
 */

/** A value that a kernel refuses: the server says what is wrong with it. */
export class KernelError extends Error {}

/** @param {number[]} shape */
export const sizeOf = (shape) => shape.reduce((a, b) => a * b, 1);

/** @param {number[]} shape @param {Tensor["kind"]} kind @param {string} dtype @returns {Tensor} */
export function createTensor(shape, kind, dtype) {
  const size = sizeOf(shape);
  const data = kind === "bool" ? new Uint8Array(size) : kind === "float" && dtype === "float32" ? new Float32Array(size) : new Float64Array(size);
  return { data, shape, kind };
}

/** Elements from one place to the next along each axis. @param {number[]} shape */
export function stridesOf(shape) {
  const strides = new Array(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis -= 1) strides[axis] = strides[axis + 1] * shape[axis + 1];
  return strides;
}

/**
 * For every element of an array of `shape`, in order, where it lies in another that is walked with `strides`.
 *
 * @param {number[]} shape
 * @param {number[]} strides
 * @param {number} [start]
 */
export function placesOf(shape, strides, start = 0) {
  const size = sizeOf(shape);
  const places = new Int32Array(size);
  const index = new Array(shape.length).fill(0);
  let place = start;
  for (let at = 0; at < size; at += 1) {
    places[at] = place;
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      index[axis] += 1;
      place += strides[axis];
      if (index[axis] < shape[axis]) break;
      place -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return places;
}

/** Strides of an array of shape `small` stretched to `shape`. @param {number[]} small @param {number[]} shape */
export function stretchedStrides(small, shape) {
  const lead = shape.length - small.length;
  const own = stridesOf(small);
  return shape.map((_, axis) => (axis < lead || small[axis - lead] === 1 ? 0 : own[axis - lead]));
}

/** Where each element of `shape` is read in `small`; null where they are the same. @param {number[]} small @param {number[]} shape */
export function stretchedPlaces(small, shape) {
  const same = small.length === shape.length && small.every((n, axis) => n === shape[axis]);
  return same ? null : placesOf(shape, stretchedStrides(small, shape));
}

/** Axes as non-negative numbers; null means all. @param {number | number[] | null | undefined} axis @param {number} ndim */
export function normalAxes(axis, ndim) {
  if (axis === null || axis === undefined) return Array.from({ length: ndim }, (_, at) => at);
  return (Array.isArray(axis) ? axis : [axis]).map((one) => (one + ndim) % ndim).sort((a, b) => a - b);
}

/** For every element of `shape`, its place once `axes` are reduced. @param {number[]} shape @param {number[]} axes */
export function reducedPlaces(shape, axes) {
  const kept = shape.map((n, axis) => (axes.includes(axis) ? 1 : n));
  const own = stridesOf(kept);
  return placesOf(shape, shape.map((_, axis) => (axes.includes(axis) ? 0 : own[axis])));
}

/** An array seen as lead x axis x trail. @param {number[]} shape @param {number} axis */
export function aroundAxis(shape, axis) {
  const at = (axis + shape.length) % shape.length;
  return { lead: sizeOf(shape.slice(0, at)), count: shape[at], trail: sizeOf(shape.slice(at + 1)) };
}

/** A kernel that copies elements from given places. @param {Tensor} x @param {Tensor} y @param {Int32Array} places */
export function copyFrom(x, y, places) {
  return () => {
    for (let at = 0; at < places.length; at += 1) y.data[at] = x.data[places[at]];
  };
}

/** A view: the same elements in another shape. @type {Kernel} */
export const view = ([x], [y]) => {
  if (y.kind === x.kind) y.data = x.data;
  return () => {
    if (y.data !== x.data) y.data.set(x.data);
  };
};

/** An elementwise kernel of one array. @param {(x: number, attributes: any) => number} f @returns {Kernel} */
export const unary = (f) => ([x], [y], attributes) => () => {
  for (let at = 0; at < y.data.length; at += 1) y.data[at] = f(x.data[at], attributes);
};

/** An elementwise kernel of two arrays that broadcast. @param {(a: number, b: number) => number} f @returns {Kernel} */
export const binary = (f) => ([a, b], [y]) => {
  const [left, right] = [a, b].map(({ shape }) => stretchedPlaces(shape, y.shape));
  if (!left && !right) {
    return () => {
      for (let at = 0; at < y.data.length; at += 1) y.data[at] = f(a.data[at], b.data[at]);
    };
  }
  return () => {
    for (let at = 0; at < y.data.length; at += 1) y.data[at] = f(a.data[left ? left[at] : at], b.data[right ? right[at] : at]);
  };
};

/** Shapes, broadcasting and indexing at fixed places; `engine/ops/shape.py`. @import {Kernel, Tensor} from "./tensor.js" */
import { aroundAxis, copyFrom, placesOf, sizeOf, stretchedPlaces, stridesOf, view } from "./tensor.js";

/**
 * Where each element that an index selects lies, in order. The index is as the server writes it: whole numbers,
 * `{slice}`, `{ellipsis}`, `{array}` and null for a new axis, alone or as a list.
 *
 * @param {number[]} shape
 * @param {any} key
 */
export function selectedPlaces(shape, key) {
  /** @type {any[]} */
  let parts = (Array.isArray(key) ? key : [key]).flatMap((part) => masked(part));
  const used = parts.filter((part) => part !== null && !part?.ellipsis).length;
  const rest = Array.from({ length: shape.length - used }, () => ({ slice: [null, null, null] }));
  const dots = parts.findIndex((part) => part?.ellipsis);
  parts = dots < 0 ? [...parts, ...rest] : [...parts.slice(0, dots), ...rest, ...parts.slice(dots + 1)];
  const strides = stridesOf(shape);
  /** @type {{ size: number, stride: number }[]} */
  const axes = [];
  /** Indices by arrays: the axis of each, and its array. @type {{ axis: number, array: any }[]} */
  const arrays = [];
  let start = 0;
  let axis = 0;
  /** Where in the result the axes of the arrays come, and whether something stands between them. */
  let [first, last] = [-1, -1];
  const advanced = parts.some((part) => part?.array !== undefined);
  for (const part of parts) {
    if (part === null) {
      axes.push({ size: 1, stride: 0 });
      continue;
    }
    if (typeof part === "number" && !advanced) {
      start += (part < 0 ? part + shape[axis] : part) * strides[axis];
    } else if (part.slice) {
      const [from, count, step] = sliced(part.slice, shape[axis]);
      start += from * strides[axis];
      axes.push({ size: count, stride: step * strides[axis] });
    } else {
      arrays.push({ axis, array: typeof part === "number" ? part : part.array });
      first = first < 0 ? axes.length : first;
      last = last < 0 || last === axes.length ? axes.length : -2;
    }
    axis += 1;
  }
  if (arrays.length === 0) return { places: placesOf(axes.map(({ size }) => size), axes.map(({ stride }) => stride), start), unique: true };
  const shapes = arrays.map(({ array }) => shapeOf(array));
  const ndim = Math.max(...shapes.map((one) => one.length));
  const common = Array.from({ length: ndim }, (_, at) => Math.max(1, ...shapes.map((one) => one[at - ndim + one.length] ?? 1)));
  if (shapes.some((one) => one.includes(0))) return { places: new Int32Array(0), unique: true };
  const offsets = new Array(sizeOf(common)).fill(0);
  arrays.forEach(({ axis: along, array }, which) => {
    const flat = [array].flat(Infinity);
    const read = stretchedPlaces(shapes[which], common);
    offsets.forEach((_, at) => {
      const index = Number(flat[read ? read[at] : at]);
      offsets[at] += (index < 0 ? index + shape[along] : index) * strides[along];
    });
  });
  const at = last === -2 ? 0 : first;
  const before = axes.slice(0, at);
  const after = axes.slice(at);
  const outer = placesOf(before.map(({ size }) => size), before.map(({ stride }) => stride), start);
  const inner = placesOf(after.map(({ size }) => size), after.map(({ stride }) => stride));
  const places = new Int32Array(outer.length * offsets.length * inner.length);
  let next = 0;
  for (const one of outer) for (const two of offsets) for (const three of inner) places[next++] = one + two + three;
  return { places, unique: false };
}

/** A mask as the indices at which it holds. @param {any} part */
function masked(part) {
  if (part?.array === undefined || typeof [part.array].flat(Infinity)[0] !== "boolean") return [part];
  const shape = shapeOf(part.array);
  /** @type {number[][]} */
  const found = shape.map(() => []);
  const strides = stridesOf(shape);
  [part.array].flat(Infinity).forEach((holds, at) => {
    if (holds) strides.forEach((stride, axis) => found[axis].push(Math.floor(at / stride) % shape[axis]));
  });
  return found.map((array) => ({ array }));
}

/** @param {any} nested @returns {number[]} */
function shapeOf(nested) {
  return Array.isArray(nested) ? [nested.length, ...(nested.length > 0 ? shapeOf(nested[0]) : [])] : [];
}

/** Where a slice begins, how many it takes, and its step. @param {(number | null)[]} slice @param {number} size */
function sliced([start, stop, step], size) {
  const by = step ?? 1;
  const [low, high] = by > 0 ? [0, size] : [-1, size - 1];
  const bound = (/** @type {number | null} */ at, /** @type {number} */ otherwise) =>
    at === null ? otherwise : Math.min(Math.max(at < 0 ? at + size : at, low), high);
  const from = bound(start, by > 0 ? low : high);
  const to = bound(stop, by > 0 ? high : low);
  return [from, Math.max(0, Math.ceil((to - from) / by)), by];
}

/** @type {Kernel} */
const getitem = ([x], [y], { key }) => copyFrom(x, y, selectedPlaces(x.shape, key).places);

/** @type {Kernel} */
const put = ([g], [y], { shape, key }) => {
  const { places } = selectedPlaces(shape, key);
  return () => {
    y.data.fill(0);
    for (let at = 0; at < places.length; at += 1) y.data[places[at]] += g.data[at];
  };
};

/** @type {Kernel} */
const transpose = ([x], [y], { axes = null }) => {
  const strides = stridesOf(x.shape);
  const order = axes ?? x.shape.map((_, axis) => x.shape.length - 1 - axis);
  return copyFrom(x, y, placesOf(y.shape, order.map((/** @type {number} */ axis) => strides[(axis + strides.length) % strides.length])));
};

/** @type {Kernel} */
const broadcastTo = ([x], [y]) => {
  const places = stretchedPlaces(x.shape, y.shape);
  return places ? copyFrom(x, y, places) : view([x], [y], {});
};

/** @type {Kernel} */
const sumTo = ([x], [y]) => {
  const places = stretchedPlaces(y.shape, x.shape);
  const total = new Float64Array(y.data.length);
  return () => {
    total.fill(0);
    for (let at = 0; at < x.data.length; at += 1) total[places ? places[at] : at] += x.data[at];
    y.data.set(total);
  };
};

/** Arrays one after the other along an axis. @param {Tensor[]} parts @param {Tensor} y @param {number[]} counts @param {number} axis */
export function joined(parts, y, counts, axis) {
  const { lead, count, trail } = aroundAxis(y.shape, axis);
  return () => {
    let from = 0;
    parts.forEach((part, which) => {
      const width = counts[which] * trail;
      for (let row = 0; row < lead; row += 1) y.data.set(part.data.subarray(row * width, (row + 1) * width), row * count * trail + from);
      from += width;
    });
  };
}

/** @type {Kernel} */
const stack = (parts, [y], { axis = 0 }) => joined(parts, y, parts.map(() => 1), axis);

/** @type {Record<string, Kernel>} */
export const kernels = { reshape: view, transpose, broadcast_to: broadcastTo, sum_to: sumTo, stack, getitem, put };

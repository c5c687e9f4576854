/** Class labels as whole numbers; `engine/ops/classes.py`. @import {Kernel, Tensor} from "./tensor.js" */
import { KernelError, aroundAxis } from "./tensor.js";

/** Calls `each` with the place of every label and of the score that it names; -1 for a label to ignore. */
const named = (/** @type {Tensor} */ labels, /** @type {number[]} */ shape, /** @type {number} */ axis, /** @type {number | null} */ ignored) => {
  const { lead, count, trail } = aroundAxis(shape, axis);
  return (/** @type {(label: number, score: number) => void} */ each) => {
    for (let at = 0; at < lead * trail; at += 1) {
      const label = labels.data[at];
      if (ignored !== null && label === ignored) {
        each(at, -1);
        continue;
      }
      if (!Number.isInteger(label) || label < 0 || label >= count) throw new KernelError(`the label ${label} is none of ${count} classes`);
      each(at, (Math.floor(at / trail) * count + label) * trail + (at % trail));
    }
  };
};

/** @type {Kernel} */
const pick = ([x, labels], [y], { axis = -1, ignore_index: ignored = null }) => {
  const places = named(labels, x.shape, axis, ignored);
  return () => places((label, score) => (y.data[label] = score < 0 ? 0 : x.data[score]));
};

/** @type {Kernel} */
const unpick = ([g, labels], [y], { axis = -1, ignore_index: ignored = null }) => {
  const places = named(labels, y.shape, axis, ignored);
  return () => {
    y.data.fill(0);
    places((label, score) => score >= 0 && (y.data[score] = g.data[label]));
  };
};

/** @type {Record<string, Kernel>} */
export const kernels = { pick, unpick };

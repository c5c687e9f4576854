/** Arrays put together; `engine/ops/arrange.py`. @import {Kernel} from "./tensor.js" */
import { joined } from "./shape.js";

/** @type {Record<string, Kernel>} */
export const kernels = {
  concatenate: (parts, [y], { axis = 0 }) =>
    axis === null
      ? joined(parts, y, parts.map(({ data }) => data.length), 0)
      : joined(parts, y, parts.map(({ shape }) => shape[(axis + shape.length) % shape.length]), axis),
};

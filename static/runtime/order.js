/** One thing after another; `engine/ops/order.py`. @import {Kernel} from "./tensor.js" */
import { view } from "./tensor.js";

/** @type {Record<string, Kernel>} */
export const kernels = { after: view };

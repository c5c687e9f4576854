/** What losses need besides arithmetic; `engine/ops/losses.py`. @import {Kernel} from "./tensor.js" */
import { unary } from "./tensor.js";

/** @type {Record<string, Kernel>} */
export const kernels = { bounded_log: unary((x) => Math.max(Math.log(x), -100)) };

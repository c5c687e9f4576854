/** Every kernel, by the name of its operator. @import {Kernel} from "./tensor.js" */
import { kernels as activations } from "./activations.js";
import { kernels as arithmetic } from "./arithmetic.js";
import { kernels as arrange } from "./arrange.js";
import { kernels as attention } from "./attention.js";
import { kernels as classes } from "./classes.js";
import { kernels as convolution } from "./convolution.js";
import { kernels as cumulative } from "./cumulative.js";
import { kernels as decompositions } from "./decompositions.js";
import { kernels as elementary } from "./elementary.js";
import { kernels as extremes } from "./extremes.js";
import { kernels as indexing } from "./indexing.js";
import { kernels as layers } from "./layers.js";
import { kernels as linalg } from "./linalg.js";
import { kernels as losses } from "./losses.js";
import { kernels as norms } from "./norms.js";
import { kernels as order } from "./order.js";
import { kernels as pooling } from "./pooling.js";
import { kernels as reductions } from "./reductions.js";
import { kernels as resampling } from "./resampling.js";
import { kernels as rounding } from "./rounding.js";
import { kernels as shape } from "./shape.js";
import { kernels as sorting } from "./sorting.js";
import { kernels as special } from "./special.js";
import { kernels as windows } from "./windows.js";

/** @type {Record<string, Kernel>} */
export const KERNELS = {
  ...activations, ...arithmetic, ...arrange, ...attention, ...classes, ...convolution, ...cumulative, ...decompositions, ...elementary,
  ...extremes, ...indexing, ...layers, ...linalg, ...losses, ...norms, ...order, ...pooling, ...reductions, ...resampling, ...rounding,
  ...shape, ...sorting, ...special, ...windows,
};

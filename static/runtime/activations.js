/** Activation functions; `engine/ops/activations.py`. @import {Kernel} from "./tensor.js" */
import { logaddexp } from "./arithmetic.js";
import { unary } from "./tensor.js";

/** @type {Record<string, Kernel>} */
export const kernels = {
  relu: unary((x) => Math.max(x, 0)),
  sigmoid: unary((x) => 1 / (Math.exp(-x) + 1)),
  tanh: unary(Math.tanh),
  softplus: unary((x, { beta = 1, threshold = 20 }) => (x * beta > Number(threshold) ? x : logaddexp(x * beta, 0) / beta)),
  logsigmoid: unary((x) => -logaddexp(-x, 0)),
  elu: unary((x, { alpha = 1 }) => (x > 0 ? x : alpha * Math.expm1(Math.min(x, 0)))),
};

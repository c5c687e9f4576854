/** Runs and edits a second with the page's kernels, and the same calls with TensorFlow.js: see `kernels.py`. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createRuns } from "../static/runtime/runs.js";
import { isSmall } from "../static/state/live.js";

const [file, seconds, peers] = process.argv.slice(2);

/** Milliseconds of one call of `work`, the median of five parts of the time. @param {() => void} work */
function timed(work) {
  const part = (Number(seconds) * 1000) / 5;
  for (const begun = performance.now(); performance.now() - begun < part; ) work();
  const found = Array.from({ length: 5 }, () => {
    const begun = performance.now();
    let count = 0;
    while (performance.now() - begun < part) {
      work();
      count += 1;
    }
    return (performance.now() - begun) / count;
  });
  return found.sort((a, b) => a - b)[2];
}

/** @type {any} */
let tf = null;
if (peers) {
  const require = createRequire(join(peers, "package.json"));
  tf = require("@tensorflow/tfjs-core");
  require("@tensorflow/tfjs-backend-cpu");
  await tf.setBackend("cpu");
}

const axesOf = (/** @type {any} */ axis) => axis ?? undefined;
/** Sums to a smaller shape that stretches to this one. @param {any} x @param {number[]} shape */
function sumTo(x, shape) {
  const lead = x.shape.length - shape.length;
  const axes = x.shape.flatMap((/** @type {number} */ size, /** @type {number} */ at) => (at < lead || (shape[at - lead] === 1 && size !== 1) ? [at] : []));
  return tf.reshape(tf.sum(x, axes), shape);
}

/** @param {any} a @param {any} b */
function matmul(a, b) {
  const [left, right] = [a.rank === 1 ? tf.expandDims(a, 0) : a, b.rank === 1 ? tf.expandDims(b, 1) : b];
  const made = tf.matMul(left, right);
  const gone = [...(a.rank === 1 ? [made.rank - 2] : []), ...(b.rank === 1 ? [made.rank - 1] : [])];
  return gone.length > 0 ? tf.squeeze(made, gone) : made;
}

/** @type {Record<string, (inputs: any[], attributes: any) => any>} */
const CALLS = {
  add: ([a, b]) => tf.add(a, b),
  subtract: ([a, b]) => tf.sub(a, b),
  multiply: ([a, b]) => tf.mul(a, b),
  divide: ([a, b]) => tf.div(a, b),
  power: ([a, b]) => tf.pow(a, b),
  matmul: ([a, b]) => matmul(a, b),
  outer: ([a, b]) => tf.mul(tf.expandDims(a, 1), tf.expandDims(b, 0)),
  transpose: ([a], { axes }) => tf.transpose(a, axes ?? undefined),
  broadcast_to: ([a], { shape }) => tf.broadcastTo(a, shape),
  reshape: ([a], { shape }) => tf.reshape(a, shape),
  sum: ([a], { axis, keepdims }) => tf.sum(a, axesOf(axis), keepdims),
  mean: ([a], { axis, keepdims }) => tf.mean(a, axesOf(axis), keepdims),
  sum_to: ([a], { shape }) => sumTo(a, shape),
  greater: ([a, b]) => tf.cast(tf.greater(a, b), "float32"),
  identity: ([a]) => tf.clone(a),
  neg: ([a]) => tf.neg(a),
  relu: ([a]) => tf.relu(a),
  tanh: ([a]) => tf.tanh(a),
  sigmoid: ([a]) => tf.sigmoid(a),
  sqrt: ([a]) => tf.sqrt(a),
  exp: ([a]) => tf.exp(a),
  log: ([a]) => tf.log(a),
  softmax: ([a]) => tf.softmax(a),
  log_softmax: ([a]) => tf.logSoftmax(a),
};

/** Runs a second of the same calls; null where one is missing. @param {any} plan @param {any} values @param {any} ours */
function peer(plan, values, ours) {
  if (!tf || plan.calls.some(([op, , outputs]) => !Object.hasOwn(CALLS, op) || outputs.length > 1)) return null;
  const held = plan.arrays.map(() => null);
  for (const [at, value] of plan.constants) held[at] = tf.tensor([value].flat(Infinity), plan.arrays[at][0], "float32");
  for (const [name, at] of Object.entries(plan.leaves)) held[at] = tf.tensor([values[name]].flat(Infinity).map(Number), plan.arrays[at][0], "float32");
  const results = [...new Set([...Object.values(plan.values), ...Object.values(plan.gradients)])];
  const run = () =>
    tf.tidy(() => {
      const arrays = [...held];
      for (const [op, inputs, [output], attributes] of plan.calls) arrays[output] = CALLS[op](inputs.map((/** @type {number} */ at) => arrays[at]), attributes);
      return results.map((at) => arrays[at].dataSync());
    });
  run().forEach((found, number) => {
    const wanted = ours[results[number]].data;
    found.forEach((/** @type {number} */ x, /** @type {number} */ at) => {
      if (Math.abs(x - wanted[at]) > 1e-3 * Math.max(1, Math.abs(wanted[at]))) throw new Error(`TensorFlow.js has ${x}, the kernels ${wanted[at]}`);
    });
  });
  return 1000 / timed(run);
}

const answers = JSON.parse(readFileSync(file, "utf8")).map((/** @type {any} */ { name, structure, values }) => {
  const runs = createRuns(structure);
  runs.plan.run(values);
  const [first] = Object.keys(values);
  const one = { [first]: values[first] };
  const tfjs = peer(structure.plan, values, runs.plan.tensors);
  return { name, here: isSmall(structure), runs: 1000 / timed(() => runs.plan.run(one)), edit: timed(() => runs.trace(values, {})), tfjs };
});
process.stdout.write(JSON.stringify(answers));

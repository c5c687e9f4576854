/**
 * Training in the page: what `engine/training/loop.py` does, with the page's kernels. The events are those of
 * `POST /api/v1/train`; minibatches are the ones that the server draws from the same seed.
 *
 * @import {NestedTensor, TrainingPlan} from "../types.js"
 * @import {Tensor} from "./tensor.js"
 */
import { toScalar } from "../shared/tensor.js";
import { nested } from "./combine.js";
import { clip, normOf, ruleOf, scheduleOf } from "./optimisers.js";
import { compilePlan } from "./plan.js";
import { createRandom } from "./random.js";
import { sizeOf } from "./tensor.js";

const BINS = 24;
const MOST_LAYERS = 64;
/** Milliseconds of steps between two looks at what else there is to do; longer where that takes longer, within limits. */
const SLICE = [12, 200];

/** What a request may ask for here; with anything else the server trains. */
const KNOWN = [
  "program", "target", "values", "sizes", "seed", "data", "optimizer", "schedule", "steps", "batch_size", "validation", "validate_every",
  "histogram_every", "report_every", "values_every", "surface", "clip_norm", "clip_value", "output", "state",
];
/** What changes nothing about the plan and its examples. */
const LOOSE = ["optimizer", "schedule", "steps", "state", "clip_norm", "clip_value", "validate_every", "histogram_every", "report_every", "values_every"];

/** @param {unknown} value @returns {Float64Array} */
const flat = (value) => Float64Array.from([value].flat(/** @type {1} */ (Infinity)), Number);
const due = (/** @type {number} */ step, /** @type {number} */ every) => every > 0 && step % every === 0;

/** By what the plan of a run is known. @param {Record<string, unknown>} request */
export const planKey = (request) => JSON.stringify(Object.entries(request).filter(([name]) => !LOOSE.includes(name)));

/** Whether all that a request asks for can be done here. @param {Record<string, any>} request */
export const isKnown = (request) => Object.keys(request).every((name) => KNOWN.includes(name)) && ruleOf(request.optimizer ?? { name: "sgd" }) !== null && scheduleOf(request.schedule ?? { name: "constant" }) !== null;

/** The order of the rows in an epoch, as NumPy's generator permutes them. @param {number} count @param {number} epoch @param {number} seed */
export function shuffled(count, epoch, seed) {
  const random = createRandom([seed, 2, epoch]);
  const order = Int32Array.from({ length: count }, (_, at) => at);
  for (let at = count - 1; at > 0; at -= 1) {
    const other = random.interval(at);
    [order[at], order[other]] = [order[other], order[at]];
  }
  return order;
}

/** How the numbers of an array are spread, in bins of equal width. @param {ArrayLike<number>} array */
function histogram(array) {
  const finite = Array.from(array).filter(Number.isFinite);
  const [low, high] = finite.reduce(([a, b], x) => [Math.min(a, x), Math.max(b, x)], finite.length > 0 ? [finite[0], finite[0]] : [0, 0]);
  if (!Number.isFinite(high - low)) return { low, high, counts: [] };
  if (high === low) return { low, high, counts: [finite.length] };
  const counts = new Array(BINS).fill(0);
  const edge = (/** @type {number} */ bin) => (bin === BINS ? high : low + (bin * (high - low)) / BINS);
  for (const x of finite) {
    let bin = Math.min(BINS - 1, Math.floor(((x - low) / (high - low)) * BINS));
    if (x < edge(bin)) bin -= 1;
    else if (bin < BINS - 1 && x >= edge(bin + 1)) bin += 1;
    counts[bin] += 1;
  }
  return { low, high, counts };
}

/**
 * @param {TrainingPlan} setup
 * @param {number} seed of the minibatches
 */
export function createTrainer(setup, seed) {
  const run = /** @type {NonNullable<TrainingPlan["run"]>} */ (setup.run);
  const plan = compilePlan(run.plan);
  const predicting = plan.calls.slice(0, run.plan.forward);
  const loss = plan.values[setup.target];
  const output = setup.output === null ? null : plan.values[setup.output];
  const names = Object.keys(plan.gradients);
  const epochSteps = setup.epoch_steps;
  const leaf = (/** @type {string} */ name) => plan.tensors[run.plan.leaves[name]];
  for (const [name, value] of Object.entries(run.fixed)) if (name in run.plan.leaves) leaf(name).data.set(flat(value));

  const feeds = run.feeds.map(({ name, axis, ...sets }) => {
    const into = leaf(name);
    const lead = run.batched ? into.shape.slice(0, axis ?? 0) : [];
    const inner = sizeOf(into.shape.slice(run.batched ? lead.length + 1 : 0));
    const arrays = Object.fromEntries(Object.entries(sets).flatMap(([set, value]) => (value == null ? [] : [[set, flat(value)]])));
    return { name, into, outer: sizeOf(lead), inner, arrays };
  });
  const targets = { examples: run.targets === null ? null : flat(run.targets), held: run.held_targets === null ? null : flat(run.held_targets) };
  const width = targets.examples && run.count > 0 ? targets.examples.length / run.count : 0;

  /** Puts the examples of a run in their places. @param {string} set @param {ArrayLike<number>} rows */
  function take(set, rows) {
    for (const { into, outer, inner, arrays } of feeds) {
      const from = arrays[set];
      if (!from) continue;
      const [all, some] = [from.length / outer / inner, rows.length];
      for (let o = 0; o < outer; o += 1) {
        for (let b = 0; b < some; b += 1) {
          const [start, goal] = [(o * all + rows[b]) * inner, (o * some + b) * inner];
          for (let at = 0; at < inner; at += 1) into.data[goal + at] = from[start + at];
        }
      }
    }
  }

  /** The prediction of the last run as rows, one an example. @returns {Float64Array[]} */
  function predictions() {
    const { data, shape } = /** @type {Tensor} */ (output);
    const axis = run.output_axis;
    if (axis === null) return [Float64Array.from(data)];
    const [outer, inner] = [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis + 1))];
    return Array.from({ length: run.batch }, (_, b) =>
      Float64Array.from({ length: outer * inner }, (_, at) => data[(Math.floor(at / inner) * run.batch + b) * inner + (at % inner)]),
    );
  }

  /** What a metric is made of, run by run; null where there is none. @param {"examples" | "held"} set */
  function measure(set) {
    const wanted = targets[set];
    let [sum, count, fits] = [0, 0, output !== null && wanted !== null];
    return {
      /** @param {ArrayLike<number>} rows those that count */
      add(rows) {
        if (!fits || !wanted) return;
        const predicted = predictions();
        for (let at = 0; at < rows.length; at += 1) {
          const [row, goal] = [predicted[at], rows[at]];
          count += 1;
          if (!run.classes) {
            if (row.length !== width) fits = false;
            else sum += row.reduce((total, p, k) => total + (p - wanted[goal * width + k]) ** 2, 0) / width;
          } else if (row.length === run.classes) {
            const best = row.findIndex((p) => Number.isNaN(p));
            sum += Number((best >= 0 ? best : row.indexOf(Math.max(...row))) === wanted[goal]);
          } else if (row.length === 1 && run.classes === 2 && run.threshold !== null) sum += Number(Number(row[0] > run.threshold) === wanted[goal]);
          else fits = false;
        }
      },
      /** @returns {Record<string, number>} */
      get found() {
        if (!fits || count === 0) return {};
        return run.classes ? { accuracy: sum / count } : { rmse: (sum / count) ** 0.5 };
      },
    };
  }

  /** Mean loss over all validation examples, and the metrics on each of them counted once. */
  function validate() {
    const measured = measure("held");
    let [total, runs] = [0, 0];
    for (let start = 0; start < run.held; start += run.batch) {
      const rows = Array.from({ length: run.batch }, (_, at) => (start + at) % run.held);
      take("held", rows);
      for (const call of predicting) call();
      total += loss.data[0];
      runs += 1;
      measured.add(rows.slice(0, run.held - start));
    }
    return { validation_loss: toScalar(total / runs), validation_metrics: measured.found };
  }

  let order = { epoch: -1, rows: new Int32Array() };
  /** The examples of a step. @param {number} step */
  function rowsOf(step) {
    if (run.count === 0) return new Int32Array();
    const epoch = Math.floor(step / epochSteps);
    if (order.epoch !== epoch) order = { epoch, rows: shuffled(run.count, epoch, seed) };
    const start = (step % epochSteps) * setup.batch_size;
    return order.rows.subarray(start, start + setup.batch_size);
  }

  const sums = Object.fromEntries(names.map((name) => [name, new Float64Array(plan.gradients[name].data.length)]));

  /** Loss, metrics and, in `sums`, gradients of a step's minibatch. @param {number} step */
  function gradients(step) {
    const rows = rowsOf(step);
    const measured = measure("examples");
    const each = run.batched ? [rows] : Array.from(rows, (row) => Int32Array.of(row));
    let total = 0;
    for (const name of names) sums[name].fill(0);
    for (const some of each) {
      take("examples", some);
      for (const call of plan.calls) call();
      total += loss.data[0];
      for (const name of names) {
        const [sum, { data }] = [sums[name], plan.gradients[name]];
        for (let at = 0; at < sum.length; at += 1) sum[at] += data[at];
      }
      measured.add(some);
    }
    if (each.length > 1) for (const name of names) for (let at = 0; at < sums[name].length; at += 1) sums[name][at] /= each.length;
    return { loss: total / each.length, metrics: measured.found };
  }

  /** @param {string} name @param {Float64Array} data */
  const lists = (name, data) => nested({ data, shape: plan.gradients[name].shape, kind: "float" });

  /** @param {Record<string, Float64Array>} arrays */
  const shown = (arrays) => Object.fromEntries(names.map((name) => [name, lists(name, arrays[name])]));

  /** Norms of gradients, layer by layer where one parameter holds a stack of matrices. */
  function layerNorms() {
    return Object.fromEntries(
      names.flatMap((name) => {
        const { shape } = plan.gradients[name];
        if (shape.length !== 3 || shape[0] > MOST_LAYERS) return [[name, normOf(sums[name])]];
        const size = shape[1] * shape[2];
        return Array.from({ length: shape[0] }, (_, at) => [`${name}[${at}]`, normOf(sums[name].subarray(at * size, (at + 1) * size))]);
      }),
    );
  }

  /** Values of the step that comes next: the first example's where one makes a run. @param {number} step */
  function present(step) {
    const rows = rowsOf(step);
    take("examples", run.batched ? rows : rows.subarray(0, 1));
    return { ...run.fixed, ...shown(parameters), ...Object.fromEntries(feeds.map(({ name, into }) => [name, nested(into)])) };
  }

  /** Predictions over the plane of two inputs, or over the line of one. @param {number} step */
  function surface(step) {
    const axes = /** @type {number[][]} */ (run.axes ?? []);
    const count = axes.reduce((points, { length }) => points * length, 1);
    const rows = rowsOf(step);
    take("examples", new Int32Array(run.batch).fill(rows[0]));
    /** @type {NestedTensor[]} */
    const found = [];
    for (let start = 0; start < count; start += run.batch) {
      take("plane", Array.from({ length: run.batch }, (_, at) => (start + at) % count));
      for (const call of predicting) call();
      for (const row of predictions().slice(0, count - start)) found.push(Array.from(row, toScalar));
    }
    return { step, axes, predictions: found };
  }

  /** @type {Record<string, Float64Array>} */
  const parameters = Object.fromEntries(names.map((name) => [name, /** @type {Float64Array} */ (leaf(name).data)]));

  return {
    /**
     * So many steps from a state, and the milliseconds that they took. `left` is null when they are made, or the request
     * of those that are left where a number is not finite: the server says where it arose.
     *
     * @param {Record<string, any>} request
     * @param {(name: string, data: any) => void} onEvent
     * @param {() => Promise<void>} pause lets others have their turn
     */
    async train(request, onEvent, pause) {
      const rule = /** @type {NonNullable<ReturnType<typeof ruleOf>>} */ (ruleOf(request.optimizer ?? { name: "sgd" }));
      const factor = /** @type {NonNullable<ReturnType<typeof scheduleOf>>} */ (scheduleOf(request.schedule ?? { name: "constant" }));
      const { validate_every = 10, histogram_every = 0, report_every = 1, values_every = 0, steps = 100 } = request;
      const state = request.state ?? { step: 0, parameters: run.first, optimizer_step: 0, moments: {} };
      for (const name of names) parameters[name].set(flat(state.parameters[name]));
      const fresh = Object.keys(state.moments ?? {}).sort().join() !== [...rule.moments].sort().join();
      let made = fresh ? 0 : (state.optimizer_step ?? 0);
      const moments = Object.fromEntries(
        names.map((name) => [name, Object.fromEntries(rule.moments.map((moment) => [moment, fresh ? new Float64Array(sums[name].length) : flat(state.moments[moment][name])]))]),
      );
      const first = state.step;
      let step = first;
      const where = () => ({
        step,
        parameters: shown(parameters),
        optimizer_step: made,
        moments: Object.fromEntries(rule.moments.map((moment) => [moment, Object.fromEntries(names.map((name) => [name, lists(name, moments[name][moment])]))])),
      });
      onEvent("start", {
        steps,
        ...Object.fromEntries(["epoch_steps", "batch_size", "target", "output", "parameters", "sizes", "examples"].map((name) => [name, setup[/** @type {"target"} */ (name)]])),
        cost: { total_flops: steps * setup.step_flops },
      });
      let [begun, slice, spent] = [performance.now(), SLICE[0], 0];
      for (; step < first + steps; ) {
        const report = gradients(step);
        const norms = names.map((name) => normOf(sums[name]));
        if (![report.loss, ...norms].every(Number.isFinite)) return { spent, left: { ...request, steps: first + steps - step, state: where() } };
        const rate = rule.rate * factor(step);
        const validated = due(step, validate_every) && run.held > 0;
        if (step % report_every === 0 || validated) {
          onEvent("step", {
            step,
            epoch: Math.floor(step / epochSteps),
            rate,
            loss: report.loss,
            metrics: report.metrics,
            gradient_norms: Object.fromEntries(names.map((name, at) => [name, norms[at]])),
            ...(validated && validate()),
            ...(due(step, histogram_every) && {
              histograms: Object.fromEntries(names.map((name) => [name, { parameter: histogram(parameters[name]), gradient: histogram(sums[name]) }])),
              layer_norms: layerNorms(),
            }),
          });
        }
        clip(Object.values(sums), request);
        made += 1;
        for (const name of names) rule.advance(parameters[name], sums[name], moments[name], rate, made);
        step += 1;
        if (due(step, values_every)) onEvent("values", { step, values: present(step) });
        const now = performance.now();
        if (now - begun > slice) {
          spent += now - begun;
          await pause();
          begun = performance.now();
          slice = Math.min(Math.max(SLICE[0], begun - now), SLICE[1]);
        }
      }
      if (values_every && !due(step, values_every)) onEvent("values", { step, values: present(step) });
      if (run.axes) onEvent("surface", surface(step));
      spent += performance.now() - begun;
      onEvent("end", { reason: "finished", state: where() });
      return { spent, left: null };
    },
  };
}

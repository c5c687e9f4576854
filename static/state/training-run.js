/**
 * A training run: chunks of steps, each streamed from where the last one ended, since the server remembers nothing.
 * What is asked for is read anew before every chunk, so that settings can change while it runs. Knows no page.
 */
import { dispatch } from "d3-dispatch";

/** A chunk is to take about this long, in milliseconds: settings changed are soon heard, requests stay few. */
const CHUNK = 400;
const MOST = 500;
/** So many cheap steps are always made at once, however slow the way to the server is. */
const LEAST = { steps: 10, flops: 1e8 };

/**
 * @typedef {object} Report
 * @property {number} step
 * @property {number} epoch
 * @property {number} rate
 * @property {number} loss
 * @property {Record<string, number>} metrics
 * @property {Record<string, number>} gradient_norms
 * @property {Record<string, number>} [layer_norms]
 * @property {Record<string, Record<"parameter" | "gradient", { low: number, high: number, counts: number[] }>>} [histograms]
 * @property {number} [validation_loss]
 * @property {Record<string, number>} [validation_metrics]
 */

/**
 * @param {(body: object, onEvent: (name: string, data: any) => void) => Promise<number | void>} stream asks for some steps; may
 *   answer the milliseconds that they took, without what the page did meanwhile
 */
export function createRun(stream) {
  const listeners = dispatch("change", "live");
  let running = false;
  let busy = false;
  let size = 5;
  let era = 0;

  const run = {
    /** @type {Report[]} */
    reports: [],
    /** @type {any} Where it stands, as the server told it; null at the start. */
    state: null,
    /** The values that the next step begins with, of a run under way. @type {Record<string, import("../types.js").NestedTensor> | null} */
    values: null,
    /** @type {any} */
    surface: null,
    /** @type {any} */
    start: null,
    /** @type {any} */
    divergence: null,
    /** @type {Error | null} */
    problem: null,

    get running() {
      return running;
    },
    get step() {
      return run.state?.step ?? 0;
    },

    /**
     * Goes on until `last` steps are made, it diverges, something is wrong, or it is paused.
     *
     * @param {() => object} request
     * @param {() => number} last
     */
    async play(request, last) {
      running = true;
      if (busy) return;
      busy = true;
      while (running && run.step < last()) {
        const taken = await chunk(request, Math.min(size, last() - run.step));
        if (taken === null) break;
        const least = (run.start?.cost?.total_flops ?? Infinity) <= LEAST.flops ? LEAST.steps : 1;
        size = Math.max(least, Math.min(MOST, Math.round(size * Math.min(2, Math.max(0.5, CHUNK / Math.max(taken, 1))))));
      }
      running = busy = false;
      listeners.call("change");
    },

    /** @param {() => object} request */
    async once(request) {
      if (busy) return;
      busy = true;
      await chunk(request, 1);
      busy = false;
      listeners.call("change");
    },

    pause() {
      running = false;
      listeners.call("change");
    },

    /** Forgets everything; an answer under way is dropped. */
    reset() {
      era += 1;
      running = false;
      Object.assign(run, { reports: [], state: null, values: null, surface: null, start: null, divergence: null, problem: null });
      listeners.call("change");
    },

    /** @param {() => void} listener */
    on(listener) {
      listeners.on("change", listener);
      return run;
    },

    /** @param {() => void} listener called within a chunk, when there are other values */
    onLive(listener) {
      listeners.on("live", listener);
      return run;
    },
  };

  /** The milliseconds that it took; null where nothing goes on. @param {() => object} request @param {number} steps */
  async function chunk(request, steps) {
    const mine = era;
    run.problem = null;
    run.divergence = null;
    let going = true;
    let taken = 0;
    const begun = performance.now();
    listeners.call("change");
    try {
      const spent = await stream({ ...request(), steps, state: run.state }, (name, data) => {
        if (mine !== era) return;
        if (name === "start") run.start = data;
        if (name === "step") run.reports.push(data);
        if (name === "surface") run.surface = data;
        if (name === "values") {
          run.values = data.values;
          listeners.call("live");
        }
        if (name === "divergence") run.divergence = data;
        if (name === "end") {
          run.state = data.state;
          going = data.reason !== "diverged";
        }
      });
      taken = spent ?? performance.now() - begun;
    } catch (error) {
      if (mine === era) run.problem = /** @type {Error} */ (error);
      going = false;
    }
    if (mine === era) listeners.call("change");
    return going || mine !== era ? taken : null;
  }

  return run;
}

/**
 * A training run for every point of a grid, streamed by the server as one job. Results stay here, so that a sweep which
 * was interrupted goes on with what is left. Knows no page.
 */
import { dispatch } from "d3-dispatch";

/**
 * @typedef {object} Result
 * @property {number} run
 * @property {number | null} learning_rate
 * @property {number} seed
 * @property {Record<string, number>} widths
 * @property {string | null} reason why it ended; null while it goes on
 * @property {[number, number][]} points its losses by step
 * @property {[number, number][]} validation
 */

/**
 * @param {(body: object, onEvent: (name: string, data: any) => void, signal: AbortSignal) => Promise<void>} stream
 */
export function createSweep(stream) {
  const listeners = dispatch("change");
  /** @type {AbortController | null} */
  let going = null;
  /** @type {object} */
  let request = {};
  /** Where runs that have begun go on from. @type {Record<string, any>} */
  let states = {};

  const sweep = {
    /** @type {Result[]} */
    results: [],
    /** How many steps were made, of all runs together. */
    steps: 0,
    /** @type {any} The last event. */
    end: null,
    /** @type {Error | null} */
    problem: null,

    get running() {
      return going !== null;
    },
    /** How many runs have ended. */
    get done() {
      return sweep.results.filter(({ reason }) => reason !== null).length;
    },
    /** Whether it was interrupted. */
    get open() {
      return going === null && sweep.results.length > 0 && sweep.done < sweep.results.length;
    },

    /** @param {object} next */
    start(next) {
      request = next;
      states = {};
      Object.assign(sweep, { results: [], end: null, problem: null });
      return ask();
    },

    /** Goes on with the runs that are left. */
    resume() {
      return ask();
    },

    stop() {
      going?.abort();
    },

    /** @param {() => void} listener */
    on(listener) {
      listeners.on("change", listener);
      return sweep;
    },
  };

  async function ask() {
    going?.abort();
    const mine = (going = new AbortController());
    sweep.problem = sweep.end = null;
    const skip = sweep.results.filter(({ reason }) => reason !== null).map(({ run }) => run);
    // What was shown of a run whose state did not arrive is worked out again.
    for (const one of sweep.results) if (one.reason === null && !(one.run in states)) one.points = one.validation = [];
    const before = new Map(sweep.results.map((one) => [one.run, one]));
    listeners.call("change");
    try {
      await stream({ ...request, skip, states }, (name, data) => mine === going && hear(name, data, before), mine.signal);
    } catch (error) {
      if (mine === going && !mine.signal.aborted) sweep.problem = /** @type {Error} */ (error);
    }
    if (mine !== going) return;
    going = null;
    listeners.call("change");
  }

  /** @param {string} name @param {any} data @param {Map<number, Result>} before */
  function hear(name, data, before) {
    if (name === "start" && sweep.results.length === 0) {
      sweep.results = data.runs.map((/** @type {any} */ one) => ({ ...one, reason: null, points: [], validation: [] }));
    }
    const found = sweep.results[data.run];
    if (name === "progress" && found && found.reason === null && data.loss !== undefined && data.loss !== null) {
      found.points = [...found.points, [data.step - 1, data.loss]];
    }
    if (name === "result" && found) {
      const earlier = before.get(data.run);
      const kept = data.run in states ? (earlier?.points ?? []).filter(([step]) => step < (data.steps[0] ?? Infinity)) : [];
      found.points = [...kept, ...data.steps.map((/** @type {number} */ step, /** @type {number} */ i) => [step, data.losses[i]])];
      found.validation = [...(data.run in states ? (earlier?.validation ?? []) : []), ...data.validation];
      found.reason = data.reason;
    }
    if (name === "end") {
      sweep.end = data;
      states = data.states;
      if (data.problem) sweep.problem = Object.assign(new Error(data.problem.detail), { hint: data.problem.hint });
    }
    listeners.call("change");
  }

  return sweep;
}

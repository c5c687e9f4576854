/**
 * Where runs are computed: in the page, by its own kernels, once the program's structure is here; by the server, if the
 * program is new, too large or needs a kernel that the page has not.
 *
 * @import {NestedTensor, Structure, TraceBody, TraceRequest} from "../types.js"
 */
import { isSummary } from "../shared/tensor.js";

/** Calls and numbers of a run above which the server is asked: what a page does within a frame or two. */
const [MOST_CALLS, MOST_NUMBERS, MOST_FLOPS] = [3000, 300_000, 30e6];

/** What a run is computed with, but for its values and how its numbers are written. @param {TraceRequest} body */
function keyOf({ program, sizes = {}, target, dtype = "float64", seed = 0, weights = "", training }) {
  return JSON.stringify([program, sizes, target ?? null, dtype, seed, weights, training ?? null]);
}

/** Whether a page computes runs of a structure. @param {Structure} structure */
export function isSmall({ plan, costs }) {
  const numbers = plan.arrays.reduce((total, [shape]) => total + shape.reduce((a, b) => a * b, 1), 0);
  return plan.missing.length === 0 && plan.calls.length <= MOST_CALLS && numbers <= MOST_NUMBERS && costs.flops.forward + costs.flops.backward <= MOST_FLOPS;
}

/**
 * @typedef {object} Sources
 * @property {(body: TraceRequest, signal?: AbortSignal) => Promise<TraceBody>} trace asks the server for a run
 * @property {(body: TraceRequest) => Promise<Structure>} [structure] asks the server for a program's structure
 * @property {() => Promise<void>} [idle] resolves when there is time
 * @property {{ structure: Structure, values: Record<string, NestedTensor> }} [known] a structure that the page brings, and the
 *   values of all declared variables
 */

/** @param {Sources} sources */
export function createLive({ trace, structure, idle = async () => {}, known }) {
  /** First values of declared variables, as far as they are known, and what computes. */
  /** @type {{ key: string | null, structure: Structure, first: Record<string, NestedTensor>, leaves: string[], runs: ReturnType<typeof import("../runtime/runs.js").createRuns> } | null} */
  let ready = null;
  /** @type {string | null} the key of the program whose structure was asked for last */
  let asked = null;
  /** @type {Promise<void>} */
  let learning = Promise.resolve();

  /** @param {Structure} made @param {string | null} key @param {Record<string, NestedTensor>} first */
  async function prepare(made, key, first) {
    const { createRuns } = await import("../runtime/runs.js");
    return { key, structure: made, first, leaves: Object.keys(made.plan.leaves), runs: createRuns(made) };
  }

  const start = known ? prepare(known.structure, null, known.values).then((made) => (ready = made)) : Promise.resolve(null);

  /** Learns a program's structure from the server, when there is time. @param {TraceRequest} body @param {TraceBody} answer */
  async function learn(body, answer) {
    if (answer.outline || answer.graph.nodes.length > 2 * MOST_CALLS) return;
    const key = keyOf(body);
    const first = Object.fromEntries(
      answer.graph.nodes.flatMap((node) =>
        node.kind === "variable" && node.role !== "intermediate" && !(body.values && node.id in body.values) ? [[node.id, node.value]] : [],
      ),
    );
    if (ready?.key === key) {
      Object.assign(ready.first, first);
      return;
    }
    if (!structure || asked === key || Object.values(first).some(isSummary)) return;
    asked = key;
    await idle();
    if (asked !== key) return;
    const { program, sizes, target, dtype, training } = body;
    const made = await structure({ program, ...(sizes && { sizes }), ...(target && { target }), ...(dtype && { dtype }), ...(training !== undefined && { training }) }).catch(() => null);
    if (asked === key && made && isSmall(made)) ready = await prepare(made, key, /** @type {Record<string, NestedTensor>} */ (first)).catch(() => null);
  }

  return {
    /** Whether the next run of the program on show is computed here. */
    get local() {
      return ready !== null;
    },
    /**
     * @param {TraceRequest} body
     * @param {AbortSignal} [signal]
     * @returns {Promise<TraceBody>}
     */
    async trace(body, signal) {
      if (known && !ready) await start.catch(() => null);
      if (ready && (ready.key === null || ready.key === keyOf(body))) {
        const values = { ...ready.first, ...body.values };
        if (ready.leaves.every((name) => name in values)) {
          try {
            return ready.runs.trace(values, body);
          } catch (error) {
            // The server says what is wrong with a value; without one the picture stays, and the page says why.
            if (!structure) throw error;
          }
        }
      }
      const answer = await trace(body, signal);
      learning = learn(body, answer).catch(() => {});
      return answer;
    },
    /**
     * Which entries of which operands an entry of a value or a gradient is computed with, as `waysTo` has them; null where
     * the program is not run here.
     *
     * @param {TraceRequest} body
     * @param {import("./provenance.js").Asked} what
     */
    async sources(body, what) {
      await Promise.all([start.catch(() => null), learning]);
      const key = keyOf(body);
      if (!ready || (ready.key !== null && ready.key !== key)) return null;
      const { structure: made, first } = ready;
      const values = { ...first, ...body.values };
      if (!ready.leaves.every((name) => name in values)) return null;
      const { sourcesOf } = await import("./provenance.js");
      return sourcesOf(made, values, what);
    },
  };
}

/**
 * Where a run is trained: in the page, by its own kernels, where the network is small and has them all; by the server
 * otherwise, and where a number is not finite, which it explains.
 */

/** @param {Pick<ReturnType<typeof import("./api.js").createApi>, "ask" | "stream">} api */
export function createTrainingStream(api) {
  /** @type {{ key: string, trainer: Promise<ReturnType<typeof import("../runtime/training.js").createTrainer> | null> } | null} */
  let ready = null;

  /** @param {Record<string, any>} request */
  async function trainerOf(request) {
    const { createTrainer, isKnown, planKey } = await import("../runtime/training.js");
    if (!isKnown(request)) return null;
    const key = planKey(request);
    if (ready?.key !== key) {
      const asked = { ...request, steps: 1, state: null };
      // What is wrong with a request is said by the run's own endpoint.
      const trainer = api
        .ask("train/plan", asked)
        .then((told) => (told.run ? createTrainer(told, request.seed ?? 0) : null))
        .catch(() => null);
      ready = { key, trainer };
    }
    return ready.trainer;
  }

  /** Answers the milliseconds that steps took in the page. @param {Record<string, any>} request @param {(name: string, data: any) => void} onEvent */
  return async function stream(request, onEvent) {
    const trainer = await trainerOf(request);
    await turn();
    const { left, spent } = trainer ? await trainer.train(request, onEvent, turn) : { left: request, spent: undefined };
    if (left) await api.stream("train", left, onEvent);
    return left ? undefined : spent;
  };
}

/** Lets what else waits in the page be done first, also where the page is not in sight. @returns {Promise<void>} */
function turn() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/**
 * Two sizes of minibatch on the same data: how far the gradient of one is from that of all examples, and how the loss
 * falls as examples are seen.
 */

/** @typedef {ReturnType<typeof import("../../state/api.js").createApi>} Api */

const DATA = { name: "moons", count: 960, noise: 0.25 };
/** Minibatches at one point of the parameters: nothing is learnt at this rate. */
const SAMPLES = 40;
const STILL = 1e-12;
/** Passes over the data, at a rate that suits both sizes. */
const EPOCHS = 4;
const RATE = 0.5;

/** @param {string} program @param {number} batch @param {number} steps @param {number} rate @param {object} [more] */
const request = (program, batch, steps, rate, more = {}) => ({
  program,
  data: DATA,
  validation: 0,
  batch_size: batch,
  steps,
  optimizer: { name: "sgd", settings: { learning_rate: rate } },
  ...more,
});

/**
 * For each size, the spread of a minibatch's gradient as a share of the gradient's own length.
 *
 * @param {Api} api @param {string} program @param {number[]} sizes
 */
export function measureNoise(api, program, sizes) {
  return Promise.all(
    sizes.map(async (size) => {
      /** @type {number[][]} */
      const gradients = [];
      await api.stream("train", request(program, size, SAMPLES, STILL, { snapshot_every: 1 }), (name, body) => {
        if (name === "step") gradients.push(/** @type {number[]} */ (Object.values(body.snapshot.gradients).flat(Infinity)));
      });
      return spread(gradients);
    }),
  );
}

/** @param {number[][]} vectors */
export function spread(vectors) {
  const mean = vectors[0].map((_, at) => vectors.reduce((sum, one) => sum + one[at], 0) / vectors.length);
  const length = (/** @type {number[]} */ one) => one.reduce((sum, entry) => sum + entry * entry, 0);
  const scatter = vectors.reduce((sum, one) => sum + length(one.map((entry, at) => entry - mean[at])), 0) / vectors.length;
  return Math.sqrt(scatter / (length(mean) || 1));
}

/**
 * The loss of every step against the examples seen by then, for each size over the same number of examples.
 *
 * @param {Api} api @param {string} program @param {number[]} sizes
 */
export function trainBoth(api, program, sizes) {
  return Promise.all(
    sizes.map(async (size) => {
      /** @type {[number, number][]} */
      const losses = [];
      const steps = Math.round((EPOCHS * DATA.count) / size);
      await api.stream("train", request(program, size, steps, RATE), (name, body) => {
        if (name === "step") losses.push([(losses.length + 1) * size, body.loss]);
      });
      return losses;
    }),
  );
}

import assert from "node:assert/strict";
import { test } from "node:test";
import { createTrainingStream } from "../../static/state/page-training.js";

const square = {
  target: "J", output: null, parameters: { w: [] }, batch_size: 1, epoch_steps: 1, sizes: {}, examples: null, step_flops: 4,
  run: {
    plan: {
      dtype: "float64", arrays: [[[], "float"], [[], "float"], [[], "float"]], constants: [], leaves: { w: 0 }, missing: [],
      calls: [["multiply", [0, 0], [1], {}], ["add", [0, 0], [2], {}]], forward: 1, values: { J: 1 }, gradients: { w: 2 }, contributions: [],
    },
    fixed: {}, first: { w: 3 }, batch: 1, batched: true, count: 0, held: 0, feeds: [], targets: null, held_targets: null, classes: 0,
    threshold: null, output_axis: null, axes: null,
  },
};

/** @param {any} plan what the server answers; an error is one that it answers */
function trained(plan) {
  const [asked, served, events] = [0, 1, 2].map(() => /** @type {any[]} */ ([]));
  const stream = createTrainingStream({
    ask: async (path, body) => {
      asked.push([path, body]);
      if (plan instanceof Error) throw plan;
      return plan;
    },
    stream: async (path, body) => void served.push([path, body]),
  });
  return { asked, served, events, run: (/** @type {object} */ request) => stream({ program: "J = w * w", ...request }, (name, data) => events.push([name, data])) };
}

test("a small run is made in the page, chunk after chunk, with one question to the server", async () => {
  const { asked, served, events, run } = trained(square);
  const optimizer = { name: "sgd", settings: { learning_rate: 0.25 } };
  assert.equal(typeof (await run({ optimizer, steps: 2, state: null })), "number");
  const { state } = events.at(-1)[1];
  assert.deepEqual([state.step, state.parameters.w], [2, 0.75]);
  await run({ optimizer: { name: "momentum" }, steps: 1, state });
  assert.deepEqual(events.filter(([name]) => name === "step").map(([, { step, loss }]) => [step, loss]), [[0, 9], [1, 2.25], [2, 0.5625]]);
  assert.deepEqual([asked.length, served.length], [1, 0]);
});

test("the server makes what the page cannot, and says what is wrong", async () => {
  for (const [plan, request] of [[{ ...square, run: null }, {}], [new Error("no such program"), {}], [square, { optimizer: { name: "adam", settings: { beta1: 1 } } }], [square, { dtype: "float32" }]]) {
    const { served, events, run } = trained(plan);
    assert.equal(await run({ steps: 2, ...request }), undefined);
    assert.deepEqual([served.length, served[0][0], served[0][1].steps, events.length], [1, "train", 2, 0]);
  }
});

test("from a number that is not finite on, the server goes on and explains it", async () => {
  const { served, events, run } = trained(square);
  await run({ optimizer: { name: "sgd", settings: { learning_rate: 1e200 } }, steps: 9, state: null });
  assert.deepEqual(events.map(([name]) => name), ["start", "step"]);
  assert.deepEqual([served[0][1].steps, served[0][1].state.step], [8, 1]);
});

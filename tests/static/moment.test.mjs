import assert from "node:assert/strict";
import { test } from "node:test";
import { edgeStateAt, focusAt, gradientAt, motionAt, valueAt } from "../../static/scene/moment.js";
import { createTrace, variableOf } from "../../static/state/trace.js";
import { createView, edgeId } from "../../static/state/view.js";
import { chapter } from "./support.mjs";

const trace = createTrace(await chapter());
const view = createView(trace, new Set());

/** @param {number} moment @param {number} [progress] */
function state(moment, progress = 0) {
  const current = progress > 0 ? moment : moment - 1;
  return { length: view.steps.length, first: 0, last: view.steps.length, moment, progress, current, playing: false, speed: 1, looping: false };
}

/** @param {string} id */
function last(id) {
  return view.contributions.get(id)?.at(-1)?.moment ?? 0;
}

test("a square shows its value from the moment it is computed", () => {
  assert.equal(valueAt(view, "z", 0), null);
  assert.equal(valueAt(view, "z", 1), variableOf(trace, "z")?.value);
  assert.equal(valueAt(view, "x", 0), variableOf(trace, "x")?.value);
});

test("a square shows each contribution as partial and the sum as its gradient", () => {
  assert.equal(gradientAt(view, "W2", 6), null);
  assert.equal(gradientAt(view, "W2", last("W2") - 1)?.partial, true);
  const whole = gradientAt(view, "W2", last("W2"));
  assert.equal(whole?.partial, false);
  assert.deepEqual(whole?.tensor, variableOf(trace, "W2")?.gradient);
});

test("an arrow is idle, then carries data, then a gradient", () => {
  const edge = view.edges.get(edgeId("z", "relu:h"));
  assert.ok(edge);
  assert.equal(edgeStateAt(view, edge, 1), "idle");
  assert.equal(edgeStateAt(view, edge, 2), "forward");
  assert.equal(edgeStateAt(view, edge, view.steps.length), "backward");
});

test("the current step's operator and result are in focus", () => {
  assert.deepEqual(focusAt(view, state(0)), { phase: null, ids: new Set() });
  assert.deepEqual(focusAt(view, state(1)), { phase: "forward", ids: new Set(["matmul:z", "z"]) });
});

test("an operator fires when its inputs have arrived, and its output leaves after that", () => {
  const early = motionAt(view, state(0, 0.2));
  assert.deepEqual(early.flows.map((flow) => flow.edge), [edgeId("W1", "matmul:z"), edgeId("x", "matmul:z")]);
  assert.ok(early.flows.every((flow) => flow.reach > 0 && flow.reach < 1 && flow.direction === "forward"));
  const late = motionAt(view, state(0, 0.95));
  assert.ok(late.flows.some((flow) => flow.edge === edgeId("matmul:z", "z")));
  assert.ok((late.arriving.get("z") ?? 0) > 0);
  assert.equal(motionAt(view, state(3)).flows.length, 0);
});

test("a gradient runs back against the arrows", () => {
  const moment = view.steps.findIndex((step) => step.variable === "z" && step.phase === "backward");
  const { flows } = motionAt(view, state(moment, 0.8));
  assert.deepEqual(flows.map((flow) => flow.edge), [edgeId("relu:h", "h"), edgeId("z", "relu:h")]);
  assert.ok(flows.every((flow) => flow.direction === "backward"));
});

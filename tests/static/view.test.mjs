import assert from "node:assert/strict";
import { test } from "node:test";
import { createTrace } from "../../static/state/trace.js";
import { backwardEdges, createView, edgeId, shownAs, translateMoment } from "../../static/state/view.js";
import { chapter, FIGURE } from "./support.mjs";

const trace = createTrace(await chapter());
const closed = createView(trace, new Set());
const open = createView(trace, new Set(["l2"]));
const everything = createView(trace, new Set(trace.scopes.keys()));

test("with all scopes closed the picture is the chapter's figure", () => {
  assert.deepEqual([...closed.nodes.keys()].sort(), Object.keys(FIGURE).sort());
  const arrows = [
    ["x", "matmul:z"], ["W1", "matmul:z"], ["matmul:z", "z"], ["z", "relu:h"], ["relu:h", "h"], ["h", "matmul:o"],
    ["W2", "matmul:o"], ["matmul:o", "o"], ["o", "squared_error"], ["y", "squared_error"], ["squared_error", "L"],
    ["W1", "l2"], ["W2", "l2"], ["l2", "s"], ["L", "add:J"], ["s", "add:J"], ["add:J", "J"],
  ].map(([source, target]) => edgeId(source, target));
  assert.deepEqual([...closed.edges.keys()].sort(), arrows.sort());
});

test("a closed scope is one operator that knows its scope", () => {
  const node = closed.nodes.get("l2");
  assert.equal(node?.kind, "operator");
  assert.equal(node?.scope?.id, "l2");
});

test("an open scope shows its inside, constants too, and a hull", () => {
  assert.ok(!open.nodes.has("l2"));
  assert.ok(open.nodes.has("lam"));
  assert.ok(open.nodes.has("power:l2.power"));
  assert.equal(open.nodes.get("lam")?.parent, "l2");
  assert.deepEqual(open.hulls.map((scope) => scope.id), ["l2"]);
});

test("an open scope inside a closed one stays hidden", () => {
  const inner = structuredClone(trace.scopes.get("l2"));
  assert.ok(inner);
  const scopes = new Map([...trace.scopes, ["l2.inner", { ...inner, id: "l2.inner", parent: "l2" }]]);
  const view = createView({ ...trace, scopes }, new Set(["l2.inner"]));
  assert.deepEqual(view.hulls, []);
  assert.ok(view.nodes.has("l2"));
});

test("a closed scope's own steps stand in for the inner ones", () => {
  const operators = closed.steps.filter((step) => step.phase === "forward").map((step) => step.operator);
  assert.deepEqual(operators, ["matmul:z", "relu:h", "matmul:o", "squared_error", "l2", "add:J"]);
  const told = closed.steps
    .filter((step) => step.phase === "backward")
    .map((step) => `${step.kind} ${step.variable} ${step.through ?? ""}`.trim());
  assert.deepEqual(told, [
    "seed J", "contribution L J", "contribution s J", "contribution W2 s", "contribution W1 s", "contribution y L",
    "contribution o L", "contribution W2 o", "sum W2", "contribution h o", "contribution z h", "contribution W1 z",
    "sum W1", "contribution x z",
  ]);
});

test("with everything open the steps are the trace's own", () => {
  assert.deepEqual(
    everything.steps,
    trace.steps.map((step, i) => ({ ...step, at: i + 1 })),
  );
});

test("a sum adds up what has come through the closed scopes, the last arrival first", () => {
  const sum = closed.steps.find((step) => step.kind === "sum" && step.variable === "W2");
  assert.deepEqual(sum?.inputs, ["s", "o"]);
  assert.equal(
    sum?.equation.symbolic,
    String.raw`\frac{\partial J}{\partial \mathbf{W}^{(2)}} = ` +
      String.raw`\frac{\partial J}{\partial \mathbf{o}} \mathbf{h}^\top + \lambda \, \mathbf{W}^{(2)}`,
  );
  assert.match(sum?.text ?? "", /through s and o\.$/);
  const [o, s] = (closed.contributions.get("W2") ?? []).slice(0, 2).reverse().map(({ step }) => step.equation.result);
  assert.ok(sum?.equation.numeric?.startsWith(`${o} + ${s} = `));
});

test("a sum of paths that all lie in a closed scope is not told again outside", async () => {
  const body = await chapter();
  body.backward.push({ ...body.backward[0], kind: "sum", variable: "s" });
  const view = createView(createTrace(body), new Set());
  assert.ok(!view.steps.some((step) => step.kind === "sum" && step.variable === "s"));
});

test("what is given has its value from the start, the rest when its step is done", () => {
  assert.equal(closed.valueMoments.get("x"), 0);
  assert.equal(closed.valueMoments.get("z"), 1);
  assert.equal(closed.valueMoments.get("J"), 6);
});

test("contributions arrive one by one, the gradient is complete with the sum", () => {
  const received = closed.contributions.get("W2") ?? [];
  assert.deepEqual(received.map(({ step }) => step.kind), ["contribution", "contribution", "sum"]);
  assert.deepEqual(received.map(({ step }) => step.final), [false, false, true]);
});

test("arrows are travelled forward by values and back by gradients", () => {
  const moments = closed.edgeMoments.get(edgeId("W1", "matmul:z"));
  assert.equal(moments?.forward, 1);
  const step = closed.steps[(moments?.backward ?? 0) - 1];
  assert.equal(step.variable, "W1");
  assert.deepEqual(backwardEdges(step), [edgeId("matmul:z", "z"), edgeId("W1", "matmul:z")]);
});

test("opening and closing a scope keeps the moment", () => {
  for (let moment = 0; moment <= closed.steps.length; moment += 1) {
    assert.equal(translateMoment(open, closed, translateMoment(closed, open, moment)), moment);
  }
  assert.equal(translateMoment(closed, open, 6), trace.steps.findIndex((step) => step.phase === "backward") - 3);
  assert.equal(translateMoment(open, closed, open.steps.length), closed.steps.length);
});

test("a node is shown by itself or by the outermost closed scope around it", () => {
  assert.equal(shownAs(closed, "z"), "z");
  assert.equal(shownAs(closed, "l2.divide"), "l2");
  assert.equal(shownAs(open, "l2.divide"), "l2.divide");
  assert.equal(shownAs(closed, "nothing"), null);
});

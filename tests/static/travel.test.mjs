import assert from "node:assert/strict";
import test from "node:test";
import { travelAt } from "../../static/scene/travel.js";
import { createTrace } from "../../static/state/trace.js";
import { createView } from "../../static/state/view.js";

/** @import {PlayerState, TraceBody, VariableNode} from "../../static/types.js" */

const variable = (/** @type {string} */ id, /** @type {number} */ value, /** @type {number} */ gradient) =>
  /** @type {VariableNode} */ ({ id, kind: "variable", role: id === "y" ? "intermediate" : "parameter", latex: id, shape: [], dtype: "float64", value, gradient, scope: "" });
const common = { scope: "", equation: {}, text: "" };

/** `y = a * b` with a = 2 and b = 3, and a gradient of 1.5 at y. */
const body = /** @type {TraceBody} */ ({
  target: "y",
  graph: {
    directed: true, multigraph: true, graph: {},
    nodes: [variable("a", 2, 4.5), variable("b", 3, 3), variable("y", 6, 1.5), { id: "multiply:y", kind: "operator", op: "multiply", symbol: "", latex: "", attributes: {}, literals: {}, scope: "" }],
    edges: [{ source: "a", target: "multiply:y", key: 0 }, { source: "b", target: "multiply:y", key: 1 }, { source: "multiply:y", target: "y", key: 0 }],
  },
  scopes: [],
  forward: [{ ...common, phase: "forward", kind: "operator", operator: "multiply:y", inputs: ["a", "b"], outputs: ["y"] }],
  backward: [
    { ...common, phase: "backward", kind: "seed", operator: null, inputs: [], outputs: [], variable: "y", through: null, contribution: null, gradient: 1.5, final: true },
    { ...common, phase: "backward", kind: "contribution", operator: "multiply:y", inputs: ["y", "b"], outputs: [], variable: "a", through: "y", contribution: 4.5, gradient: 4.5, final: true },
  ],
});
const view = createView(createTrace(body), new Set());
const at = (/** @type {number} */ moment, /** @type {number} */ progress) => travelAt(view, /** @type {PlayerState} */ ({ moment, progress, current: moment }));

test("forward, both operands travel to the operator, then the result comes out", () => {
  assert.deepEqual(at(0, 0.2).cargo.map(({ edge, tensor }) => [edge, tensor]), [["a\u2192multiply:y", 2], ["b\u2192multiply:y", 3]]);
  assert.deepEqual(at(0, 0.8).cargo.map(({ edge, tensor }) => [edge, tensor]), [["multiply:y\u2192y", 6]]);
  assert.deepEqual(at(0, 0), { cargo: [], meeting: null });
});

test("backward, the gradient that arrives meets the local derivative, and their product goes on", () => {
  assert.deepEqual(at(2, 0.2).cargo.map(({ edge, tensor, direction }) => [edge, tensor, direction]), [["multiply:y\u2192y", 1.5, "backward"]]);
  assert.deepEqual(at(2, 0.5).meeting, { at: "multiply:y", kind: "product", parts: [1.5, "\u00d7", 3, "=", 4.5] });
  assert.deepEqual(at(2, 0.8).cargo.map(({ edge, tensor }) => [edge, tensor]), [["a\u2192multiply:y", 4.5]]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { createTrace, operatorOf, scopePath, variableOf } from "../../static/state/trace.js";
import { chapter } from "./support.mjs";

test("nodes and scopes are found by name", async () => {
  const trace = createTrace(await chapter());
  assert.deepEqual(variableOf(trace, "W1")?.shape, [5, 4]);
  assert.equal(operatorOf(trace, "matmul:z")?.op, "matmul");
  assert.equal(variableOf(trace, "matmul:z"), null);
  assert.equal(trace.scopes.get("l2")?.name, "l2");
});

test("steps run forward first, then backward", async () => {
  const body = await chapter();
  const trace = createTrace(body);
  assert.deepEqual(trace.steps, [...body.forward, ...body.backward]);
});

test("the path of a nested scope starts with the outermost", () => {
  /** @type {Map<string, import("../../static/types.js").Scope>} */
  const scopes = new Map();
  for (const [id, parent] of [["block", ""], ["block.attention", "block"]]) {
    scopes.set(id, {
      id, name: id, kind: "function", parent, symbol: "", latex: "", inputs: [], outputs: [], forward: [], backward: [],
    });
  }
  assert.deepEqual(scopePath(scopes, "block.attention"), ["block", "block.attention"]);
  assert.deepEqual(scopePath(scopes, ""), []);
});

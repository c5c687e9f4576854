import assert from "node:assert/strict";
import test from "node:test";
import { reach } from "../../static/state/reach.js";
import { createTrace } from "../../static/state/trace.js";
import { createView } from "../../static/state/view.js";
import { chapter } from "./support.mjs";

const view = createView(createTrace(await chapter()), new Set());

test("upstream is everything that a mark depends on", () => {
  const { nodes, edges } = reach(view, "z", "upstream", "J");
  assert.deepEqual([...nodes].sort(), ["W1", "matmul:z", "x", "z"]);
  assert.equal(edges.size, 3);
});

test("downstream is everything that depends on a mark", () => {
  const { nodes } = reach(view, "L", "downstream", "J");
  assert.deepEqual([...nodes].sort(), ["J", "L", "add:J"]);
});

test("paths to the target leave out what ends elsewhere and hold both ways of a parameter used twice", () => {
  const { nodes } = reach(view, "W2", "paths", "J");
  assert.ok(nodes.has("l2") && nodes.has("matmul:o") && nodes.has("J"));
  assert.ok(!nodes.has("W1") && !nodes.has("x"));
});

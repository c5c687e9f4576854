import assert from "node:assert/strict";
import test from "node:test";
import { findFaults } from "../../static/layout/rules.js";
import { createTrace } from "../../static/state/trace.js";
import { createView } from "../../static/state/view.js";
import { chain } from "./support.mjs";

/** @import {Layout, Point} from "../../static/types.js" */

const view = createView(createTrace(chain(2)), new Set());
const places = { v0: 0, "add:v1": 100, v1: 200, "add:v2": 300, v2: 400 };

/** @param {Record<string, Point>} [moved] @param {Record<string, Point[]>} [lines] @returns {Layout} */
function drawing(moved = {}, lines = {}) {
  const nodes = new Map(Object.entries(places).map(([id, x]) => [id, moved[id] ?? { x, y: 0 }]));
  const half = (/** @type {string} */ id) => (id.startsWith("add") ? 26 : 32);
  const edges = new Map([...view.edges.values()].map(({ id, source, target }) => {
    const [from, to] = [source, target].map((end) => /** @type {Point} */ (nodes.get(end)));
    return [id, lines[id] ?? [{ x: from.x + half(source), y: from.y }, { x: to.x - half(target), y: to.y }]];
  }));
  return { nodes, edges, hulls: new Map() };
}

const rules = (/** @type {Layout} */ layout) => [...new Set(findFaults(view, layout).map(({ rule }) => rule))].sort();

test("a chain from left to right breaks no rule", () => {
  assert.deepEqual(findFaults(view, drawing()), []);
});

test("a mark without a place, and two in one place", () => {
  const layout = drawing();
  layout.nodes.delete("v1");
  assert.ok(rules(layout).includes("unplaced"));
  assert.ok(rules(drawing({ v2: { x: 330, y: 0 } })).includes("overlap"));
});

test("a line through a mark, and one that does not reach its mark", () => {
  assert.deepEqual(rules(drawing({}, { "add:v1\u2192v1": [{ x: 100, y: -26 }, { x: 100, y: -80 }, { x: 300, y: -80 }, { x: 300, y: 0 }, { x: 232, y: 0 }] })), ["shared", "through"]);
  assert.deepEqual(rules(drawing({}, { "add:v1\u2192v1": [{ x: 126, y: 0 }, { x: 160, y: 0 }] })), ["loose"]);
});

test("an arrow to the left is against the flow, one that goes around to the next line is not", () => {
  const back = drawing({ v0: { x: 220, y: 200 } }, { "v0\u2192add:v1": [{ x: 220, y: 168 }, { x: 220, y: 100 }, { x: 100, y: 100 }, { x: 100, y: 26 }] });
  assert.deepEqual(rules(back), []);
  const down = drawing({ v0: { x: 220, y: -200 } }, { "v0\u2192add:v1": [{ x: 220, y: -168 }, { x: 220, y: -100 }, { x: 100, y: -100 }, { x: 100, y: -26 }] });
  assert.deepEqual(rules(down), ["against"]);
  const wrapped = drawing({ v0: { x: 220, y: -200 } }, {
    "v0\u2192add:v1": [{ x: 252, y: -200 }, { x: 280, y: -200 }, { x: 280, y: -100 }, { x: 20, y: -100 }, { x: 20, y: 0 }, { x: 74, y: 0 }],
  });
  assert.deepEqual(rules(wrapped), []);
});

test("a line that leaves through the arrowhead of another is false flow", () => {
  const merged = drawing({ v2: { x: 400, y: 200 } }, {
    "v1\u2192add:v2": [{ x: 168, y: 0 }, { x: 140, y: 0 }, { x: 140, y: 100 }, { x: 300, y: 100 }, { x: 300, y: 26 }],
  });
  assert.ok(rules(merged).includes("shared"));
});

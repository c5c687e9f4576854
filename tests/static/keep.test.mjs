import assert from "node:assert/strict";
import test from "node:test";
import { displace, overlay, sharedPart } from "../../static/layout/keep.js";
import { layersLayout } from "../../static/layout/lines.js";
import { createTrace } from "../../static/state/trace.js";
import { createView } from "../../static/state/view.js";
import { chain } from "./support.mjs";

/** @import {Point} from "../../static/types.js" */

const METRICS = { cellX: 100, cellY: 100 };
const view = createView(createTrace(chain(6)), new Set());
const layout = layersLayout(view, METRICS);

test("a picture laid over the one before it has what they share where it was", () => {
  const elsewhere = {
    ...layout,
    nodes: new Map([...layout.nodes].map(([id, { x, y }]) => [id, { x: x + 40, y: y - 7 }])),
  };
  const laid = overlay(layout, elsewhere);
  for (const [id, point] of elsewhere.nodes) assert.deepEqual(laid.nodes.get(id), point);
  assert.equal(sharedPart(layout, elsewhere), 1);
});

test("a mark that was moved takes its lines along and leaves the others alone", () => {
  const moved = displace(view, layout, new Map([["v3", { x: 10, y: 50 }]]));
  const [before, after] = [layout.nodes.get("v3"), moved.nodes.get("v3")];
  assert.ok(before && after);
  assert.deepEqual([after.x - before.x, after.y - before.y], [10, 50]);
  assert.deepEqual(moved.nodes.get("v2"), layout.nodes.get("v2"));
  for (const { id, source, target } of view.edges.values()) {
    if (source !== "v3" && target !== "v3") assert.deepEqual(moved.edges.get(id), layout.edges.get(id));
    else assert.notDeepEqual(moved.edges.get(id), layout.edges.get(id));
  }
});

test("lines that ran level and upright do so again when a mark is moved", () => {
  const row = new Map([...view.nodes.keys()].map((id, i) => [id, { x: 100 * i, y: 0 }]));
  const edges = new Map([...view.edges.values()].map(({ id, source, target }) => [id, [source, target].map((end) => /** @type {Point} */ (row.get(end)))]));
  const moved = displace(view, { nodes: row, edges, hulls: new Map() }, new Map([["v3", { x: 0, y: 160 }]]));
  for (const { id, source, target } of view.edges.values()) {
    if (source !== "v3" && target !== "v3") continue;
    const line = moved.edges.get(id) ?? [];
    assert.ok(line.length > 2, id);
    for (let i = 1; i < line.length; i += 1) assert.ok(line[i].x === line[i - 1].x || line[i].y === line[i - 1].y, id);
  }
});

test("moves of marks that are not on show change nothing", () => {
  assert.equal(displace(view, layout, new Map([["elsewhere", { x: 1, y: 1 }]])), layout);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { devicesOf, paintDevices } from "../../static/panels/devices-picture.js";
import { paintDifference } from "../../static/panels/difference.js";
import { createTrace } from "../../static/state/trace.js";
import { createView, edgeId } from "../../static/state/view.js";
import { chapter } from "./support.mjs";

const trace = createTrace(await chapter());
const view = createView(trace, new Set());
const placement = Object.fromEntries([...trace.nodes.values()].map(({ id, scope }) => [id, [scope === "squared_error" ? 1 : 0]]));
placement.W2 = [1, 0];
const cuts = [
  { source: "h", target: "matmul:o", sender: 0, receiver: 1, bytes: 40 },
  { source: "h", target: "relu:h", sender: 0, receiver: 1, bytes: 40 },
];
const stages = { placed: "stages", devices: 2, divided: [] };

test("marks have their device's colour and number, a closed scope those of all inside", () => {
  const { nodes, edges } = paintDevices(view, { placement: { ...placement, "l2.sum": [1] }, cuts }, stages);
  assert.deepEqual([nodes.get("z")?.tint, nodes.get("z")?.sign], ["device-0", "1"]);
  assert.equal(nodes.get("squared_error")?.sign, "2");
  assert.deepEqual([nodes.get("l2")?.tint, nodes.get("l2")?.sign], ["ink-soft", "1+2"]);
  assert.deepEqual([nodes.get("W2")?.tint, nodes.get("W2")?.sign], ["device-1", "1+2"]);
  assert.equal(edges.get(edgeId("h", "matmul:o")), "40\u00a0B");
});

test("copies are everywhere, parts where products are divided", () => {
  assert.deepEqual(devicesOf(view, { placement }, { placed: "copies", devices: 3 }).get("z"), [0, 1, 2]);
  const { nodes, edges } = paintDevices(view, { placement, cuts }, { placed: "parts", devices: 4, divided: ["matmul:z"] });
  assert.deepEqual([...nodes.keys()].sort(), ["W1", "matmul:z"]);
  assert.equal(nodes.get("W1")?.sign, "1/4");
  assert.equal(edges.size, 0);
});

test("a closed scope is new only where all of it is", () => {
  const inside = [...trace.nodes.values()].filter(({ scope }) => scope === "l2").map(({ id }) => id);
  const all = paintDifference(view, { added: inside, changed: [{ after: "z" }] });
  assert.deepEqual([all.nodes.get("l2")?.tint, all.nodes.get("z")?.tint], ["added", "changed"]);
  const some = paintDifference(view, { added: inside.slice(1), changed: [] });
  assert.equal(some.nodes.get("l2")?.sign, "\u2260");
});

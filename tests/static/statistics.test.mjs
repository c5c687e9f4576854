import assert from "node:assert/strict";
import test from "node:test";
import { measureLoads } from "../../static/scene/loads.js";
import { statisticsOf } from "../../static/shared/statistics.js";
import { sizeOf } from "../../static/shared/tensor.js";
import { createTrace } from "../../static/state/trace.js";
import { createView } from "../../static/state/view.js";
import { chapter } from "./support.mjs";

test("figures of a listed array", () => {
  const found = statisticsOf([[3, -4], [0, "NaN"]]);
  assert.deepEqual([found.size, found.min, found.max, found.norm, found.zeros, found.nonfinite], [4, -4, 3, 5, 1, 1]);
  assert.ok(Math.abs(found.mean + 1 / 3) < 1e-12);
  assert.equal(found.histogram.counts.reduce((a, b) => a + b), 3);
});

test("a number is an array of one entry, and huge entries do not overflow", () => {
  assert.equal(statisticsOf(-2).norm, 2);
  assert.equal(statisticsOf([1e200, 1e200]).norm, Math.SQRT2 * 1e200);
  assert.equal(sizeOf([[2, 2], [2, 2]]), 2);
});

test("arrows carry the shape and the size of their variable, on a scale from least to most", async () => {
  const view = createView(createTrace(await chapter()), new Set());
  const { loads, least, most } = measureLoads(view, "gradient");
  assert.equal(loads.get("W1\u2192matmul:z")?.shape, "5\u00d74");
  const levels = [...loads.values()].map(({ level }) => level ?? 0);
  assert.ok(levels.every((level) => level >= 0 && level <= 1) && levels.includes(1));
  assert.ok(least < most);
});

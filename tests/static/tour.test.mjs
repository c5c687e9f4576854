import assert from "node:assert/strict";
import { test } from "node:test";
import { tour as english } from "../../static/i18n/en-tour.js";
import { tour as chinese } from "../../static/i18n/zh-tour.js";
import { createTrace } from "../../static/state/trace.js";
import { STOPS } from "../../static/state/tour.js";
import { createView, momentOf } from "../../static/state/view.js";
import { chapter } from "./support.mjs";

test("every stop has a title and words in both languages", () => {
  const keys = STOPS.flatMap(({ name }) => [name, `${name}.title`]).sort();
  assert.deepEqual(Object.keys(english).sort(), keys);
  assert.deepEqual(Object.keys(chinese).sort(), keys);
});

test("every stop is a moment of the chapter's network, and what stands out is in the picture", async () => {
  const trace = createTrace(await chapter());
  for (const { name, at, marks = [], open = [] } of STOPS) {
    const view = createView(trace, new Set(open));
    if (at !== undefined && at !== "end") assert.ok(momentOf(view, at) > 0, name);
    for (const mark of marks) assert.ok(view.nodes.has(mark), `${name}: ${mark}`);
  }
});

test("the way back is in the chapter's order", () => {
  const back = STOPS.slice(STOPS.findIndex(({ name }) => name === "turn")).map(({ name }) => name);
  assert.deepEqual(back, ["turn", "sum", "do", "ds", "dW2", "dh", "dz", "dW1", "end"]);
});

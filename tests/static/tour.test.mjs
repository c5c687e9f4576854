import assert from "node:assert/strict";
import { test } from "node:test";
import { english, load } from "#messages";
import { createTrace } from "../../static/state/trace.js";
import { STOPS } from "../../static/state/tour.js";
import { createView, momentOf } from "../../static/state/view.js";
import { chapter } from "./support.mjs";

test("every stop has a title and words in both languages", async () => {
  const keys = STOPS.flatMap(({ name }) => [`tour-stop-${name}`, `tour-stop-${name}-title`]).sort();
  for (const { body } of [english, await load("zh")]) {
    assert.deepEqual(body.map(({ id }) => id).filter((id) => id.startsWith("tour-stop-")).sort(), keys);
  }
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

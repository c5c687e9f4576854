import assert from "node:assert/strict";
import { test } from "node:test";
import { valueAt } from "../../static/scene/moment.js";
import { createTrace } from "../../static/state/trace.js";
import { createView } from "../../static/state/view.js";
import { chapter } from "./support.mjs";

test("a training step ends with its updates, which the squares show", async () => {
  const after = [[9]];
  const update = { variable: "W1", after, symbolic: ["a", "b"], numeric: "c", text: "W1 moves." };
  const view = createView(createTrace(await chapter(), [update]), new Set());
  const last = view.steps.length;
  assert.deepEqual(view.steps.map(({ phase }) => phase).slice(-2), ["backward", "update"]);
  assert.equal(view.steps[last - 1].equation.symbolic, "a,\\quad b");
  assert.notEqual(valueAt(view, "W1", last - 1), after);
  assert.equal(valueAt(view, "W1", last), after);
});

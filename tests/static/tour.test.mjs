import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { readTour } from "../../static/embed/stops.js";
import { createTrace } from "../../static/state/trace.js";
import { createView, momentOf } from "../../static/state/view.js";
import { chapter } from "./support.mjs";

const [english, chinese] = await Promise.all(
  ["en", "zh"].map(async (language) => readTour(await readFile(new URL(`../../static/tours/${language}.md`, import.meta.url), "utf8"))),
);

test("both languages have the same stops, each with a title and a caption", () => {
  const bare = (/** @type {typeof english} */ { stops }) => stops.map(({ at, marks, paths, open }) => ({ at, marks, paths, open }));
  assert.deepEqual(bare(chinese), bare(english));
  for (const { title, text } of [...english.stops, ...chinese.stops]) assert.ok(title && text);
});

test("every stop is a moment of the chapter's network, and what stands out is in the picture", async () => {
  const trace = createTrace(await chapter());
  for (const { title, at, marks, open } of english.stops) {
    const view = createView(trace, new Set(open));
    if (at !== "start") assert.ok(momentOf(view, at) > 0, title);
    for (const mark of marks) assert.ok(view.nodes.has(mark), `${title}: ${mark}`);
  }
});

test("the way back is in the chapter's order", () => {
  const moments = english.stops.map(({ at }) => at);
  assert.deepEqual(moments.slice(moments.indexOf("gradient of J")), [
    "gradient of J", "gradient of s", "gradient of o", "part of W1 through s", "gradient of W2", "gradient of h", "gradient of z", "gradient of W1", "end",
  ]);
});

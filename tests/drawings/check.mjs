/**
 * Draws every program of a file and prints the rules that are broken, one line of JSON each: a drawing made afresh, with
 * its scopes closed and open; and one that takes the place of another.
 */
import { readFileSync } from "node:fs";
import ELK from "elkjs";
import { layFlow } from "../../static/layout/flow.js";
import { chooseMetrics, createLayouter, isAsGood } from "../../static/layout/layout.js";
import { findFaults } from "../../static/layout/rules.js";
import { wrap } from "../../static/layout/wrap.js";
import { createTrace, openAtFirst } from "../../static/state/trace.js";
import { createView } from "../../static/state/view.js";

/** @import {GridHints, TraceBody, View} from "../../static/types.js" */

const WINDOW = { width: 1072, height: 579 };
/** Larger graphs are seen from afar, where lines are hair-thin and marks are dots. */
const MOST_MARKS = 300;
const elk = new ELK();
const loadFlow = async () => async (/** @type {View} */ view, /** @type {import("../../static/types.js").Metrics} */ metrics, /** @type {any} */ before) => {
  const layout = await layFlow((root) => elk.layout(root), view, metrics, before);
  return metrics.room ? wrap(view, layout, metrics.room) : layout;
};
const layOut = createLayouter("", loadFlow);

/** @type {{ name: string, figure: GridHints | null, trace: TraceBody }[]} */
const programs = JSON.parse(readFileSync(process.argv[2], "utf8"));
/** @type {import("../../static/types.js").Drawing | null} */
let before = null;
for (const { name, figure, trace: body } of programs) {
  const trace = createTrace(body);
  const choices = [openAtFirst(trace), ...(trace.scopes.size > 0 ? [[...trace.scopes.keys()]] : [])];
  for (const open of choices) {
    const view = createView(trace, new Set(open));
    if (view.nodes.size > MOST_MARKS) continue;
    const metrics = chooseMetrics(WINDOW, view, figure);
    const fresh = await layOut(view, figure, metrics, undefined, undefined);
    report(name, open, view, fresh, figure);
    if (figure || open !== choices[0]) continue;
    const laid = before ? await layOut(view, figure, metrics, undefined, before) : fresh;
    report(`${name} after another`, open, view, laid, null);
    if (!isAsGood(view, laid, fresh, metrics)) say({ name: `${name} after another`, rule: "worse", of: [] });
    before = { view, laid };
  }
}

/**
 * Arrows of a figure made by hand run where its author wants them.
 *
 * @param {string} name
 * @param {string[]} open
 * @param {View} view
 * @param {import("../../static/types.js").Layout} layout
 * @param {GridHints | null} figure
 */
function report(name, open, view, layout, figure) {
  for (const fault of findFaults(view, layout)) {
    if (!figure || fault.rule !== "against") say({ name, open: open.length, ...fault });
  }
}

/** @param {object} line */
function say(line) {
  console.log(JSON.stringify(line));
}

/**
 * The figures: graphs that share a run share its numbers, and the link under one opens what it shows.
 *
 * @import {NestedTensor, View} from "../../types.js"
 * @import {Session} from "../../state/session.js"
 */
import { decodePlace, encodePlace } from "../../state/url.js";

/** @typedef {HTMLElement & { seek: (moment: number) => void, annotate: (annotation: ((view: View) => import("../../scene/annotate.js").Paint) | null) => void }} Graph */

/**
 * @param {string} run
 * @param {Session} session
 * @param {(view: View) => void} onView
 */
export function shareRun(run, session, onView) {
  const graphs = /** @type {Graph[]} */ ([...document.querySelectorAll(`tide-graph[data-run="${run}"]`)]);
  for (const graph of graphs) {
    graph.addEventListener("values", (event) => session.setValues(/** @type {CustomEvent} */ (event).detail.values));
    resetOf(graph)?.addEventListener("click", () => session.setValues({}));
  }
  session.on("change", ({ view }) => {
    const values = JSON.stringify(session.values);
    for (const graph of graphs) {
      if ((graph.getAttribute("values") ?? "{}") !== values) graph.setAttribute("values", values);
      const reset = resetOf(graph);
      if (reset) reset.hidden = values === "{}";
    }
    onView(view);
  });
}

/** The link under a figure opens what the figure shows, unless it leads to another graph. @param {Graph} graph */
export async function keepLink(graph) {
  const link = /** @type {HTMLAnchorElement | null} */ (graph.parentElement?.querySelector("[data-workspace]") ?? null);
  if (!link) return;
  const { example, panel, settings } = await decodePlace(link.hash);
  if ((example ?? null) !== graph.getAttribute("example")) return;
  /** @type {{ moment?: number, values?: Record<string, NestedTensor> }} */
  const at = {};
  let turn = 0;
  const write = async () => {
    const mine = (turn += 1);
    const program = graph.getAttribute("program") ?? undefined;
    const values = at.values ?? JSON.parse(graph.getAttribute("values") ?? "{}");
    const sizes = JSON.parse(graph.getAttribute("sizes") ?? "{}");
    const place = await encodePlace({ example, program, panel, settings, moment: at.moment, values, sizes });
    if (mine === turn) link.href = `./#${place}`;
  };
  graph.addEventListener("step", (event) => {
    at.moment = /** @type {CustomEvent} */ (event).detail.moment;
    write();
  });
  graph.addEventListener("values", (event) => {
    at.values = /** @type {CustomEvent} */ (event).detail.values;
    write();
  });
  new MutationObserver(write).observe(graph, { attributeFilter: ["program", "values", "sizes"] });
  await write();
}

/** @param {Graph} graph @returns {HTMLElement | null} */
function resetOf(graph) {
  return graph.parentElement?.querySelector("[data-reset]") ?? null;
}

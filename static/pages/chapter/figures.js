/**
 * The figures: graphs that share a run share its numbers, and one that follows the text stands where the reader is.
 *
 * @import {NestedTensor, View} from "../../types.js"
 * @import {Session} from "../../state/session.js"
 */
import { decodePlace, encodePlace } from "../../state/url.js";
import { lastMoment, momentsOf } from "./equations.js";

/** An equation is being read when its top has passed this part of the window. */
const READING = 0.62;

/** @typedef {HTMLElement & { seek: (moment: number) => void, step: () => void, pause: () => void, annotate: (annotation: ((view: View) => import("../../scene/annotate.js").Paint) | null) => void }} Graph */

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

/**
 * A figure beside the text moves as the text is read, one step with motion, and marks the equation at which it stands.
 *
 * @param {HTMLElement} section
 * @param {Graph} graph
 * @param {Session} session
 */
export function followText(section, graph, session) {
  const equations = /** @type {HTMLElement[]} */ ([...section.querySelectorAll('[data-run="network"][data-equation]')]);
  /** @type {HTMLElement | null | undefined} */
  let current;
  let moment = 0;
  let waiting = false;
  graph.addEventListener("step", (event) => {
    moment = /** @type {CustomEvent} */ (event).detail.moment;
    mark();
  });
  graph.addEventListener("ready", () => {
    current = undefined;
    look();
  });
  addEventListener("scroll", later, { passive: true });
  addEventListener("resize", later);
  new ResizeObserver(later).observe(section);
  session.on("change", later);

  function later() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      look();
    });
  }

  function look() {
    const { view } = session;
    const { top, bottom } = section.getBoundingClientRect();
    if (!view || bottom < 0 || top > innerHeight) return;
    const limit = Math.max(READING * innerHeight, bottomOf(graph) + 80);
    const found = equations.findLast((equation) => equation.getBoundingClientRect().top < limit) ?? null;
    if (found === current) return;
    current = found;
    const goal = found ? lastMoment(found, view) : firstMoment(view);
    if (goal === moment + 1) graph.step();
    else graph.seek(goal);
    graph.setAttribute("moment", String(goal));
  }

  /** Where the section's story begins. @param {View} view */
  function firstMoment(view) {
    return Math.min(...equations.flatMap((equation) => momentsOf(equation, view))) - 1;
  }

  function mark() {
    const { view } = session;
    if (!view) return;
    for (const equation of equations) equation.classList.toggle("current", momentsOf(equation, view).includes(moment));
  }
}

/** A narrow window has the figure at its top: what is read is below it. @param {HTMLElement} graph */
function bottomOf(graph) {
  const { left, bottom } = graph.getBoundingClientRect();
  return left < innerWidth / 4 ? bottom : 0;
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

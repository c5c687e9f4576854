/**
 * What a person does with the picture beside playing it: find a mark, go near it, see what it depends on and what
 * depends on it, choose how arrows are drawn, read it all as a table.
 *
 * @import {Trace, View} from "../types.js"
 * @import {Scene} from "./scene.js"
 * @import {Session} from "../state/session.js"
 * @import {Reach, Relation} from "../state/reach.js"
 */
import { button, make, tool } from "../shared/dom.js";
import { createLook } from "../panels/look.js";
import { createSearch } from "../panels/search.js";
import { reach } from "../state/reach.js";
import { colourScales } from "./colours.js";
import { findNonfinite } from "./nonfinite.js";
import { measureLoads } from "./loads.js";
import { t } from "../i18n/strings.js";
import { scopePath } from "../state/trace.js";
import { shownAs } from "../state/view.js";

const RELATIONS = /** @type {const} */ (["upstream", "downstream", "paths"]);

/**
 * @param {{ stage: HTMLElement, scene: Scene, session: Session, onLook: () => void, onRearrange: () => void }} page
 *   `onLook`: arrows are drawn otherwise; `onRearrange`: the graph is to be laid out afresh
 */
export function createPicture({ stage, scene, session, onLook, onRearrange }) {
  /** @type {Relation | null} */
  let relation = null;
  /** @type {import("./nonfinite.js").Nonfinite} */
  let nonfinite = { states: new Map(), first: null };
  /** What stands out while nothing is asked for. @type {((view: View) => Reach | null) | null} */
  let spotlight = null;
  const searcher = createSearch(stage, { trace: () => session.trace, onChoose: goTo, onFind: (ids) => session.view && scene.find(new Set(ids.map((id) => shownAs(/** @type {View} */ (session.view), id) ?? id))) });
  const look = createLook(stage, {
    onChange: () => {
      dress();
      onLook();
    },
    onTurn: onRearrange,
  });
  /** @type {Promise<ReturnType<typeof import("../panels/table.js").createTable>> | undefined} */
  let table;
  const tools = /** @type {HTMLElement} */ (stage.querySelector("[role=toolbar]"));
  const nearer = tool("near", t("view.near"), zoom);
  tools.prepend(
    tool("search", t("view.search"), searcher.open),
    tool("table", t("view.table"), openTable),
    tool("look", t("view.look"), look.open),
    tool("rearrange", t("view.rearrange"), onRearrange),
    nearer,
  );
  const switches = RELATIONS.map((name) =>
    button("", () => {
      relation = relation === name ? null : name;
      highlight();
    }),
  );
  const relations = make("div", { class: "relations", role: "group", "aria-label": t("relation.title"), hidden: true }, ...switches);
  stage.append(relations);

  document.addEventListener("keydown", (event) => {
    const action = { "/": searcher.open, r: onRearrange, R: onRearrange }[event.key];
    if (!action || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable], dialog[open]")) return;
    event.preventDefault();
    action();
  });

  async function openTable() {
    table ??= import("../panels/table.js").then(({ createTable }) => createTable({ onSelect: goTo }));
    const { open } = await table;
    if (session.trace) open(session.trace);
  }

  /** The scopes around a mark open, and it is selected. @param {string} id */
  function goTo(id) {
    const { trace } = session;
    if (!trace) return;
    const scope = trace.scopes.get(id)?.parent ?? trace.nodes.get(id)?.scope ?? "";
    session.reveal(scopePath(trace.scopes, scope));
    session.select(id);
    pending = id;
    arrive();
  }

  /** @type {string | null} */
  let pending = null;

  function arrive() {
    if (pending === null || !scene.has(pending)) return;
    scene.focus(pending);
    pending = null;
  }

  function zoom() {
    const { selected, view } = session;
    if (!selected || !view) return;
    const ids = relation ? reach(view, selected, relation, session.trace?.target ?? null).nodes : [selected];
    scene.zoomTo(ids);
  }

  function highlight() {
    const { selected, view, trace } = session;
    const target = trace?.target ?? null;
    const there = selected !== null && view !== null && view.nodes.has(selected);
    relations.hidden = !there;
    nearer.disabled = !there;
    switches.forEach((toggle, i) => {
      const name = RELATIONS[i];
      toggle.textContent = t(`relation.${name}`, { target: target ?? "" });
      toggle.hidden = name === "paths" && (target === null || target === selected);
      toggle.setAttribute("aria-pressed", String(relation === name));
    });
    scene.highlight(there && relation ? reach(view, selected, relation, target) : view && (spotlight?.(view) ?? null));
  }

  function dress() {
    const { view } = session;
    if (!view) return;
    const { shapes, measure: chosen, scale: colours } = look.look;
    // Arrows show how gradients change while a run trains, unless something else is chosen.
    const measure = session.previewing && chosen === "none" ? "gradient" : chosen;
    const { loads, ...scale } = measureLoads(view, measure);
    scene.carry({ loads, shapes, sized: measure !== "none" });
    scene.colour(colourScales(view, colours));
    nonfinite = findNonfinite(view);
    scene.warn(nonfinite);
    look.explain(scale, measure);
  }

  return {
    /** There is another picture, or other numbers in it. */
    update() {
      dress();
      highlight();
      arrive();
    },
    highlight,
    look,
    /** Where the first NaN or infinity of what is shown arises. */
    get nonfinite() {
      return nonfinite.first;
    },

    /** @param {((view: View) => Reach | null) | null} next what stands out from now on, in whatever is shown */
    light(next) {
      spotlight = next;
      highlight();
    },
  };
}

/** @typedef {ReturnType<typeof createPicture>} Picture */

/**
 * The variables whose numbers differ between two traces.
 *
 * @param {View | null} before
 * @param {Trace} trace
 */
export function changedBetween(before, trace) {
  if (!before) return [];
  return [...before.nodes.values()].flatMap(({ id, variable }) => {
    const now = trace.nodes.get(id);
    if (!variable || now?.kind !== "variable") return [];
    return JSON.stringify(variable.value) === JSON.stringify(now.value) ? [] : [id];
  });
}

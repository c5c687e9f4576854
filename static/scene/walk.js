/**
 * Pointer and keyboard in a graph that is seen from afar: a press finds the mark under it; with the drawing
 * focused, the up and down keys go from mark to mark in the order of the program and Enter activates.
 *
 * @import {Point, View, ViewNode} from "../types.js"
 */
import { pointer } from "d3-selection";
import { roleName, t } from "../i18n/strings.js";

/** How far beside a mark a press may be, in the window's pixels. */
const SLACK = { pointer: 6, finger: 16 };

/**
 * @param {SVGSVGElement} svg
 * @param {{ onMove: (id: string) => void, onActivate: (node: ViewNode) => void, hit: (point: Point, slack: number) => string | null }} options `slack`: how far beside a mark a press may be
 */
export function walkMarks(svg, { onMove, onActivate, hit }) {
  const drawing = /** @type {SVGGElement} */ (svg.querySelector("g"));
  const spoken = document.createElement("div");
  spoken.className = "visually-hidden";
  spoken.setAttribute("aria-live", "polite");
  svg.after(spoken);
  /** @type {View | null} */
  let view = null;
  /** @type {string | null} */
  let cursor = null;

  /** @param {PointerEvent} event */
  const under = (event) => {
    const [x, y] = pointer(event, drawing);
    const slack = event.pointerType === "touch" ? SLACK.finger : SLACK.pointer;
    return event.target === svg && view ? (view.nodes.get(hit({ x, y }, slack) ?? "") ?? null) : null;
  };
  svg.addEventListener("click", (event) => {
    const node = under(/** @type {PointerEvent} */ (event));
    if (node) onActivate(node);
  });
  svg.addEventListener("pointermove", (event) => {
    if (view) svg.style.cursor = under(event) ? "pointer" : "";
  });
  svg.addEventListener("keydown", (event) => {
    if (!view || event.target !== svg) return;
    const ids = [...view.nodes.keys()];
    const at = view.order.get(cursor ?? "") ?? -1;
    const to = event.key === "ArrowDown" ? at + 1 : event.key === "ArrowUp" ? at - 1 : null;
    if (event.key === "Enter" && cursor) {
      event.preventDefault();
      onActivate(/** @type {ViewNode} */ (view.nodes.get(cursor)));
    }
    if (to === null) return;
    event.preventDefault();
    go(ids[Math.max(0, Math.min(ids.length - 1, to))]);
  });

  /** @param {string} id */
  function go(id) {
    cursor = id;
    const node = view?.nodes.get(id);
    spoken.textContent = node ? t("inspector.link", { role: node.name, shape: node.role ? roleName(node.role) : t("kind.operator") }) : "";
    onMove(id);
  }

  return {
    get cursor() {
      return document.activeElement === svg ? cursor : null;
    },

    /** @param {View | null} next null where every mark is an element of its own */
    show(next) {
      view = next;
      if (cursor && !next?.nodes.has(cursor)) cursor = null;
      svg.style.cursor = "";
      svg.setAttribute("role", next ? "application" : "group");
      svg.setAttribute("aria-label", next ? t("graph.far", { count: next.nodes.size }) : t("graph.drawn"));
      if (next) svg.setAttribute("tabindex", "0");
      else svg.removeAttribute("tabindex");
    },

    /** @param {string} id */
    focus(id) {
      if (!view?.nodes.has(id)) return;
      svg.focus();
      go(id);
    },
  };
}

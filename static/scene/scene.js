/**
 * The scene draws a view of a trace at a moment. It holds no truth of its own: what to show comes from the view,
 * where from the layout, when from the player.
 *
 * @import {Layout, PlayerState, Scope, View, ViewNode} from "../types.js"
 * @import {Frame} from "../layout/tween.js"
 */
import { easeCubicInOut } from "d3-ease";
import { select } from "d3-selection";
import "d3-transition";
import { boxAround, bounds, HALF_SIDE } from "../layout/geometry.js";
import { still, tweenLayouts } from "../layout/tween.js";
import { createCamera } from "./camera.js";
import { createEdgeLayer } from "./edge.js";
import { createHullLayer } from "./hull.js";
import { createNodeLayer } from "./node.js";

const CHANGE = 600;

/**
 * @param {HTMLElement} element
 * @param {{ onActivate: (node: ViewNode) => void, onClose: (scope: Scope) => void, animated: () => boolean }} options
 */
export function createScene(element, { onActivate, onClose, animated }) {
  const svg = select(element).append("svg").attr("class", "drawing").attr("role", "group");
  svg.attr("aria-label", "Computational graph");
  const drawing = svg.append("g");
  const hullLayer = drawing.append("g");
  const edgeLayer = drawing.append("g");
  const flowLayer = drawing.append("g");
  const nodeLayer = drawing.append("g");
  const labels = document.createElement("div");
  labels.className = "labels";
  element.append(labels);

  const hulls = createHullLayer(hullLayer, labels, onClose);
  const edges = createEdgeLayer(edgeLayer, flowLayer);
  const nodes = createNodeLayer(nodeLayer, labels, {
    onActivate,
    onFocus: (id) => {
      const centre = shown?.layout.nodes.get(id);
      if (centre) camera.reveal(centre);
    },
  });
  const camera = createCamera(
    /** @type {SVGSVGElement} */ (svg.node()),
    /** @type {SVGGElement} */ (drawing.node()),
    labels,
    { duration: () => (animated() ? CHANGE : 0) },
  );
  new ResizeObserver(() => camera.resized()).observe(element);

  /** @type {{ view: View, layout: Layout } | null} */
  let shown = null;
  /** @type {PlayerState | null} */
  let state = null;
  /** @type {string | null} */
  let selected = null;

  const scene = {
    camera,

    /** @returns {{ width: number, height: number }} */
    get size() {
      return { width: element.clientWidth, height: element.clientHeight };
    },

    /**
     * @param {View} view
     * @param {Layout} layout
     * @param {{ change: "none" | "size" | "scopes" | "graph" }} how it differs from what is shown
     */
    show(view, layout, { change }) {
      const before = shown;
      shown = { view, layout };
      drawing.interrupt();
      hulls.join(view);
      edges.join(view);
      nodes.join(view);
      nodes.select(selected);
      const animate = before !== null && (change === "scopes" || change === "graph") && animated();
      if (animate) {
        const frameAt = tweenLayouts(before, { view, layout });
        drawing
          .transition()
          .duration(CHANGE)
          .ease(easeCubicInOut)
          .tween("layout", () => (t) => place(frameAt(t)));
        place(frameAt(0));
      } else {
        place(still(layout));
      }
      if (change !== "none") {
        const marks = [...layout.nodes.values()].map((centre) => boxAround(centre, HALF_SIDE));
        const bends = [...layout.edges.values()].flatMap((points) => points.map((point) => boxAround(point, 0)));
        camera.frame(bounds([...marks, ...bends, ...layout.hulls.values()]), { animate, reset: change === "graph" });
      }
      if (state) scene.draw(state);
    },

    /** @param {PlayerState} next */
    draw(next) {
      const moved = next.current !== state?.current;
      state = next;
      if (!shown) return;
      if (moved) followStep(shown, next);
      edges.draw(shown.view, next);
      nodes.draw(shown.view, next);
    },

    /** @param {string | null} id */
    select(id) {
      selected = id;
      nodes.select(id);
    },

    /** @param {string} id of a node, or of an open scope */
    focus(id) {
      nodes.focus(id);
      hulls.focus(id);
    },
  };

  /** @param {{ view: View, layout: Layout }} picture @param {PlayerState} at */
  function followStep({ view, layout }, { current }) {
    const step = view.steps[current];
    const centre = layout.nodes.get(step?.operator ?? step?.variable ?? "");
    if (centre) camera.follow(centre);
  }

  /** @param {Frame} frame */
  function place(frame) {
    hulls.place(frame.hulls);
    edges.place(frame.edges);
    nodes.place(frame.nodes);
    if (state && shown) edges.draw(shown.view, state);
  }

  return scene;
}

/** @typedef {ReturnType<typeof createScene>} Scene */

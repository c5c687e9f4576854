/**
 * The scene draws a view of a trace at a moment. It holds no truth of its own: what to show comes from the view,
 * where from the layout, when from the player. Of a large graph only what is near is drawn mark by mark; the rest
 * is seen from afar, on a canvas.
 *
 * @import {Layout, PlayerState, Point, Scope, View, ViewNode} from "../types.js"
 * @import {Frame} from "../layout/tween.js"
 * @import {Reach} from "../state/reach.js"
 * @import {Load} from "./loads.js"
 */
import { easeCubicInOut } from "d3-ease";
import { select } from "d3-selection";
import "d3-transition";
import { boxAround, bounds, extentOf, HALF_SIDE } from "../layout/geometry.js";
import { displace, overlay, sharedPart } from "../layout/keep.js";
import { still, tweenLayouts } from "../layout/tween.js";
import { createCamera } from "./camera.js";
import { createCargoLayer } from "./cargo.js";
import { createEdgeLayer } from "./edge.js";
import { createFar } from "./far.js";
import { createHullLayer } from "./hull.js";
import { createMinimap } from "./minimap.js";
import { createNodeLayer } from "./node.js";
import { BARE } from "./annotate.js";
import { createTieLayer } from "./tie.js";
import { walkMarks } from "./walk.js";
import { t } from "../i18n/strings.js";

const CHANGE = 600;
/** A graph that keeps so much of the one before it is drawn after it; one that keeps more is the same picture, edited. */
const KIN = 0.25;
const SAME_PICTURE = 0.5;
/** Room shown around a part that is zoomed to. */
const SURROUNDINGS = 96;

/**
 * @param {HTMLElement} element
 * @param {{ onActivate: (node: ViewNode) => void, onClose: (scope: Scope) => void, onRest?: () => void, onPoint?: (id: string | null) => void, onNumber?: ((id: string, tensor: import("../types.js").NestedTensor) => void) | null, animated: () => boolean, embedded?: boolean }} options
 *   `onRest`: the camera has come to rest; `embedded`: in a page that scrolls
 */
export function createScene(element, { onActivate, onClose, onRest = () => {}, onPoint, onNumber = null, animated, embedded }) {
  const svg = select(element).append("svg").attr("class", "drawing").attr("role", "group");
  svg.attr("aria-label", t("graph.drawn"));
  const drawing = svg.append("g");
  const hullLayer = drawing.append("g");
  const tieLayer = drawing.append("g");
  const edgeLayer = drawing.append("g");
  const flowLayer = drawing.append("g");
  const nodeLayer = drawing.append("g");
  const cargoLayer = drawing.append("g").attr("class", "travelling");
  const labels = document.createElement("div");
  labels.className = "labels";
  element.append(labels);

  /** @type {(import("../types.js").Drawing & { layout: Layout }) | null} */
  let shown = null;
  /** The part that is drawn mark by mark. @type {{ view: View, layout: Layout } | null} */
  let drawn = null;
  /** @type {PlayerState | null} */
  let state = null;
  /** @type {string | null} */
  let selected = null;
  /** @type {Reach | null} */
  let reach = null;
  let paint = BARE;
  /** @type {Map<string, Point>} */
  let moves = new Map();
  let near = new Set();
  /** Of a graph seen from afar, the arrows that leave each mark. @type {ReturnType<typeof arrowsFrom>} */
  let leaving = new Map();
  let painting = false;

  const far = createFar(element);
  const hulls = createHullLayer(hullLayer, labels, onClose);
  const ties = createTieLayer(tieLayer);
  const edges = createEdgeLayer(edgeLayer, flowLayer);
  const cargo = createCargoLayer(cargoLayer);
  const nodes = createNodeLayer(nodeLayer, labels, { onActivate, onFocus: reveal, onDrag: drag, onPoint, onNumber });
  const root = /** @type {SVGSVGElement} */ (svg.node());
  const camera = createCamera(root, /** @type {SVGGElement} */ (drawing.node()), labels, {
    duration: () => (animated() ? CHANGE : 0),
    onMove: refresh,
    onRest,
    embedded,
  });
  const minimap = createMinimap(element, camera.centre);
  const walker = walkMarks(root, {
    onMove: (id) => {
      reveal(id);
      refresh();
    },
    onActivate,
    hit: (point, slack) => far.hit(point, slack / camera.transform.k),
  });
  new ResizeObserver(() => {
    camera.resized();
    nodes.read(camera.scale);
    refresh();
  }).observe(element);
  new MutationObserver(recolour).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour);

  const scene = {
    camera,

    /** @returns {{ width: number, height: number }} */
    get size() {
      return { width: element.clientWidth, height: element.clientHeight };
    },

    /**
     * @param {View} view
     * @param {Layout} layout
     * @param {{ change: "none" | "size" | "scopes" | "graph" | "anew" }} how it differs from what is shown; `anew`:
     *   that has no part in it
     */
    show(view, layout, { change }) {
      const before = shown;
      const follows = change === "scopes" || change === "graph" ? scene.before(view, change) : null;
      const edited = follows !== null && sharedPart(view, follows.view) >= SAME_PICTURE;
      const fresh = change === "anew" || (change === "graph" && !edited);
      if (fresh) moves = new Map();
      const laid = follows && !layout.placed ? overlay(layout, follows.laid) : layout;
      shown = { view, laid, layout: displace(view, laid, moves) };
      drawing.interrupt();
      far.show(view, shown.layout);
      leaving = far.active ? arrowsFrom(view) : new Map();
      minimap.show(view, shown.layout);
      walker.show(far.active ? view : null);
      const animate = before !== null && change !== "none" && change !== "size" && animated() && !far.active;
      if (animate && drawn) {
        const frameAt = tweenLayouts(drawn, shown);
        drawn = shown;
        join();
        drawing
          .transition()
          .duration(CHANGE)
          .ease(easeCubicInOut)
          .tween("layout", () => (t) => place(frameAt(t)));
        place(frameAt(0));
      } else {
        choose();
      }
      if (change !== "none") {
        const first = far.active ? shown.layout.nodes.values().next().value : undefined;
        camera.frame(extentOf(shown.layout), { animate, reset: fresh, first });
        nodes.read(camera.scale);
      }
      if (state) scene.draw(state);
      refresh();
    },

    /**
     * The picture that a view follows, if it is much the same.
     *
     * @param {View} view
     * @param {"none" | "size" | "scopes" | "graph" | "anew"} change
     * @returns {import("../types.js").Drawing | null}
     */
    before(view, change) {
      if (!shown || change === "anew" || shown.view.trace.orders.size !== view.trace.orders.size) return null;
      if (change === "size") return { ...shown, refit: moves.size === 0 && camera.place === null };
      return change !== "graph" || sharedPart(view, shown.view) >= KIN ? shown : null;
    },

    /** How far marks were moved by hand. @returns {Record<string, [number, number]>} */
    get moves() {
      return Object.fromEntries([...moves].map(([id, { x, y }]) => [id, [Math.round(x), Math.round(y)]]));
    },

    /** @param {Record<string, [number, number]>} next marks that were moved by hand before */
    move(next) {
      moves = new Map(Object.entries(next).map(([id, [x, y]]) => [id, { x, y }]));
      if (!shown) return;
      shown = { ...shown, layout: displace(shown.view, shown.laid, moves) };
      far.show(shown.view, shown.layout);
      choose();
      minimap.show(shown.view, shown.layout);
      refresh();
    },

    /** @param {PlayerState} next */
    draw(next) {
      const moved = next.current !== state?.current;
      state = next;
      if (!shown || !drawn) return;
      if (moved) followStep(shown, next);
      edges.draw(drawn.view, next);
      nodes.draw(drawn.view, next);
      cargo.draw(drawn.view, next, edges.placeOn, (id) => shown?.layout.nodes.get(id) ?? null);
      if (far.active) survey();
    },

    /** @param {string | null} id */
    select(id) {
      selected = id;
      nodes.select(id);
      refresh();
    },

    /** @param {Reach | null} next what stands out */
    highlight(next) {
      reach = next;
      nodes.highlight(reach);
      edges.highlight(reach);
      ties.highlight(reach);
      refresh();
    },

    /** @param {import("./annotate.js").Paint} next what a panel says of marks and arrows */
    paint(next) {
      paint = next;
      nodes.paint(paint);
      edges.paint(paint);
      refresh();
    },

    /** @param {{ loads: Map<string, Load>, shapes: boolean, sized: boolean }} what the arrows carry */
    carry(what) {
      edges.carry(what);
    },

    /** @param {import("./colours.js").Colours} colours of values and gradients */
    colour(colours) {
      nodes.colour(colours);
      cargo.colour(colours);
      if (state && drawn) nodes.draw(drawn.view, state);
    },

    /** @param {string | null} id of what is pointed at */
    link: (id) => nodes.link(id),

    /** @param {ReadonlySet<string>} ids of marks that a search has found */
    find: (ids) => nodes.find(ids),

    /** @param {import("../panels/provenance.js").Marks | null} marks entries that another is computed with */
    trace: (marks) => nodes.trace(marks),

    /** @param {import("./nonfinite.js").Nonfinite} found */
    warn: (found) => nodes.warn(found),

    /** @param {Iterable<string>} ids of variables whose numbers have changed */
    flash(ids) {
      if (animated()) nodes.flash(ids);
    },

    /** Brings marks near. @param {Iterable<string>} ids */
    zoomTo(ids) {
      const centres = [...ids].flatMap((id) => shown?.layout.nodes.get(id) ?? []);
      if (centres.length > 0) camera.zoomTo(bounds(centres.map((centre) => boxAround(centre, HALF_SIDE + SURROUNDINGS))));
    },

    reveal,

    /** @param {string} id of a mark */
    has: (id) => shown?.view.nodes.has(id) ?? false,

    /** @param {string} id of a node, or of an open scope */
    focus(id) {
      reveal(id);
      nodes.focus(id);
      hulls.focus(id);
      walker.focus(id);
    },
  };

  /** @param {string} id */
  function reveal(id) {
    const centre = shown?.layout.nodes.get(id);
    if (centre) camera.reveal(centre);
  }

  /** @param {string} id @param {Point} by @param {boolean} done */
  function drag(id, by, done) {
    if (!shown) return;
    const { x, y } = moves.get(id) ?? { x: 0, y: 0 };
    moves.set(id, { x: x + by.x, y: y + by.y });
    shown = { ...shown, layout: displace(shown.view, shown.laid, moves) };
    drawing.interrupt();
    far.show(shown.view, shown.layout);
    choose();
    if (done) {
      minimap.show(shown.view, shown.layout);
      onRest();
    }
    refresh();
  }

  /** Draws mark by mark what is near: of a small graph everything. */
  function choose() {
    if (!shown) return;
    near = far.active ? far.near(camera.window, camera.transform.k) : new Set();
    drawn = far.active ? part(shown, leaving, near) : shown;
    join();
    place(still(drawn.layout));
    if (!state) return;
    nodes.draw(drawn.view, state);
    edges.draw(drawn.view, state);
  }

  function join() {
    if (!drawn) return;
    hulls.join(drawn.view);
    ties.join(drawn.view);
    edges.join(drawn.view);
    nodes.join(drawn.view);
    nodes.select(selected);
    nodes.highlight(reach);
    edges.highlight(reach);
  }

  /** Once a frame, whatever has moved. */
  function refresh() {
    if (painting) return;
    painting = true;
    requestAnimationFrame(() => {
      painting = false;
      survey();
    });
  }

  function survey() {
    if (!shown) return;
    const { window, transform } = camera;
    minimap.frame(window);
    if (!far.active || !state) return;
    const next = far.near(window, transform.k);
    if (next.size !== near.size || [...next].some((id) => !near.has(id))) choose();
    far.paint(transform, window, state, { near, selected, cursor: walker.cursor, reach, paint });
  }

  function recolour() {
    far.readColours();
    if (shown) minimap.show(shown.view, shown.layout);
    refresh();
  }

  /** @param {{ view: View, layout: Layout }} picture @param {PlayerState} at */
  function followStep({ view, layout }, { current }) {
    const step = view.steps[current];
    const centre = layout.nodes.get(step?.operator ?? step?.variable ?? "");
    if (centre) camera.follow(centre);
  }

  /** @param {Frame} frame */
  function place(frame) {
    hulls.place(frame.hulls);
    ties.place(frame.nodes);
    edges.place(frame.edges);
    nodes.place(frame.nodes);
    if (state && drawn) edges.draw(drawn.view, state);
  }

  return scene;
}

/** Which arrows leave each mark. @param {View} view @returns {Map<string, import("../types.js").ViewEdge[]>} */
function arrowsFrom(view) {
  /** @type {Map<string, import("../types.js").ViewEdge[]>} */
  const leaving = new Map();
  for (const edge of view.edges.values()) {
    const known = leaving.get(edge.source);
    if (known) known.push(edge);
    else leaving.set(edge.source, [edge]);
  }
  return leaving;
}

/**
 * @param {{ view: View, layout: Layout }} picture
 * @param {Map<string, import("../types.js").ViewEdge[]>} leaving
 * @param {Set<string>} near
 * @returns {{ view: View, layout: Layout }} the marks that are near, and the arrows between them
 */
function part({ view, layout }, leaving, near) {
  const among = [...near].flatMap((id) => leaving.get(id) ?? []).filter(({ target }) => near.has(target));
  /** @template T @param {Map<string, T>} all @param {Iterable<string>} ids @returns {Map<string, T>} */
  const only = (all, ids) => new Map([...ids].map((id) => [id, /** @type {T} */ (all.get(id))]));
  const arrows = among.map(({ id }) => id);
  return {
    view: { ...view, nodes: only(view.nodes, near), edges: only(view.edges, arrows) },
    layout: { nodes: only(layout.nodes, near), edges: only(layout.edges, arrows), hulls: layout.hulls },
  };
}

/** @typedef {ReturnType<typeof createScene>} Scene */

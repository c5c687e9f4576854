/**
 * Arrows, and what travels along them: colour fills the line behind a bright front, forward in the colour of
 * data, back in the colour of gradients.
 *
 * @import {Selection} from "d3-selection"
 * @import {PlayerState, Point, View} from "../types.js"
 * @import {Frame} from "../layout/tween.js"
 * @import {Reach} from "../state/reach.js"
 * @import {Load} from "./loads.js"
 */
import { HALF_SIDE, roundedPath } from "../layout/geometry.js";
import { resample } from "../layout/tween.js";
import { backwardEdges } from "../state/view.js";
import { edgeStateAt, isDerivative, motionAt } from "./moment.js";
import { BARE } from "./annotate.js";

const HEAD = { length: 9, width: 8 };
const FRONT_RADIUS = 4.5;
const FRONT_STEPS = 64;
/** Words on an arrow shorter than this stand below the marks at its ends. */
const ROOM = 72;
const BELOW = HALF_SIDE + 14;

/**
 * @param {Selection<SVGGElement, any, any, any>} layer
 * @param {Selection<SVGGElement, any, any, any>} flowLayer
 */
export function createEdgeLayer(layer, flowLayer) {
  /** @type {Map<string, Selection<SVGGElement, any, any, any>>} */
  const arrows = new Map();
  /** What each arrow was last said to have been travelled by. @type {Map<string, string>} */
  const states = new Map();
  /** @type {Map<string, { points: Point[], path: string, places: Point[] }>} */
  const ways = new Map();
  /** The moment and view whose arrows' states were drawn while a step is under way. */
  let drawnAt = "";
  /** @type {View | null} */
  let drawnOf = null;
  /** Arrows that point back, because a gradient runs along them. @type {string[]} */
  let turned = [];
  let paint = BARE;
  /** @type {{ loads: Map<string, Load>, shapes: boolean, sized: boolean }} */
  let carried = { loads: new Map(), shapes: false, sized: false };

  /** @param {string} id @param {Selection<SVGGElement, any, any, any>} arrow */
  function dress(id, arrow) {
    const load = carried.loads.get(id);
    arrow.classed("sized", carried.sized).classed("empty", carried.sized && load?.level === null);
    arrow.style("--load", load?.level ?? 0);
    const told = paint.edges.get(id);
    arrow.classed("told", told !== undefined);
    const words = told ?? ((carried.shapes && load?.shape) || null);
    const text = arrow.selectAll("text").data(words ? [words] : []);
    text.exit().remove();
    text.join("text").text((word) => word);
    label(id, arrow);
  }

  /** @param {string} id @param {Selection<SVGGElement, any, any, any>} arrow */
  function label(id, arrow) {
    const middle = ways.get(id)?.places[FRONT_STEPS / 2];
    if (!middle) return;
    const { places } = /** @type {{ places: Point[] }} */ (ways.get(id));
    const [first, last] = [places[0], places[FRONT_STEPS]];
    const short = paint.edges.has(id) && Math.abs(last.y - first.y) < 1 && Math.abs(last.x - first.x) < ROOM;
    arrow.select("text").attr("x", middle.x).attr("y", short ? middle.y + BELOW : middle.y - 5);
  }

  /** @param {string} id @param {boolean} back whether its head is where it comes from */
  function point(id, back) {
    const arrow = arrows.get(id);
    const way = ways.get(id);
    if (!arrow || !way) return;
    arrow.classed("back", back).select(".line").attr("d", roundedPath(back ? arrowOf([...way.points].reverse()).shaft.reverse() : arrowOf(way.points).shaft));
  }

  /** Arrows point the way that gradients flow in the step under way, or just done. @param {View} view @param {PlayerState} state */
  function turnBack(view, { current }) {
    const step = view.steps[current];
    const next = step?.phase === "backward" && !view.trace.folded ? backwardEdges(step) : [];
    if (next.length === turned.length && next.every((id, i) => turned[i] === id && arrows.get(id)?.classed("back"))) return;
    for (const id of turned) point(id, false);
    for (const id of next) point(id, true);
    turned = next;
  }

  return {
    /** @param {typeof carried} what what the arrows carry, and how it is shown */
    carry(what) {
      carried = what;
      for (const [id, arrow] of arrows) dress(id, arrow);
    },

    /** @param {import("./annotate.js").Paint} next */
    paint(next) {
      paint = next;
      for (const [id, arrow] of arrows) dress(id, arrow);
    },

    /** @param {Reach | null} reach what stands out; nothing does where it is null */
    highlight(reach) {
      for (const [id, arrow] of arrows) arrow.classed("dim", reach !== null && !reach.edges.has(id));
    },

    /** @param {View} view */
    join(view) {
      for (const edge of view.edges.values()) {
        if (arrows.has(edge.id)) continue;
        const arrow = layer.append("g").attr("class", "edge");
        arrow.attr("data-source", edge.source).attr("data-target", edge.target);
        arrow.append("path").attr("class", "line");
        arrow.append("path").attr("class", "head");
        arrow.append("path").attr("class", "head against");
        arrows.set(edge.id, arrow);
        dress(edge.id, arrow);
      }
    },

    /** @param {Frame["edges"]} frame */
    place(frame) {
      ways.clear();
      drawnAt = "";
      for (const [id, arrow] of arrows) {
        const at = frame.get(id);
        if (!at) {
          arrow.remove();
          arrows.delete(id);
          states.delete(id);
          continue;
        }
        const { shaft, head } = arrowOf(at.points);
        arrow.attr("opacity", at.opacity).classed("back", false);
        arrow.select(".line").attr("d", roundedPath(shaft));
        arrow.select(".head").attr("d", head);
        arrow.select(".head.against").attr("d", arrowOf([...at.points].reverse()).head);
        ways.set(id, { points: at.points, path: roundedPath(at.points), places: resample(at.points, FRONT_STEPS + 1) });
        label(id, arrow);
      }
    },

    /**
     * Where on an arrow its front is.
     *
     * @param {string} id
     * @param {number} reach
     * @param {string} direction
     * @returns {Point | null}
     */
    placeOn(id, reach, direction) {
      const places = ways.get(id)?.places;
      return places?.[Math.round((direction === "backward" ? 1 - reach : reach) * FRONT_STEPS)] ?? null;
    },

    /**
     * @param {View} view
     * @param {PlayerState} state
     */
    draw(view, state) {
      turnBack(view, state);
      for (const [id, arrow] of state.progress > 0 && drawnAt === `${state.moment}` && drawnOf === view ? [] : arrows) {
        const edge = view.edges.get(id);
        const travelled = edge && edgeStateAt(view, edge, state.moment);
        if (!travelled || states.get(id) === travelled) continue;
        states.set(id, travelled);
        arrow.attr("data-state", travelled);
      }
      [drawnAt, drawnOf] = [state.progress > 0 ? `${state.moment}` : "", view];
      const flows = motionAt(view, state).flows.filter((flow) => ways.has(flow.edge));
      const flow = flowLayer
        .selectAll("g.flow")
        .data(flows, (/** @type {any} */ datum) => `${datum.edge} ${datum.direction}`)
        .join((entering) => {
          const group = entering.append("g").attr("class", (datum) => `flow ${datum.direction}`);
          group.classed("derivative", ({ edge }) => isDerivative(view, view.edges.get(edge)));
          group.append("path").attr("pathLength", 1);
          group.append("circle").attr("r", FRONT_RADIUS);
          return group;
        });
      flow
        .select("path")
        .attr("d", (datum) => ways.get(datum.edge)?.path ?? "")
        .attr("stroke-dasharray", ({ reach, direction }) =>
          direction === "forward" ? `${reach} 1` : `0 ${1 - reach} ${reach} 0`,
        );
      flow.select("circle").attr("transform", ({ edge, reach, direction }) => {
        const at = Math.round((direction === "forward" ? reach : 1 - reach) * FRONT_STEPS);
        const place = ways.get(edge)?.places[at] ?? { x: 0, y: 0 };
        return `translate(${place.x},${place.y})`;
      });
    },
  };
}

/**
 * The shaft stops where the head begins; the head's tip is the last point.
 *
 * @param {Point[]} points
 * @returns {{ shaft: Point[], head: string }}
 */
export function arrowOf(points) {
  const tip = points[points.length - 1];
  const before = points[points.length - 2];
  const length = Math.hypot(tip.x - before.x, tip.y - before.y) || 1;
  const [ux, uy] = [(tip.x - before.x) / length, (tip.y - before.y) / length];
  const size = Math.min(HEAD.length, length);
  const base = { x: tip.x - ux * size, y: tip.y - uy * size };
  const [wx, wy] = [(-uy * HEAD.width) / 2, (ux * HEAD.width) / 2];
  return {
    shaft: [...points.slice(0, -1), base],
    head: `M${tip.x},${tip.y}L${base.x + wx},${base.y + wy}L${base.x - wx},${base.y - wy}z`,
  };
}

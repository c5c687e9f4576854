/**
 * Ties between derivatives and the variables that they belong to: dashed, with no direction, since nothing flows.
 *
 * @import {Selection} from "d3-selection"
 * @import {Point, View} from "../types.js"
 * @import {Frame} from "../layout/tween.js"
 * @import {Reach} from "../state/reach.js"
 */
import { HALF_SIDE, meet } from "../layout/geometry.js";

/** Ties bend aside by this part of their length, so that they do not run along arrows. */
const BEND = 0.12;

/** @param {Selection<SVGGElement, any, any, any>} layer */
export function createTieLayer(layer) {
  /** @type {Map<string, { line: Selection<SVGPathElement, any, any, any>, ends: [string, string] }>} */
  const ties = new Map();

  return {
    /** @param {View} view */
    join(view) {
      const wanted = new Map(
        view.trace.ties
          .filter(({ derivative, variable }) => view.nodes.has(derivative) && view.nodes.has(variable))
          .map(({ derivative, variable }) => [`${derivative} ${variable}`, /** @type {[string, string]} */ ([derivative, variable])]),
      );
      for (const [key, { line }] of ties) {
        if (wanted.has(key)) continue;
        line.remove();
        ties.delete(key);
      }
      for (const [key, ends] of wanted) {
        if (ties.has(key) || ends[0] === ends[1]) continue;
        const line = layer.append("path").attr("class", "tie").attr("data-derivative", ends[0]).attr("data-variable", ends[1]);
        ties.set(key, { line, ends });
      }
    },

    /** @param {Frame["nodes"]} frame */
    place(frame) {
      for (const { line, ends } of ties.values()) {
        const [from, to] = ends.map((id) => frame.get(id));
        if (!from || !to) {
          line.attr("d", null);
          continue;
        }
        line.attr("d", bow(from, to)).attr("opacity", Math.min(from.opacity, to.opacity));
      }
    },

    /** @param {Reach | null} reach what stands out; nothing does where it is null */
    highlight(reach) {
      for (const { line, ends } of ties.values()) line.classed("dim", reach !== null && !ends.every((id) => reach.nodes.has(id)));
    },
  };
}

/** @param {Point} from @param {Point} to */
function bow(from, to) {
  const middle = {
    x: (from.x + to.x) / 2 - BEND * (to.y - from.y),
    y: (from.y + to.y) / 2 + BEND * (to.x - from.x),
  };
  const near = Math.hypot(to.x - from.x, to.y - from.y) < 4 * HALF_SIDE;
  const bend = near ? { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 } : middle;
  const start = meet("variable", from, bend, from);
  const end = meet("variable", to, bend, to);
  return `M${start.x},${start.y}Q${bend.x},${bend.y} ${end.x},${end.y}`;
}

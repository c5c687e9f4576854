/**
 * Numbers and small heat maps that travel along the arrows, and what they meet at an operator: the gradient that
 * arrives, times the local derivative, is the gradient that goes on.
 *
 * @import {Selection} from "d3-selection"
 * @import {PlayerState, Point, Tensor, View} from "../types.js"
 */
import { select } from "d3-selection";
import { HALF_SIDE, RADIUS } from "../layout/geometry.js";
import { drawHeatmap } from "./heatmap.js";
import { travelAt } from "./travel.js";

const LOAD = { width: 40, height: 22 };
const PART = { width: 46, height: 26, sign: 16, gap: 4, pad: 6 };

/** @param {Selection<SVGGElement, any, any, any>} layer */
export function createCargoLayer(layer) {
  const loads = layer.append("g");
  const meetings = layer.append("g");
  /** @type {import("./colours.js").Colours} */
  let colours = { value: null, gradient: null };

  /** @param {Selection<SVGGElement, any, any, any>} group @param {Tensor} tensor @param {boolean} isGradient @param {{ width: number, height: number }} room */
  function fill(group, tensor, isGradient, room) {
    group.append("rect").attr("class", "ground").attr("x", -room.width / 2 - 2).attr("y", -room.height / 2 - 2).attr("width", room.width + 4).attr("height", room.height + 4).attr("rx", 4);
    const inner = group.append("g").attr("class", `picture ${isGradient ? "gradient" : "value"}`);
    drawHeatmap(inner, tensor, room, isGradient ? colours.gradient : colours.value);
    const box = /** @type {SVGGElement} */ (inner.node()).getBBox();
    group.select(".ground").attr("x", box.x - 2).attr("y", box.y - 2).attr("width", box.width + 4).attr("height", box.height + 4);
  }

  return {
    /** @param {import("./colours.js").Colours} next */
    colour(next) {
      colours = next;
    },

    /**
     * @param {View} view
     * @param {PlayerState} state
     * @param {(edge: string, reach: number, direction: string) => Point | null} placeOn
     * @param {(id: string) => Point | null} placeOf
     */
    draw(view, state, placeOn, placeOf) {
      const { cargo, meeting } = travelAt(view, state);
      const placed = cargo.flatMap((one) => {
        const place = placeOn(one.edge, one.reach, one.direction);
        return place ? [{ ...one, place }] : [];
      });
      loads
        .selectAll("g.cargo")
        .data(placed, (/** @type {any} */ one) => `${state.moment} ${one.edge} ${one.direction}`)
        .join((entering) => {
          const group = entering.append("g").attr("class", (one) => `cargo ${one.direction}`).attr("data-edge", (one) => one.edge).attr("aria-hidden", "true");
          group.each(function ({ tensor, direction }) {
            fill(select(/** @type {SVGGElement} */ (this)), tensor, direction === "backward", LOAD);
          });
          return group;
        })
        .attr("transform", ({ place }) => `translate(${place.x},${place.y})`);
      const place = meeting && placeOf(meeting.at);
      meetings
        .selectAll("g.meeting")
        .data(meeting && place ? [{ ...meeting, place, key: `${state.moment} ${meeting.at}` }] : [], (/** @type {any} */ one) => one.key)
        .join((entering) => entering.append("g").attr("aria-hidden", "true").each(function (one) {
          write(select(/** @type {SVGGElement} */ (this)), one.parts);
        }))
        .attr("class", (one) => `meeting ${one.kind}`)
        .attr("transform", (one) => `translate(${one.place.x},${one.place.y - (one.kind === "sum" ? HALF_SIDE : RADIUS) - PART.height})`);
    },
  };

  /** @param {Selection<SVGGElement, any, any, any>} group @param {(Tensor | string)[]} parts arrays and signs */
  function write(group, parts) {
    const isSign = (/** @type {Tensor | string} */ part) => typeof part === "string" && !/^(NaN|-?Infinity)$/.test(part);
    const widths = parts.map((part) => (isSign(part) ? PART.sign : PART.width));
    const total = widths.reduce((sum, width) => sum + width + PART.gap, -PART.gap);
    group.append("rect").attr("class", "ground").attr("x", -total / 2 - PART.pad).attr("y", -PART.height / 2 - PART.pad).attr("width", total + 2 * PART.pad).attr("height", PART.height + 2 * PART.pad).attr("rx", 8);
    let left = -total / 2;
    parts.forEach((part, i) => {
      const cell = group.append("g").attr("transform", `translate(${left + widths[i] / 2},0)`);
      left += widths[i] + PART.gap;
      if (isSign(part)) cell.append("text").attr("class", "sign").attr("dy", "0.35em").text(String(part));
      else drawHeatmap(cell.append("g").attr("class", "picture gradient"), /** @type {Tensor} */ (part), PART, colours.gradient);
    });
  }
}

/**
 * A small picture of an example: its own trace, laid out as the graph would be, with the values in its squares.
 *
 * @import {Layout, View} from "../types.js"
 */
import { create as createElement } from "d3-selection";
import { boxAround, bounds, HALF_SIDE, RADIUS, roundedPath } from "../layout/geometry.js";
import { arrowOf } from "../scene/edge.js";
import { drawHeatmap } from "../scene/heatmap.js";

const MARGIN = 16;
const ROOM = { width: 2 * HALF_SIDE - 8, height: 2 * HALF_SIDE - 8 };

/**
 * @param {View} view
 * @param {Layout} layout
 * @returns {SVGSVGElement}
 */
export function drawThumbnail(view, layout) {
  const marks = [...layout.nodes.values()].map((centre) => boxAround(centre, HALF_SIDE + MARGIN));
  const bends = [...layout.edges.values()].flat().map((point) => boxAround(point, MARGIN));
  const box = bounds([...marks, ...bends]);
  const svg = createElement("svg:svg").attr("class", "drawing thumbnail").attr("aria-hidden", "true");
  svg.attr("viewBox", `${box.x} ${box.y} ${box.width} ${box.height}`);
  for (const points of layout.edges.values()) {
    const { shaft, head } = arrowOf(points);
    const edge = svg.append("g").attr("class", "edge");
    edge.append("path").attr("class", "line").attr("d", roundedPath(shaft));
    edge.append("path").attr("class", "head").attr("d", head);
  }
  for (const node of view.nodes.values()) {
    const centre = layout.nodes.get(node.id);
    if (!centre) continue;
    const group = svg.append("g").attr("class", `node ${node.kind}`).attr("data-role", node.role);
    group.attr("transform", `translate(${centre.x},${centre.y})`);
    if (!node.variable) {
      group.append("circle").attr("class", "shape").attr("r", RADIUS);
      if (node.scope) group.append("circle").attr("class", "inner").attr("r", RADIUS - 5);
      continue;
    }
    const { value } = node.variable;
    group.append("rect").attr("class", "shape").attr("x", -HALF_SIDE).attr("y", -HALF_SIDE);
    group.select("rect").attr("width", 2 * HALF_SIDE).attr("height", 2 * HALF_SIDE);
    if (typeof value === "object") drawHeatmap(/** @type {any} */ (group.append("g").attr("class", "picture")), value, ROOM);
  }
  return /** @type {SVGSVGElement} */ (svg.node());
}

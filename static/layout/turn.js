/**
 * Drawings that flow from left to right turned so that they flow from bottom to top, and back.
 *
 * @import {Layout, Point, View} from "../types.js"
 */
import { hullBoxes } from "./figure.js";

/** @param {View} view @param {Layout} layout @returns {Layout} */
export function turnUp(view, layout) {
  return turn(view, layout, ({ x, y }) => ({ x: y, y: -x }));
}

/** @param {View} view @param {Layout} layout @returns {Layout} */
export function turnRight(view, layout) {
  return turn(view, layout, ({ x, y }) => ({ x: -y, y: x }));
}

/** @param {View} view @param {Layout} layout @param {(point: Point) => Point} to @returns {Layout} */
function turn(view, layout, to) {
  const nodes = new Map([...layout.nodes].map(([id, point]) => [id, to(point)]));
  const edges = new Map([...layout.edges].map(([id, points]) => [id, points.map(to)]));
  return { nodes, edges, hulls: hullBoxes(view, nodes) };
}

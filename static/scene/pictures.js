/**
 * The small pictures of value and gradient in a square, side by side.
 *
 * @import {Selection} from "d3-selection"
 * @import {Tensor, ViewNode} from "../types.js"
 */
import { select } from "d3-selection";
import { drawHeatmap, markCells } from "./heatmap.js";

/** The lower part of a square, where its pictures are. */
const PICTURES = { y: 13, height: 30, alone: 52, beside: 26, offset: 14 };
/** Two numbers stand one above the other: side by side they would be too small to read. */
const NUMBERS = { width: 52, height: 15, offset: 8 };

/**
 * Marks the entries of a square that another entry is computed with.
 *
 * @param {{ node: ViewNode, group: Selection<SVGGElement, any, any, any>, value: Tensor | null, gradient: Tensor | null }} mark
 * @param {import("../panels/provenance.js").Marks | null} traced
 */
export function markEntries({ node, group, value, gradient }, traced) {
  if (!node.variable) return;
  const found = traced?.get(node.id);
  const { room } = arrange(node.variable.shape.every((length) => length === 1), gradient !== null);
  for (const [name, tensor] of /** @type {const} */ ([["value", value], ["gradient", gradient]])) {
    const drawn = /** @type {SVGGElement | null} */ (group.select(`.picture.${name}`).node());
    if (drawn && (found || drawn.querySelector(".traced"))) markCells(select(drawn), tensor === null ? undefined : found?.[name], room);
  }
}

/**
 * Where the pictures of value and gradient stand.
 *
 * @param {boolean} isNumber
 * @param {boolean} both
 */
export function arrange(isNumber, both) {
  const { y, height, alone, beside, offset } = PICTURES;
  if (isNumber && both) {
    return {
      value: { x: 0, y: y - NUMBERS.offset },
      gradient: { x: 0, y: y + NUMBERS.offset },
      room: { width: NUMBERS.width, height: NUMBERS.height },
    };
  }
  const shift = both ? offset : 0;
  return { value: { x: -shift, y }, gradient: { x: shift, y }, room: { width: both ? beside : alone, height } };
}

/**
 * @param {Selection<SVGGElement, any, any, any>} group
 * @param {"value" | "gradient"} name
 * @param {Tensor | null} tensor
 * @param {import("../types.js").Point} at
 * @param {{ width: number, height: number }} room
 * @param {import("./colours.js").Shading | null} shading
 */
export function drawPicture(group, name, tensor, at, room, shading) {
  /** @type {Selection<SVGGElement, any, any, any>} */
  const drawn = select(/** @type {SVGGElement} */ (group.select(`.picture.${name}`).node()));
  drawn.attr("transform", `translate(${at.x},${at.y})`);
  if (tensor === null) drawn.selectChildren().remove();
  else drawHeatmap(drawn, tensor, room, shading);
}

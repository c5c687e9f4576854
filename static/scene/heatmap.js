/**
 * A small picture of an array: one cell an entry, coloured on a diverging scale with zero in its middle. Cells
 * of one shade are one path; the shades themselves are the style sheet's, so that a theme recolours them.
 *
 * @import {Selection} from "d3-selection"
 * @import {Tensor} from "../types.js"
 */
import { currentWriting, formatWithin } from "../i18n/format.js";
import { magnitude, reduceRows, toRows } from "../shared/tensor.js";

/** Shades on either side of zero. */
const SHADES = 12;
/** More cells than this on a side could not be told apart. */
const LARGEST_SIDE = 16;
const CELL = 8;
/** Room for a number, and what of it stays free at its sides. */
const NUMBER = { width: 52, height: 20, edge: 3 };
/** Pixels of a number's letters: fewer for more digits, the same in every square. */
const LETTERS = { largest: 12, smallest: 9 };
/** Widths of letters as parts of their height. */
const NARROW = 0.29;
const WIDE = 0.63;

/**
 * @param {number} entry
 * @param {number} scale the magnitude that has the full shade
 * @param {number | null} [least] of a logarithmic scale, the magnitude that has no shade
 * @returns {number | null} from -12 to 12; null for what is not finite
 */
export function shade(entry, scale, least = null) {
  if (!Number.isFinite(entry)) return null;
  if (scale === 0 || entry === 0) return 0;
  if (least !== null) {
    const part = Math.log(Math.abs(entry) / least) / Math.log(scale / least);
    return Math.sign(entry) * Math.round(SHADES * Math.max(0, Math.min(1, part)));
  }
  const level = Math.round((SHADES * entry) / scale);
  return level === 0 && entry !== 0 ? Math.sign(entry) : level;
}

/**
 * Gives an element the colour of a shade, through the style sheet's `--shade` and sign.
 *
 * @param {HTMLElement | SVGElement} element
 * @param {number | null} level
 */
export function paintShade(element, level) {
  element.classList.add("shade");
  element.classList.toggle("negative", level !== null && level < 0);
  element.classList.toggle("nonfinite", level === null);
  element.style.setProperty("--shade", `${(100 * Math.abs(level ?? 0)) / SHADES}%`);
}

/**
 * Draws a tensor into `group`, centred on its origin and no larger than width by height. A single number is
 * written out.
 *
 * @param {Selection<SVGGElement, any, any, any>} group
 * @param {Tensor} tensor
 * @param {{ width: number, height: number }} room
 * @param {import("./colours.js").Shading | null} [shading] without it, the array has a scale of its own
 */
export function drawHeatmap(group, tensor, { width, height }, shading = null) {
  group.selectChildren().remove();
  const rows = reduceRows(toRows(tensor), LARGEST_SIDE);
  const columns = rows[0]?.length ?? 0;
  if (columns === 0) return;
  const scale = shading?.most ?? magnitude(rows);
  const shadeOf = (/** @type {number} */ entry) => shade(entry, scale, shading?.least);
  if (rows.length === 1 && columns === 1) {
    const level = shadeOf(rows[0][0]);
    drawNumber(group, rows[0][0], level === null || shading ? level : level / 3, { width, height });
    return;
  }
  const cell = Math.min(CELL, width / columns, height / rows.length);
  const left = (-cell * columns) / 2;
  const top = (-cell * rows.length) / 2;
  /** @type {Map<number | null, string>} */
  const paths = new Map();
  rows.forEach((row, i) => {
    row.forEach((entry, j) => {
      const level = shadeOf(entry);
      const square = `M${left + j * cell},${top + i * cell}h${cell}v${cell}h${-cell}z`;
      paths.set(level, (paths.get(level) ?? "") + square);
    });
  });
  for (const [level, path] of paths) {
    const drawn = group.append("path").attr("d", path).node();
    if (drawn) paintShade(drawn, level);
  }
  frame(group, cell * columns, cell * rows.length);
}

/**
 * Marks cells of a picture that `drawHeatmap` has drawn: those that other numbers are computed with.
 *
 * @param {Selection<SVGGElement, any, any, any>} group
 * @param {{ shape: number[], marks: Uint8Array } | undefined} marked nothing: no cell
 * @param {{ width: number, height: number }} room
 */
export function markCells(group, marked, { width, height }) {
  group.selectChildren("path.traced").remove();
  if (!marked) return;
  const { shape, marks } = marked;
  const across = shape.length > 1 ? shape[shape.length - 1] : 1;
  const all = Array.from({ length: marks.length / across }, (_, i) => [...marks.subarray(i * across, (i + 1) * across)]);
  const rows = reduceRows(all, LARGEST_SIDE);
  const columns = rows[0]?.length ?? 0;
  const single = rows.length === 1 && columns === 1;
  const cell = Math.min(CELL, width / columns, height / rows.length);
  const [wide, high] = single ? [Math.min(width, NUMBER.width), Math.min(height, NUMBER.height)] : [cell, cell];
  const squares = rows.flatMap((row, i) =>
    row.flatMap((mark, j) => (mark > 0 ? [`M${(-wide * columns) / 2 + j * wide},${(-high * rows.length) / 2 + i * high}h${wide}v${high}h${-wide}z`] : [])),
  );
  if (squares.length > 0) group.append("path").attr("class", "traced").attr("d", squares.join(""));
}

/**
 * @param {Selection<SVGGElement, any, any, any>} group
 * @param {number} number
 * @param {number | null} level its shade
 * @param {{ width: number, height: number }} room
 */
function drawNumber(group, number, level, room) {
  const width = Math.min(room.width, NUMBER.width);
  const height = Math.min(room.height, NUMBER.height);
  const ground = group
    .append("rect")
    .attr("x", -width / 2)
    .attr("y", -height / 2)
    .attr("width", width)
    .attr("height", height)
    .node();
  if (ground) paintShade(ground, level);
  frame(group, width, height);
  const { digits, scientific } = currentWriting();
  const size = Math.max(LETTERS.smallest, LETTERS.largest + 3 - digits - (scientific ? 2 : 0));
  group
    .append("text")
    .attr("class", "scalar")
    .attr("dy", "0.36em")
    .style("font-size", `${size}px`)
    .text(formatWithin(number, (text) => size * widthOf(text) <= width - NUMBER.edge));
}

/** How wide a number is, as a multiple of its letters' height. @param {string} text */
function widthOf(text) {
  const narrow = text.match(/[.,]/g)?.length ?? 0;
  return NARROW * narrow + WIDE * (text.length - narrow);
}

/**
 * @param {Selection<SVGGElement, any, any, any>} group
 * @param {number} width
 * @param {number} height
 */
function frame(group, width, height) {
  group
    .append("rect")
    .attr("class", "frame")
    .attr("x", -width / 2)
    .attr("y", -height / 2)
    .attr("width", width)
    .attr("height", height);
}

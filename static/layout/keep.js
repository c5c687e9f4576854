/**
 * What keeps its place: a new picture is laid over the one before it, so that what both show stands where it
 * stood, and marks that a person has moved stay where they were put.
 *
 * @import {Layout, Point, View, ViewNode} from "../types.js"
 */
import { clip } from "./geometry.js";
import { hullBoxes } from "./figure.js";
import { route } from "./route.js";
import { resample } from "./tween.js";

/** Points with which a bent line follows a mark that was moved. */
const SAMPLES = 12;
/** The part of the lines that run level and upright in a drawing whose lines do. */
const SQUARE = 0.8;

/**
 * The part of the marks of `view` that `before` shows too, from 0 to 1.
 *
 * @param {{ nodes: ReadonlyMap<string, unknown> }} view
 * @param {{ nodes: ReadonlyMap<string, unknown> }} before
 */
export function sharedPart(view, before) {
  const shared = [...view.nodes.keys()].filter((id) => before.nodes.has(id)).length;
  return shared / Math.max(1, view.nodes.size);
}

/**
 * The same layout, shifted so that the marks it shares with `before` stay, in the median, where they are.
 *
 * @param {Layout} layout
 * @param {Layout} before
 * @returns {Layout}
 */
export function overlay(layout, before) {
  const shared = [...layout.nodes].flatMap(([id, point]) => {
    const known = before.nodes.get(id);
    return known ? [{ x: known.x - point.x, y: known.y - point.y }] : [];
  });
  if (shared.length === 0) return layout;
  const shift = { x: median(shared.map(({ x }) => x)), y: median(shared.map(({ y }) => y)) };
  if (shift.x === 0 && shift.y === 0) return layout;
  /** @template {Point} P @param {P} point @returns {P} */
  const moved = (point) => ({ ...point, x: point.x + shift.x, y: point.y + shift.y });
  return {
    nodes: new Map([...layout.nodes].map(([id, point]) => [id, moved(point)])),
    edges: new Map([...layout.edges].map(([id, points]) => [id, points.map(moved)])),
    hulls: new Map([...layout.hulls].map(([id, box]) => [id, moved(box)])),
  };
}

/**
 * The layout with some marks moved; lines go along with the marks at their ends. In a drawing whose lines run level
 * and upright they do so again.
 *
 * @param {View} view
 * @param {Layout} layout
 * @param {ReadonlyMap<string, Point>} moves how far each mark was moved
 * @returns {Layout}
 */
export function displace(view, layout, moves) {
  const here = [...moves.keys()].filter((id) => layout.nodes.has(id));
  if (here.length === 0) return layout;
  const nodes = new Map(layout.nodes);
  for (const id of here) nodes.set(id, add(/** @type {Point} */ (nodes.get(id)), /** @type {Point} */ (moves.get(id))));
  const edges = new Map(layout.edges);
  const pulled = [...view.edges.values()].filter(({ id, source, target }) => edges.has(id) && (moves.has(source) || moves.has(target)));
  const square = isSquare(layout) ? route({ ...view, edges: new Map(pulled.map((edge) => [edge.id, edge])) }, nodes, new Map(), "square") : null;
  for (const edge of pulled) {
    const points = /** @type {Point[]} */ (layout.edges.get(edge.id));
    edges.set(edge.id, square?.get(edge.id) ?? carry(view, nodes, edge, points, moves));
  }
  return { nodes, edges, hulls: view.hulls.length > 0 ? hullBoxes(view, nodes) : layout.hulls };
}

/**
 * @param {View} view
 * @param {Map<string, Point>} nodes where the marks are now
 * @param {import("../types.js").ViewEdge} edge
 * @param {Point[]} points
 * @param {ReadonlyMap<string, Point>} moves
 */
function carry(view, nodes, { source, target }, points, moves) {
  const nowhere = { x: 0, y: 0 };
  const [first, last] = [moves.get(source) ?? nowhere, moves.get(target) ?? nowhere];
  const ends = [source, target].map((id) => ({
    kind: /** @type {ViewNode} */ (view.nodes.get(id)).kind,
    centre: /** @type {Point} */ (nodes.get(id)),
  }));
  const inner = points.length === 2 ? [] : resample(points, SAMPLES).slice(1, -1);
  const bent = inner.map((point, i) => {
    const t = (i + 1) / (SAMPLES - 1);
    return { x: point.x + (1 - t) * first.x + t * last.x, y: point.y + (1 - t) * first.y + t * last.y };
  });
  return clip([ends[0].centre, ...bent, ends[1].centre], ends[0], ends[1]);
}

/** Whether nearly all lines run level and upright. @param {Layout} layout */
export function isSquare({ edges }) {
  const square = (/** @type {Point} */ a, /** @type {Point} */ b) => Math.abs(a.x - b.x) < 1 || Math.abs(a.y - b.y) < 1;
  const lines = [...edges.values()];
  return lines.filter((line) => line.every((point, i) => i === 0 || square(line[i - 1], point))).length >= SQUARE * lines.length;
}

/** @param {Point} a @param {Point} b */
function add(a, b) {
  return { x: a.x + b.x, y: a.y + b.y };
}

/** @param {number[]} numbers */
function median(numbers) {
  return numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

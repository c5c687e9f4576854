/**
 * A hand-made figure: marks stand on a grid of columns and rows that an example brings along. A scope that is
 * opened pushes its column and row apart and is laid out in the room that this makes, so that all else keeps
 * its place in the figure.
 *
 * @import {Box, GridHints, Layout, Metrics, Point, View, ViewEdge} from "../types.js"
 */
import { boxAround, bounds, halfSize, HULL_MARGIN } from "./geometry.js";
import { layered } from "./layered.js";
import { route } from "./route.js";

/** Inside an open scope marks stand a little closer than in the figure. */
const INNER_CELL = { x: 96, y: 80 };

/** @param {Metrics} metrics */
const innerCell = ({ cellX }) => ({ x: Math.min(INNER_CELL.x, cellX), y: INNER_CELL.y });

/**
 * @typedef {object} Block the inside of an open scope, around its own origin
 * @property {Map<string, Point>} nodes
 * @property {Map<string, Point[]>} bends
 * @property {boolean} upward
 * @property {number} width
 * @property {number} height
 */

/**
 * Whether the figure has a place for everything on show outside the open scopes. Scopes that are open within others
 * need more room than a figure can make.
 *
 * @param {View} view
 * @param {GridHints | null | undefined} hints
 * @returns {hints is GridHints}
 */
export function fitsFigure(view, hints) {
  if (!hints) return false;
  const open = new Set(view.hulls.map((hull) => hull.id));
  const outer = [...view.nodes.values()].filter((node) => !open.has(node.parent));
  const first = outermost(view);
  const nested = first.length < view.hulls.length && [...view.nodes.keys()].some((id) => !(id in hints));
  return !nested && outer.length > 0 && outer.every((node) => node.id in hints) && first.every((id) => id in hints);
}

/**
 * @param {View} view
 * @param {GridHints} hints
 * @param {Metrics} metrics
 * @param {Record<string, [number, number][]>} [ways] columns and rows that arrows between places of the figure pass
 * @returns {Layout}
 */
export function figureLayout(view, hints, metrics, ways = {}) {
  const blocks = new Map(outermost(view).map((id) => [id, layBlock(view, id, hints, innerCell(metrics))]));
  const columns = new Track(metrics.cellX);
  const rows = new Track(metrics.cellY);
  const outer = [...view.nodes.keys()].filter((id) => id in hints);
  for (const id of [...outer, ...blocks.keys()]) {
    const [column, row] = hints[id];
    const block = blocks.get(id);
    columns.need(column, block ? block.width + metrics.cellX / 2 : 0);
    rows.need(row, block ? block.height + metrics.cellY / 2 : 0);
  }

  /** @type {Map<string, Point>} */
  const nodes = new Map();
  /** @type {Map<string, Point[]>} */
  const bends = new Map();
  for (const id of outer) {
    const [column, row] = hints[id];
    nodes.set(id, { x: columns.middle(column), y: -(rows.start(row) + metrics.cellY / 2) });
  }
  for (const { id, source, target } of view.edges.values()) {
    if (!ways[id] || !(source in hints) || !(target in hints)) continue;
    bends.set(id, ways[id].map(([column, row]) => ({ x: columns.middle(column), y: -(rows.start(row) + metrics.cellY / 2) })));
  }
  for (const [id, block] of blocks) {
    const [column, row] = hints[id];
    const origin = {
      x: columns.middle(column),
      y: -(rows.start(row) + metrics.cellY / 2 + (block.upward ? 0 : (block.height - metrics.cellY) / 2)),
    };
    /** @param {Point} point */
    const shift = (point) => ({ x: origin.x + point.x, y: origin.y + point.y });
    for (const [inner, point] of block.nodes) nodes.set(inner, shift(point));
    for (const [edge, points] of block.bends) bends.set(edge, points.map(shift));
  }
  return {
    nodes,
    edges: route(view, nodes, bends),
    hulls: hullBoxes(view, nodes),
  };
}

/**
 * Boxes around what is inside each open scope, the inner ones first reckoned.
 *
 * @param {View} view
 * @param {Map<string, Point>} nodes
 * @returns {Map<string, Box>}
 */
export function hullBoxes(view, nodes) {
  /** @type {Map<string, Box>} */
  const hulls = new Map();
  for (const hull of [...view.hulls].reverse()) {
    const inside = [...view.nodes.values()]
      .filter((node) => node.parent === hull.id && nodes.has(node.id))
      .map((node) => boxAround(/** @type {Point} */ (nodes.get(node.id)), halfSize(node)));
    const within = view.hulls.flatMap((child) => (child.parent === hull.id ? [hulls.get(child.id)] : []));
    const box = bounds([...inside, ...within.filter((child) => child !== undefined)]);
    hulls.set(hull.id, {
      x: box.x - HULL_MARGIN,
      y: box.y - HULL_MARGIN - 16,
      width: box.width + 2 * HULL_MARGIN,
      height: box.height + 2 * HULL_MARGIN + 16,
    });
  }
  return new Map([...hulls].reverse());
}

/** Open scopes that no other open scope holds. @param {View} view */
function outermost(view) {
  const open = new Set(view.hulls.map((hull) => hull.id));
  return view.hulls.filter((hull) => !open.has(hull.parent)).map((hull) => hull.id);
}

/**
 * The inside of a scope that the figure places too, on a grid of its own.
 *
 * @param {Set<string>} inside
 * @param {GridHints} hints
 * @param {Point} cell
 * @returns {Block}
 */
function placeBlock(inside, hints, cell) {
  const places = [...inside].map((id) => hints[id]);
  const ends = (/** @type {0 | 1} */ axis) => [Math.min(...places.map((at) => at[axis])), Math.max(...places.map((at) => at[axis]))];
  const middle = (/** @type {0 | 1} */ axis) => (ends(axis)[0] + ends(axis)[1]) / 2;
  const size = (/** @type {0 | 1} */ axis) => ends(axis)[1] - ends(axis)[0] + 1;
  const centre = [middle(0), middle(1)];
  const nodes = [...inside].map((id) => {
    const [column, row] = hints[id];
    return /** @type {[string, Point]} */ ([id, { x: (column - centre[0]) * cell.x, y: -(row - centre[1]) * cell.y }]);
  });
  return {
    nodes: new Map(nodes),
    bends: new Map(),
    upward: false,
    width: size(0) * cell.x + HULL_MARGIN,
    height: size(1) * cell.y + HULL_MARGIN,
  };
}

/**
 * What flows out upwards in the figure flows upwards inside too; else the inside runs to the right.
 *
 * @param {View} view
 * @param {string} id
 * @param {GridHints} hints
 * @param {Point} cell
 * @returns {Block}
 */
function layBlock(view, id, hints, cell) {
  const inside = new Set([...view.nodes.keys()].filter((node) => view.enclosing(node).includes(id)));
  if (inside.size > 0 && [...inside].every((node) => node in hints)) return placeBlock(inside, hints, cell);
  const [column, row] = hints[id];
  const scope = view.hulls.find((hull) => hull.id === id);
  const upward = (scope?.outputs ?? []).some((output) => (hints[output]?.[1] ?? 0) > row);
  /** @type {Map<string, number>} */
  const anchors = new Map();
  /** @type {ViewEdge[]} */
  const edges = [];
  for (const edge of view.edges.values()) {
    if (!inside.has(edge.target)) continue;
    if (inside.has(edge.source)) edges.push(edge);
    else if (edge.source in hints) {
      const [sourceColumn, sourceRow] = hints[edge.source];
      anchors.set(edge.target, upward ? sourceColumn - column : sourceRow - row);
    }
  }
  const drawn = layered([...inside], edges, anchors);
  /** @param {Point} point */
  const turn = (point) =>
    upward
      ? { x: point.x * cell.x, y: -point.y * cell.y }
      : { x: (point.y - (drawn.ranks - 1) / 2) * cell.x, y: -point.x * cell.y };
  const exits = [...view.edges.values()].filter(({ source, target }) => inside.has(source) && !inside.has(target));
  const exit = turn(drawn.nodes.get(exits[0]?.source) ?? { x: 0, y: 0 });
  /** What flows out stands right below, or left of, where it flows to. @param {Point} point */
  const shift = (point) => {
    const { x, y } = turn(point);
    return upward ? { x: x - exit.x, y } : { x, y: y - exit.y };
  };
  const skew = 2 * Math.abs(upward ? exit.x : exit.y);
  const [across, along] = [drawn.slots, drawn.ranks];
  return {
    nodes: new Map([...drawn.nodes].map(([node, point]) => [node, shift(point)])),
    bends: new Map([...drawn.bends].map(([edge, points]) => [edge, points.map(shift)])),
    upward,
    width: (upward ? across : along) * cell.x + HULL_MARGIN + (upward ? skew : 0),
    height: (upward ? along : across) * cell.y + HULL_MARGIN + (upward ? 0 : skew),
  };
}

/** The columns, or the rows, of a grid whose cells can be wider than the rest. */
class Track {
  /** @param {number} size of a cell that needs no more */
  constructor(size) {
    this.size = size;
    /** @type {Map<number, number>} */
    this.larger = new Map();
  }

  /** @param {number} cell @param {number} size */
  need(cell, size) {
    if (size > Math.max(this.size, this.larger.get(cell) ?? 0)) this.larger.set(cell, size);
  }

  /** @param {number} cell */
  start(cell) {
    let start = (cell - 1) * this.size;
    for (const [at, size] of this.larger) if (at < cell) start += size - this.size;
    return start;
  }

  /** @param {number} cell */
  middle(cell) {
    return this.start(cell) + (this.larger.get(cell) ?? this.size) / 2;
  }
}

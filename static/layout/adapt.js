/**
 * An edited graph in the drawing of the one before it: what both have stays, what is new gets room where its
 * neighbours are, and what lies beyond it moves aside. Most edits are small, and a drawing that jumps has to be read
 * anew.
 *
 * @import {Box, Drawing, Layout, Point, View} from "../types.js"
 */
import { hullBoxes } from "./figure.js";
import { boxAround, clears, HALF_SIDE, halfSize, HULL_MARGIN } from "./geometry.js";
import { isSquare } from "./keep.js";
import { matchMarks } from "./match.js";
import { countAllCrossings, route } from "./route.js";

/** Distances for a drawing that shows none. */
const CELL = { x: 96, y: 104 };
/** Marks closer than this part of a cell are in each other's way. */
const CLOSE = 0.75;
/** A drawing that has more news than this part, or more than so many new marks, is better made anew. */
const NEWS = { part: 0.5, marks: 24 };
/** So is one in which so many more lines cross. */
const MORE_CROSSINGS = 1;

/** @typedef {{ from: number, by: number }} Cut what stands there or to the right of it is moved by so much */

/**
 * @param {View} view
 * @param {Drawing} before
 * @returns {Layout | null} null where the drawing is better made anew
 */
export function adapt(view, before) {
  const same = matchMarks(before.view, view);
  const news = [...view.nodes.keys()].filter((id) => !same.has(id));
  if (news.length > NEWS.marks || news.length > NEWS.part * view.nodes.size) return null;
  const cell = cellOf(before);
  /** @type {Map<string, Point>} */
  const old = new Map();
  for (const [id, known] of same) {
    const place = before.laid.nodes.get(known);
    if (!place) return null;
    old.set(id, place);
  }
  const nodes = new Map(old);
  /** Where the drawing was pulled apart or closed up, one after another. @type {Cut[]} */
  const cuts = [];
  closeGaps(nodes, before, new Set(same.values()), cell, cuts);
  const opened = new Set(view.hulls.map(({ id }) => id).filter((id) => !before.laid.hulls.has(id)));
  insert(view, nodes, new Set(news), cell, opened, cuts);
  if (isTangled(view, nodes, new Set(news), cell)) return null;

  /** @type {Layout["edges"]} */
  const kept = new Map();
  for (const { id, source, target } of view.edges.values()) {
    const points = before.laid.edges.get(`${same.get(source)}\u2192${same.get(target)}`);
    if (!points) continue;
    const ends = [source, target].map((end) => /** @type {Point} */ (nodes.get(end)).x - /** @type {Point} */ (old.get(end)).x);
    const inner = points.slice(1, -1).map(({ x, y }) => ({ x: cuts.reduce((at, { from, by }) => (at >= from - 1 ? at + by : at), x), y }));
    const [first, last] = [points[0], points[points.length - 1]];
    kept.set(id, [{ x: first.x + ends[0], y: first.y }, ...inner, { x: last.x + ends[1], y: last.y }]);
  }
  const boxes = news.map((id) => boxAround(/** @type {Point} */ (nodes.get(id)), HALF_SIDE));
  /** Lines are kept where nothing new stands in their way. @param {Point[] | undefined} points */
  const stays = (points) => points && boxes.every((box) => points.every((point, i) => i === 0 || clears(points[i - 1], point, box)));
  const fresh = new Map([...view.edges].filter(([id]) => !stays(kept.get(id))));
  const routed = route({ ...view, edges: fresh }, nodes, new Map(), isSquare(before.laid) ? "square" : "straight");
  const edges = new Map([...view.edges.keys()].map((id) => [id, /** @type {Point[]} */ (routed.get(id) ?? kept.get(id))]));
  const drawn = { nodes: new Map([...view.nodes.keys()].map((id) => [id, /** @type {Point} */ (nodes.get(id))])), edges, hulls: hullBoxes(view, nodes) };
  return isSpoilt(view, drawn) || countAllCrossings(drawn) > countAllCrossings(before.laid) + MORE_CROSSINGS ? null : drawn;
}

/**
 * How far apart neighbours stand in a drawing where nothing has pushed them apart.
 *
 * @param {Drawing} drawing
 * @returns {Point}
 */
function cellOf({ view, laid }) {
  /** @type {number[]} */
  const across = [];
  /** @type {number[]} */
  const up = [];
  for (const { source, target } of view.edges.values()) {
    const [from, to] = [laid.nodes.get(source), laid.nodes.get(target)];
    if (!from || !to) continue;
    const { x, y } = minus(to, from);
    if (Math.abs(y) < 1 && Math.abs(x) > HALF_SIDE) across.push(Math.abs(x));
    if (Math.abs(x) < 1 && Math.abs(y) > HALF_SIDE) up.push(Math.abs(y));
  }
  return { x: quartile(across) ?? CELL.x, y: quartile(up) ?? CELL.y };
}

/**
 * Where marks have gone and left a column empty, what is to the right of it comes closer.
 *
 * @param {Map<string, Point>} nodes moved in place
 * @param {Drawing} before
 * @param {Set<string>} stay marks before that are there still
 * @param {Point} cell
 * @param {Cut[]} cuts added to in place
 */
function closeGaps(nodes, { laid }, stay, cell, cuts) {
  const gone = [...laid.nodes].filter(([id]) => !stay.has(id)).map(([, { x }]) => x);
  const columns = [...new Set([...nodes.values()].map(({ x }) => x))].sort((a, b) => b - a);
  for (let i = 1; i < columns.length; i += 1) {
    const [right, left] = [columns[i - 1], columns[i]];
    const spare = right - left - cell.x;
    if (spare < cell.x / 2 || !gone.some((x) => x > left + 1 && x < right - 1)) continue;
    shift(nodes, right, -spare, cuts);
  }
}

/**
 * @param {View} view
 * @param {Map<string, Point>} nodes added to in place
 * @param {Set<string>} news
 * @param {Point} cell
 * @param {Set<string>} opened scopes that were not open before, whose borders need room
 * @param {Cut[]} cuts added to in place
 */
function insert(view, nodes, news, cell, opened, cuts) {
  /** @type {Map<string, string[]>} */
  const before = new Map();
  /** @type {Map<string, string[]>} */
  const after = new Map();
  for (const { source, target } of view.edges.values()) {
    before.set(target, [...(before.get(target) ?? []), source]);
    after.set(source, [...(after.get(source) ?? []), target]);
  }
  const isLeaf = (/** @type {string} */ id) => !before.has(id);
  for (const chain of chains(view, news, before, after)) {
    const levels = levelsOf(chain, before);
    const count = Math.max(...levels.values());
    const within = new Set(chain);
    const room = opened.has(view.nodes.get(chain[0])?.parent ?? "") ? HULL_MARGIN : 0;
    const known = (/** @type {string[]} */ ids) => ids.filter((id) => !within.has(id) && nodes.has(id)).map((id) => /** @type {Point} */ (nodes.get(id)));
    const coming = known(chain.flatMap((id) => before.get(id) ?? []).filter((id) => !isLeaf(id)));
    const others = known(chain.flatMap((id) => before.get(id) ?? []));
    const start = rightmost(coming.length > 0 ? coming : others);
    const going = known(chain.flatMap((id) => after.get(id) ?? [])).filter(({ x }) => !start || x > start.x);
    const end = going.sort((a, b) => a.x - b.x)[0];
    const from = start ?? (end ? { x: end.x - cell.x, y: end.y } : { x: 0, y: 0 });
    if (end && start) shift(nodes, end.x, Math.max(0, (count + 1) * cell.x + 2 * room - (end.x - start.x)), cuts);
    for (const id of chain) {
      nodes.set(id, free(nodes, { x: from.x + room + (levels.get(id) ?? 1) * cell.x, y: from.y }, cell));
    }
  }
  for (const id of news) {
    if (!isLeaf(id)) continue;
    const reader = (after.get(id) ?? []).map((target) => nodes.get(target)).find((place) => place !== undefined);
    const place = reader ? { x: reader.x, y: reader.y - cell.y } : { x: 0, y: 0 };
    nodes.set(id, free(nodes, place, cell));
  }
}

/**
 * The new marks that hang together, in the order of the program; leaves are left to the mark that reads them.
 *
 * @param {View} view
 * @param {Set<string>} news
 * @param {Map<string, string[]>} before
 * @param {Map<string, string[]>} after
 */
function chains(view, news, before, after) {
  const waiting = new Set([...view.nodes.keys()].filter((id) => news.has(id) && before.has(id)));
  /** @type {string[][]} */
  const found = [];
  for (const id of waiting) {
    const chain = new Set([id]);
    for (const one of chain) {
      for (const other of [...(before.get(one) ?? []), ...(after.get(one) ?? [])]) if (waiting.has(other)) chain.add(other);
    }
    for (const one of chain) waiting.delete(one);
    found.push([...view.nodes.keys()].filter((one) => chain.has(one)));
  }
  return found;
}

/** @param {string[]} chain in topological order @param {Map<string, string[]>} before */
function levelsOf(chain, before) {
  /** @type {Map<string, number>} */
  const levels = new Map();
  for (const id of chain) levels.set(id, 1 + Math.max(0, ...(before.get(id) ?? []).map((source) => levels.get(source) ?? 0)));
  return levels;
}

/**
 * Moves what stands at `from` or to the right of it.
 *
 * @param {Map<string, Point>} nodes
 * @param {number} from
 * @param {number} by
 * @param {Cut[]} cuts
 */
function shift(nodes, from, by, cuts) {
  if (by === 0) return;
  cuts.push({ from, by });
  for (const [id, { x, y }] of nodes) if (x >= from - 1) nodes.set(id, { x: x + by, y });
}

/** The place, or the next one above or below it where nothing stands. @param {Map<string, Point>} nodes @param {Point} place @param {Point} cell */
function free(nodes, place, cell) {
  const isFree = (/** @type {Point} */ at) => [...nodes.values()].every((other) => !isClose(at, other, cell));
  for (let i = 0; i < 12; i += 1) {
    const at = { x: place.x, y: place.y + (i % 2 === 1 ? -1 : 1) * Math.ceil(i / 2) * cell.y };
    if (isFree(at)) return at;
  }
  return place;
}

/**
 * Whether marks overlap, or new arrows run back against the drawing's direction.
 *
 * @param {View} view
 * @param {Map<string, Point>} nodes
 * @param {Set<string>} news
 * @param {Point} cell
 */
function isTangled(view, nodes, news, cell) {
  const places = [...nodes.values()];
  const overlap = places.some((a, i) => places.slice(i + 1).some((b) => isClose(a, b, cell)));
  const back = [...view.edges.values()].some(({ source, target }) => {
    if (!news.has(source) && !news.has(target)) return false;
    const way = minus(/** @type {Point} */ (nodes.get(target)), /** @type {Point} */ (nodes.get(source)));
    return way.x < -1 && Math.abs(way.y) < 1;
  });
  return overlap || back;
}

/**
 * Whether an open scope's border is in the way of marks outside it or of another's, or a line runs through a mark.
 *
 * @param {View} view
 * @param {Layout} layout
 */
function isSpoilt(view, { nodes, edges, hulls }) {
  const boxes = [...view.nodes.values()].map((node) => ({ node, box: boxAround(/** @type {Point} */ (nodes.get(node.id)), halfSize(node)) }));
  const through = [...view.edges.values()].some(({ id, source, target }) => {
    const line = /** @type {Point[]} */ (edges.get(id));
    return boxes.some(({ node, box }) => node.id !== source && node.id !== target && !line.every((point, i) => i === 0 || clears(line[i - 1], point, box)));
  });
  const caught = [...hulls].some(([id, hull]) => boxes.some(({ node, box }) => overlap(hull, box) && !view.enclosing(node.id).includes(id)));
  const within = (/** @type {string} */ inner, /** @type {string} */ outer) => inner.startsWith(`${outer}.`);
  const touching = [...hulls].some(([id, hull]) => [...hulls].some(([other, box]) => id < other && overlap(hull, box) && !within(id, other) && !within(other, id)));
  return through || caught || touching;
}

/** @param {Box} a @param {Box} b */
function overlap(a, b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** @param {Point} a @param {Point} b @param {Point} cell */
function isClose(a, b, cell) {
  return Math.abs(a.x - b.x) < CLOSE * cell.x && Math.abs(a.y - b.y) < CLOSE * cell.y;
}

/** @param {Point[]} places @returns {Point | undefined} */
function rightmost(places) {
  return [...places].sort((a, b) => b.x - a.x)[0];
}

/** @param {Point} a @param {Point} b */
function minus(a, b) {
  return { x: a.x - b.x, y: a.y - b.y };
}

/** @param {number[]} numbers @returns {number | undefined} */
function quartile(numbers) {
  return numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 4)];
}

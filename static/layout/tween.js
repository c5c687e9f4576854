/**
 * The way from one layout to another: what stays moves, what appears comes out of the scope that was opened,
 * what goes returns into the scope that was closed.
 *
 * @import {Box, Layout, Point, View} from "../types.js"
 */

/** Points that a line in motion is drawn with. */
const SAMPLES = 24;

/**
 * @typedef {object} Frame
 * @property {Map<string, Point & { opacity: number }>} nodes
 * @property {Map<string, { points: Point[], opacity: number }>} edges
 * @property {Map<string, Box & { opacity: number }>} hulls
 */

/**
 * @typedef {object} Picture
 * @property {View} view
 * @property {Layout} layout
 */

/**
 * @param {Picture} start
 * @param {Picture} end
 * @returns {(t: number) => Frame} t from 0 to 1, both included
 */
export function tweenLayouts(start, end) {
  const [before, after] = [start.layout, end.layout];
  const nodes = [...union(before.nodes, after.nodes)].map((id) => {
    const first = before.nodes.get(id) ?? placeOf(end.view.enclosing(id), before);
    const last = after.nodes.get(id) ?? placeOf(start.view.enclosing(id), after);
    return { id, from: first ?? last, to: last ?? first, fade: fade(before.nodes, after.nodes, id) };
  });
  const ways = new Map(nodes.map(({ id, from, to }) => [id, { from, to }]));
  const edges = [...union(before.edges, after.edges)].map((id) => {
    const first = before.edges.get(id);
    const last = after.edges.get(id);
    const known = first ?? last ?? [];
    const edge = start.view.edges.get(id) ?? end.view.edges.get(id);
    const [source, target] = [ways.get(edge?.source ?? ""), ways.get(edge?.target ?? "")];
    return {
      id,
      from: first ? resample(first, SAMPLES) : carried(known, source?.to, source?.from, target?.to, target?.from),
      to: last ? resample(last, SAMPLES) : carried(known, source?.from, source?.to, target?.from, target?.to),
      fade: fade(before.edges, after.edges, id),
    };
  });
  const hulls = [...union(before.hulls, after.hulls)].map((id) => {
    const first = before.hulls.get(id) ?? pointBox(before.nodes.get(id));
    const last = after.hulls.get(id) ?? pointBox(after.nodes.get(id));
    return { id, from: first ?? last, to: last ?? first, fade: fade(before.hulls, after.hulls, id) };
  });

  return (t) => {
    if (t >= 1) return still(after);
    /** @type {Frame} */
    const frame = { nodes: new Map(), edges: new Map(), hulls: new Map() };
    for (const { id, from, to, fade: opacity } of nodes) {
      if (from && to) frame.nodes.set(id, { ...mix(from, to, t), opacity: opacity(t) });
    }
    for (const { id, from, to, fade: opacity } of edges) {
      frame.edges.set(id, { points: from.map((point, i) => mix(point, to[i], t)), opacity: opacity(t) });
    }
    for (const { id, from, to, fade: opacity } of hulls) {
      if (!from || !to) continue;
      const width = from.width + t * (to.width - from.width);
      const height = from.height + t * (to.height - from.height);
      frame.hulls.set(id, { ...mix(from, to, t), width, height, opacity: opacity(t) });
    }
    return frame;
  };
}

/** @param {Layout} layout @returns {Frame} */
export function still(layout) {
  return {
    nodes: new Map([...layout.nodes].map(([id, point]) => [id, { ...point, opacity: 1 }])),
    edges: new Map([...layout.edges].map(([id, points]) => [id, { points, opacity: 1 }])),
    hulls: new Map([...layout.hulls].map(([id, box]) => [id, { ...box, opacity: 1 }])),
  };
}

/**
 * Points at equal distances along a polyline, its ends among them.
 *
 * @param {Point[]} points
 * @param {number} count
 * @returns {Point[]}
 */
export function resample(points, count) {
  const lengths = [0];
  for (let i = 1; i < points.length; i += 1) {
    lengths.push(lengths[i - 1] + Math.hypot(points[i].x - points[i - 1].x, points[i].y - points[i - 1].y));
  }
  const total = lengths[lengths.length - 1];
  let at = 1;
  return Array.from({ length: count }, (_, k) => {
    const goal = (total * k) / (count - 1);
    while (at < points.length - 1 && lengths[at] < goal) at += 1;
    const span = lengths[at] - lengths[at - 1];
    return mix(points[at - 1], points[at], span === 0 ? 0 : (goal - lengths[at - 1]) / span);
  });
}

/**
 * A line whose ends have gone along with its marks.
 *
 * @param {Point[]} points
 * @param {Point | undefined} source where it was
 * @param {Point | undefined} newSource
 * @param {Point | undefined} target
 * @param {Point | undefined} newTarget
 */
function carried(points, source, newSource, target, newTarget) {
  const nowhere = { x: 0, y: 0 };
  const first = source && newSource ? { x: newSource.x - source.x, y: newSource.y - source.y } : nowhere;
  const last = target && newTarget ? { x: newTarget.x - target.x, y: newTarget.y - target.y } : nowhere;
  return resample(points, SAMPLES).map((point, i) => {
    const shift = mix(first, last, i / (SAMPLES - 1));
    return { x: point.x + shift.x, y: point.y + shift.y };
  });
}

/** @param {Map<string, unknown>} a @param {Map<string, unknown>} b */
function union(a, b) {
  return new Set([...a.keys(), ...b.keys()]);
}

/** @param {Map<string, unknown>} before @param {Map<string, unknown>} after @param {string} id @returns {(t: number) => number} */
function fade(before, after, id) {
  if (!before.has(id)) return (t) => t;
  if (!after.has(id)) return (t) => 1 - t;
  return () => 1;
}

/** @param {string[]} scopes innermost first @param {Layout} layout @returns {Point | undefined} */
function placeOf(scopes, layout) {
  for (const scope of scopes) {
    const place = layout.nodes.get(scope) ?? middle(layout.hulls.get(scope));
    if (place) return place;
  }
  return undefined;
}

/** @param {Box | undefined} box @returns {Point | undefined} */
function middle(box) {
  return box && { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** @param {Point | undefined} point @returns {Box | undefined} */
function pointBox(point) {
  return point && { x: point.x, y: point.y, width: 0, height: 0 };
}

/** @param {Point} a @param {Point} b @param {number} t @returns {Point} */
function mix(a, b, t) {
  return { x: a.x + t * (b.x - a.x), y: a.y + t * (b.y - a.y) };
}

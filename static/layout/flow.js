/**
 * The general layout: data runs to the right along a base line, and what an operator takes from its own
 * parameter, target or constant comes down from a square right above it. ELK does the rest, in a worker of its
 * own; this module writes the question and reads the answer.
 *
 * @import {ElkEdgeSection, ElkExtendedEdge, ElkNode, ElkPort} from "elkjs/lib/elk-api.js"
 * @import {Layout, Metrics, Point, View, ViewEdge, ViewNode} from "../types.js"
 */
import { clip, HALF_SIDE, halfSize, HULL_MARGIN, RADIUS } from "./geometry.js";

const GAP = 16;

/**
 * @typedef {object} Question
 * @property {ElkNode} root
 * @property {Map<string, string[]>} satellites squares above an operator, from left to right
 */

/**
 * ELK counts y downwards and we draw the answer upside down, so that what was declared first is lowest.
 *
 * @param {View} view
 * @param {Metrics} metrics
 * @returns {Question}
 */
export function ask(view, metrics) {
  const satellites = findSatellites(view);
  const held = new Map([...satellites].flatMap(([operator, ids]) => ids.map((id) => [id, operator])));
  /** @type {Map<string, ElkNode>} */
  const parents = new Map();
  /** @type {ElkNode} */
  const root = {
    id: "",
    layoutOptions: {
      "elk.algorithm": "layered",
      "elk.direction": "RIGHT",
      "elk.edgeRouting": "ORTHOGONAL",
      "elk.hierarchyHandling": "INCLUDE_CHILDREN",
      "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES",
      "elk.layered.nodePlacement.strategy": "NETWORK_SIMPLEX",
      "elk.layered.nodePlacement.favorStraightEdges": "true",
      "elk.layered.spacing.nodeNodeBetweenLayers": String(metrics.cellX - 2 * RADIUS - 8),
      "elk.layered.spacing.edgeNodeBetweenLayers": "24",
      "elk.layered.spacing.edgeEdgeBetweenLayers": "16",
      "elk.spacing.nodeNode": String(metrics.cellY - 2 * HALF_SIDE),
      "elk.spacing.edgeNode": "24",
      "elk.spacing.edgeEdge": "16",
      "elk.padding": "[top=0,left=0,bottom=0,right=0]",
    },
    children: [],
    edges: [],
  };
  parents.set("", root);
  for (const hull of view.hulls) {
    /** @type {ElkNode} */
    const child = {
      id: hull.id,
      layoutOptions: {
        "elk.padding": `[top=${HULL_MARGIN},left=${HULL_MARGIN},bottom=${HULL_MARGIN + 16},right=${HULL_MARGIN}]`,
      },
      children: [],
    };
    (parents.get(hull.parent) ?? root).children?.push(child);
    parents.set(hull.id, child);
  }
  const edges = [...view.edges.values()].filter((edge) => !held.has(edge.source));
  for (const node of view.nodes.values()) {
    if (held.has(node.id)) continue;
    const above = satellites.get(node.id);
    const half = halfSize(node);
    const child = above
      ? cluster(node, above, edges, metrics)
      : { id: node.id, width: 2 * half, height: 2 * half };
    (parents.get(node.parent) ?? root).children?.push(child);
  }
  root.edges = edges.map((edge) => ({
    id: edge.id,
    sources: [satellites.has(edge.source) ? outPort(edge) : edge.source],
    targets: [satellites.has(edge.target) ? inPort(edge) : edge.target],
  }));
  return { root, satellites };
}

/**
 * @param {View} view
 * @param {Question} question
 * @param {ElkNode} answer
 * @param {Metrics} metrics
 * @returns {Layout}
 */
export function read(view, { satellites }, answer, metrics) {
  /** @type {Layout} */
  const layout = { nodes: new Map(), edges: new Map(), hulls: new Map() };
  /** @type {Map<string, Point>} */
  const corners = new Map([["", { x: 0, y: 0 }]]);
  const pending = [{ parent: answer, x: 0, y: 0 }];
  for (let item = pending.pop(); item; item = pending.pop()) {
    for (const child of item.parent.children ?? []) {
      const corner = { x: item.x + (child.x ?? 0), y: item.y + (child.y ?? 0) };
      const [width, height] = [child.width ?? 0, child.height ?? 0];
      corners.set(child.id, corner);
      if (child.children) {
        layout.hulls.set(child.id, { x: corner.x, y: -corner.y - height, width, height });
        pending.push({ parent: child, ...corner });
        continue;
      }
      const above = satellites.get(child.id);
      const centre = { x: corner.x + width / 2, y: -corner.y - (above ? RADIUS : height / 2) };
      layout.nodes.set(child.id, centre);
      above?.forEach((id, i) => {
        const x = centre.x + (i - (above.length - 1) / 2) * (2 * HALF_SIDE + GAP);
        layout.nodes.set(id, { x, y: centre.y - metrics.cellY });
      });
    }
  }
  /** @type {Map<string, Point[]>} */
  const lines = new Map();
  for (const edge of answer.edges ?? []) {
    const corner = corners.get(/** @type {ElkExtendedEdge & { container?: string }} */ (edge).container ?? "");
    lines.set(edge.id, polyline(edge.sections?.[0], corner ?? { x: 0, y: 0 }));
  }
  for (const edge of view.edges.values()) {
    const [source, target] = [end(view, layout, edge.source), end(view, layout, edge.target)];
    const line = lines.get(edge.id);
    const points = line ? throughCentres(line, source, target) : [source.centre, target.centre];
    layout.edges.set(edge.id, clip(points, source, target));
  }
  return layout;
}

/**
 * Parameters, targets and constants that one operator alone reads stand above it. Its first input stays on the
 * base line unless other data arrives there.
 *
 * @param {View} view
 */
function findSatellites(view) {
  /** @type {Map<string, ViewEdge[]>} */
  const inputs = new Map();
  /** @type {Map<string, number>} */
  const uses = new Map();
  const made = new Set();
  for (const edge of view.edges.values()) {
    const known = inputs.get(edge.target);
    if (known) known.push(edge);
    else inputs.set(edge.target, [edge]);
    uses.set(edge.source, (uses.get(edge.source) ?? 0) + 1);
    made.add(edge.target);
  }
  /** @type {Map<string, string[]>} */
  const satellites = new Map();
  for (const [operator, edges] of inputs) {
    const parent = view.nodes.get(operator)?.parent;
    const above = edges.filter(({ source }) => {
      const node = view.nodes.get(source);
      return (
        node?.role && node.role !== "input" && !made.has(source) && uses.get(source) === 1 && node.parent === parent
      );
    });
    if (above.length === edges.length) above.shift();
    if (above.length > 0) satellites.set(operator, above.map((edge) => edge.source));
  }
  return satellites;
}

/**
 * An operator and the squares above it as one box, whose ports are at the operator's height.
 *
 * @param {ViewNode} node
 * @param {string[]} above
 * @param {ViewEdge[]} edges
 * @param {Metrics} metrics
 * @returns {ElkNode}
 */
function cluster(node, above, edges, metrics) {
  const width = Math.max(2 * RADIUS, above.length * (2 * HALF_SIDE + GAP) - GAP);
  /** @param {string[]} ids @param {"WEST" | "EAST"} side @returns {ElkPort[]} */
  const ports = (ids, side) =>
    ids.map((id, i) => ({
      id,
      width: 0,
      height: 0,
      x: side === "WEST" ? 0 : width,
      y: RADIUS + (i - (ids.length - 1) / 2) * (RADIUS / Math.max(1, ids.length - 1)),
      layoutOptions: { "elk.port.side": side },
    }));
  const coming = edges.filter((edge) => edge.target === node.id).map(inPort);
  const going = edges.filter((edge) => edge.source === node.id).map(outPort);
  return {
    id: node.id,
    width,
    height: RADIUS + metrics.cellY + HALF_SIDE,
    ports: [...ports(coming, "WEST"), ...ports(going, "EAST")],
    layoutOptions: { "elk.portConstraints": "FIXED_POS" },
  };
}

/** @param {ViewEdge} edge */
function inPort(edge) {
  return `in ${edge.id}`;
}

/** @param {ViewEdge} edge */
function outPort(edge) {
  return `out ${edge.id}`;
}

/** @param {ElkEdgeSection | undefined} section @param {Point} corner @returns {Point[]} */
function polyline(section, corner) {
  if (!section) return [];
  return [section.startPoint, ...(section.bendPoints ?? []), section.endPoint].map((point) => ({
    x: corner.x + point.x,
    y: -(corner.y + point.y),
  }));
}

/** @param {View} view @param {Layout} layout @param {string} id */
function end(view, layout, id) {
  const node = /** @type {ViewNode} */ (view.nodes.get(id));
  return { kind: node.kind, centre: /** @type {Point} */ (layout.nodes.get(id)) };
}

/**
 * ELK ends a line at a box; here it goes on, level, to below or above the centre of the mark.
 *
 * @param {Point[]} line
 * @param {{ centre: Point }} source
 * @param {{ centre: Point }} target
 * @returns {Point[]}
 */
function throughCentres(line, source, target) {
  if (line.length < 2) return [source.centre, target.centre];
  const [first, last] = [line[0], line[line.length - 1]];
  return [{ x: source.centre.x, y: first.y }, ...line.slice(1, -1), { x: target.centre.x, y: last.y }];
}

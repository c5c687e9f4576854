/**
 * The general layout: data runs to the right along a base line, and what an operator takes from its own
 * parameter, target or constant comes down from a square right above it. ELK does the rest, in a worker of its
 * own; this module writes the question and reads the answer.
 *
 * @import {ElkEdgeSection, ElkExtendedEdge, ElkNode, ElkPort} from "elkjs/lib/elk-api.js"
 * @import {Drawing, Layout, Metrics, Point, View, ViewEdge, ViewNode} from "../types.js"
 */
import ELK from "elkjs/lib/elk-api.js";
import { clip, HALF_SIDE, halfSize, HULL_MARGIN, RADIUS } from "./geometry.js";
import { gather, scatter } from "./group.js";
import { rank } from "./layered.js";
import { placesIn } from "./match.js";
import { countAllCrossings } from "./route.js";
import { findFaults } from "./rules.js";
import { bundle } from "./trunk.js";
import { wrap } from "./wrap.js";

const GAP = 16;
/** Lines that meet a mark on the same side do so this far apart, or closer where there are many. */
const PORT_DISTANCE = 14;
/** Lines from squares above an operator come together so far below the squares. */
const TRUNK = 14;

/** @typedef {{ elk: InstanceType<typeof ELK>, lost: Promise<never> }} Started a worker, and its end if it cannot be had */

/** All graphs of a page ask the same worker. @type {Map<string, Started>} */
const workers = new Map();

/**
 * @typedef {object} Question
 * @property {ElkNode} root
 * @property {Map<string, string[]>} satellites squares above an operator, from left to right
 */

/**
 * @param {string} workerUrl where ELK itself is; it is loaded when a first layout is asked for
 * @returns {(view: View, metrics: Metrics, before?: Drawing | null) => Promise<Layout>}
 */
export function createFlow(workerUrl) {
  const { elk, lost } = workers.get(workerUrl) ?? start(workerUrl);
  return async (view, metrics, before) => {
    const layout = await layFlow((root) => Promise.race([elk.layout(root), lost]), view, metrics, before);
    return metrics.room ? wrap(view, layout, metrics.room) : layout;
  };
}

/**
 * Where lines cross, ELK is asked in which order they would best arrive at their marks, and then once more with that
 * order: left to itself it would not have the main line arrive at the middle.
 *
 * @param {(root: ElkNode) => Promise<ElkNode>} elk
 * @param {View} view
 * @param {Metrics} metrics
 * @param {Drawing | null} [before] what was drawn before: what was above something there stays above it
 * @returns {Promise<Layout>}
 */
export async function layFlow(elk, view, metrics, before) {
  const places = before ? placesIn(view, before) : undefined;
  const { view: asked, groups } = gather(view);
  /** @param {Map<string, string[]> | "any"} [arrivals] */
  const put = async (arrivals) => {
    const question = ask(asked, metrics, { arrivals, places, groups });
    return { question, answer: await elk(question.root) };
  };
  /** Lines are put together only where that breaks no rule. @param {{ question: Question, answer: ElkNode }} put */
  const draw = ({ question, answer }) => {
    const apart = read(asked, question, answer, metrics);
    const together = scatter(view, groups, bundle(asked, apart));
    return findFaults(view, together).length === 0 ? together : scatter(view, groups, apart);
  };
  const layout = draw(await put());
  const crossings = countAllCrossings(layout);
  if (crossings === 0) return layout;
  const other = draw(await put(readArrivals((await put("any")).answer)));
  const isBetter = findFaults(view, other).length <= findFaults(view, layout).length && countAllCrossings(other) < crossings;
  return isBetter ? other : layout;
}

/** @param {string} workerUrl @returns {Started} */
function start(workerUrl) {
  /** @type {(reason: unknown) => void} */
  let lose = () => {};
  /** Rejected when the worker cannot be had. @type {Promise<never>} */
  const lost = new Promise((_, reject) => (lose = reject));
  lost.catch(() => workers.delete(workerUrl));
  const elk = new ELK({
    workerUrl,
    workerFactory(url) {
      const worker = new Worker(/** @type {string} */ (url));
      worker.addEventListener("error", lose);
      return worker;
    },
  });
  const started = { elk, lost };
  workers.set(workerUrl, started);
  return started;
}

/**
 * ELK counts y downwards and we draw the answer upside down, so that what was declared first is lowest.
 *
 * @param {View} view
 * @param {Metrics} metrics
 * @param {object} [known]
 * @param {Map<string, string[]> | "any"} [known.arrivals] at each mark the ports of the lines that arrive there, in
 *   ELK's order; without it, the main line at the middle and the others to both sides of it
 * @param {Map<string, Point>} [known.places] where marks and open scopes were before
 * @param {Map<string, import("./group.js").Group>} [known.groups] marks that stand for several squares
 * @returns {Question}
 */
export function ask(view, metrics, { arrivals, places = new Map(), groups = new Map() } = {}) {
  const satellites = findSatellites(view);
  const held = new Map([...satellites].flatMap(([operator, ids]) => ids.map((id) => [id, operator])));
  /** @type {Map<string, ElkNode>} */
  const parents = new Map();
  /** @type {Record<string, string>} */
  const kept = places.size > 0 ? { "elk.layered.crossingMinimization.semiInteractive": "true" } : {};
  /** @param {string} id @returns {Record<string, string>} */
  const placed = (id) => {
    const place = places.get(id);
    return place ? { "elk.position": `(${place.x},${-place.y})` } : {};
  };
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
      "elk.layered.spacing.edgeNodeBetweenLayers": "20",
      "elk.layered.spacing.edgeEdgeBetweenLayers": "12",
      "elk.spacing.nodeNode": String(metrics.cellY - 2 * HALF_SIDE),
      "elk.spacing.edgeNode": "18",
      "elk.spacing.edgeEdge": "12",
      "elk.padding": "[top=0,left=0,bottom=0,right=0]",
      ...kept,
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
        ...kept,
        ...placed(hull.id),
      },
      children: [],
    };
    (parents.get(hull.parent) ?? root).children?.push(child);
    parents.set(hull.id, child);
  }
  const edges = [...view.edges.values()].filter((edge) => !held.has(edge.source));
  const { coming, going } = sortEdges(view, edges);
  for (const node of view.nodes.values()) {
    if (held.has(node.id)) continue;
    const above = satellites.get(node.id) ?? [];
    const known = (coming.get(node.id) ?? []).map(inPort);
    const order = (arrivals !== "any" && arrivals?.get(node.id)) || toBothSides(known);
    const group = groups.get(node.id);
    const child = group ? groupBox(group) : box(node, above, order, known[0], (going.get(node.id) ?? []).length > 0, metrics);
    child.layoutOptions = { "elk.portConstraints": arrivals === "any" ? "FIXED_SIDE" : "FIXED_POS", ...placed(node.id) };
    (parents.get(node.parent) ?? root).children?.push(child);
  }
  root.edges = edges.map((edge) => {
    const isMain = coming.get(edge.target)?.[0] === edge && going.get(edge.source)?.[0] === edge;
    return {
      id: edge.id,
      sources: [outPort(edge.source)],
      targets: [inPort(edge)],
      layoutOptions: { "elk.layered.priority.straightness": isMain ? "10" : "0" },
    };
  });
  return { root, satellites };
}

/** The first in the middle, the others below and above it in turn. @param {string[]} ids */
function toBothSides(ids) {
  return ids.reduce((/** @type {string[]} */ row, id, i) => (i % 2 === 1 ? [...row, id] : [id, ...row]), []);
}

/** In which order lines arrive at each mark. @param {ElkNode} answer */
function readArrivals(answer) {
  /** @type {Map<string, string[]>} */
  const arrivals = new Map();
  const pending = [answer];
  for (let node = pending.pop(); node; node = pending.pop()) {
    const ports = (node.ports ?? []).filter(({ id }) => id.startsWith("in "));
    if (ports.length > 1) arrivals.set(node.id, ports.sort((a, b) => (a.y ?? 0) - (b.y ?? 0)).map(({ id }) => id));
    pending.push(...(node.children ?? []));
  }
  return arrivals;
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
      const above = satellites.get(child.id) ?? [];
      const centre = { x: corner.x + width - (above.length > 0 || width > 2 * HALF_SIDE ? HALF_SIDE : width / 2), y: -corner.y - (above.length > 0 ? RADIUS : height / 2) };
      layout.nodes.set(child.id, centre);
      above.forEach((id, i) => {
        const x = centre.x + (i - (above.length - 1)) * (2 * HALF_SIDE + GAP);
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
    const points = line ? throughCentres(line, source, target) : fromAbove(source.centre, target.centre);
    layout.edges.set(edge.id, clip(points, source, target));
  }
  return layout;
}

/**
 * Parameters, targets and constants that one operator alone reads stand above it, or above it and to the left. Its first input stays on the
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
 * The edges at each node, the main one first: in from what took longest to compute, out to what comes next. The
 * main edges make the base line.
 *
 * @param {View} view
 * @param {ViewEdge[]} edges
 */
function sortEdges(view, edges) {
  const ranks = rank([...view.nodes.keys()], edges);
  const rankOf = (/** @type {string} */ id) => ranks.get(id) ?? 0;
  /** @type {Map<string, ViewEdge[]>} */
  const coming = new Map();
  /** @type {Map<string, ViewEdge[]>} */
  const going = new Map();
  for (const edge of edges) {
    coming.set(edge.target, [...(coming.get(edge.target) ?? []), edge]);
    going.set(edge.source, [...(going.get(edge.source) ?? []), edge]);
  }
  for (const list of coming.values()) list.sort((a, b) => rankOf(b.source) - rankOf(a.source));
  for (const list of going.values()) list.sort((a, b) => rankOf(a.target) - rankOf(b.target));
  return { coming, going };
}

/** @param {import("./group.js").Group} group @returns {ElkNode} */
function groupBox({ id, width, height }) {
  return { id, width, height, ports: [{ id: outPort(id), width: 0, height: 0, x: width, y: height / 2, layoutOptions: { "elk.port.side": "EAST" } }] };
}

/**
 * A mark and the squares above it as one box, whose ports are at the mark's height: the main line arrives at its
 * middle, the others above and below it, and all that leave go out together.
 *
 * @param {ViewNode} node
 * @param {string[]} above
 * @param {string[]} arriving
 * @param {string} main which of them
 * @param {boolean} leaving
 * @param {Metrics} metrics
 * @returns {ElkNode}
 */
function box(node, above, arriving, main, leaving, metrics) {
  const half = halfSize(node);
  const width = Math.max(2 * half, above.length * (2 * HALF_SIDE + GAP) - GAP);
  const at = arriving.indexOf(main);
  const distance = Math.min(PORT_DISTANCE, (half - 8) / Math.max(1, at, arriving.length - 1 - at));
  /** @param {string} id @param {"WEST" | "EAST"} side @param {number} y @returns {ElkPort} */
  const port = (id, side, y) => ({
    id,
    width: 0,
    height: 0,
    x: side === "WEST" ? 0 : width,
    y,
    layoutOptions: { "elk.port.side": side },
  });
  const ports = arriving.map((id, i) => port(id, "WEST", half + (i - at) * distance));
  if (leaving) ports.push(port(outPort(node.id), "EAST", half));
  return {
    id: node.id,
    width,
    height: above.length > 0 ? half + metrics.cellY + HALF_SIDE : 2 * half,
    ports,
  };
}

/** @param {ViewEdge} edge */
function inPort(edge) {
  return `in ${edge.id}`;
}

/** @param {string} source */
function outPort(source) {
  return `out ${source}`;
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

/** From a square above a mark down to it; those beside the middle one join its line. @param {Point} from @param {Point} to @returns {Point[]} */
function fromAbove(from, to) {
  if (Math.abs(from.x - to.x) < 1) return [from, to];
  const y = from.y + HALF_SIDE + TRUNK;
  return [from, { x: from.x, y }, { x: to.x, y }, to];
}

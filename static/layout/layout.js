/**
 * Finds a layout for a view: the example's own figure where there is one, else ELK in a worker, and plain layers for
 * graphs on which ELK would take too long or run out of stack. The picture that it follows, with what is new in it, is
 * kept where that is as good to read as a drawing made afresh.
 *
 * @import {Drawing, GridHints, Layout, Metrics, View} from "../types.js"
 */
import { figureLayout, fitsFigure } from "./figure.js";
import { hairpin, unturn } from "./hairpin.js";
import { layersLayout } from "./lines.js";
import { countAllCrossings } from "./route.js";
import { findFaults } from "./rules.js";
import { extentOf } from "./geometry.js";
import { turnRight, turnUp } from "./turn.js";

/** ELK answers within a second for this many marks, also where one of them has arrows to all others. */
const LARGEST_FLOW = 300;
/** So many drawings are kept. */
const MOST_PAST = 12;

/** @typedef {ReturnType<typeof import("./flow.js").createFlow>} Flow */

/**
 * @param {string} workerUrl
 * @param {() => Promise<Flow>} [loadFlow]
 */
export function createLayouter(workerUrl, loadFlow = () => import("./flow.js").then(({ createFlow }) => createFlow(workerUrl))) {
  /** @type {Promise<Flow> | undefined} */
  let flow;
  /** Drawings made before, the latest first: a scope that is closed again leaves the picture as it was. @type {Drawing[]} */
  let past = [];

  /**
   * @param {View} view
   * @param {GridHints | null | undefined} hints
   * @param {Metrics} metrics
   * @param {Record<string, [number, number][]>} [ways] of a figure's arrows
   * @param {Drawing | null} [before] the picture that it follows, whose order it keeps; undefined for one that none follows
   * @returns {Promise<Layout>}
   */
  async function layOut(view, hints, metrics, ways, before) {
    if (!metrics.upward) return layRightward(view, hints, metrics, ways, before);
    const { room } = metrics;
    const turned = { ...metrics, upward: false, room: room && { width: room.height, height: room.width } };
    const known = before && { view: before.view, laid: turnRight(before.view, before.laid), refit: before.refit };
    const laid = await layRightward(view, null, turned, ways, known);
    return { ...turnUp(view, laid), ...(laid.placed && { placed: true }) };
  }

  /** Loads the layout library while a graph that needs it is on its way. */
  function prepare() {
    flow ??= loadFlow();
    flow.catch(() => (flow = undefined));
  }
  return Object.assign(layOut, { prepare });

  /**
   * @param {View} view
   * @param {GridHints | null | undefined} hints
   * @param {Metrics} metrics
   * @param {Record<string, [number, number][]>} [ways]
   * @param {Drawing | null} [before]
   * @returns {Promise<Layout>}
   */
  async function layRightward(view, hints, metrics, ways, before) {
    if (fitsFigure(view, hints)) {
      const figure = figureLayout(view, hints, metrics, ways);
      if (findFaults(view, figure).every(({ rule }) => rule === "against")) return figure;
    }
    const large = view.nodes.size > LARGEST_FLOW;
    if (before && showsTheSame(view, before.view)) {
      const fresh = before.refit && !large && (await flowLayout(view, metrics));
      return fresh && scaleIn(before.laid, metrics) < SMALLER * scaleIn(fresh, metrics) ? fresh : { ...before.laid, placed: true };
    }
    if (large) return layersLayout(view, metrics);
    const laid = await choose(view, metrics, before);
    if (before !== undefined) past = [{ view, laid }, ...past.filter((drawing) => drawing.laid !== laid)].slice(0, MOST_PAST);
    return laid;
  }

  /**
   * A drawing made before, the one it follows with what is new in it, or one in its order: each only where it is as
   * good as a fresh one.
   *
   * @param {View} view
   * @param {Metrics} metrics
   * @param {Drawing | null | undefined} before
   * @returns {Promise<Layout>}
   */
  async function choose(view, metrics, before) {
    const fresh = await flowLayout(view, metrics);
    if (!before) return fresh;
    const known = past.find((drawing) => showsTheSame(view, drawing.view))?.laid;
    if (known) return known;
    const isGood = (/** @type {Layout | null} */ laid) => laid !== null && isAsGood(view, laid, fresh, metrics, before);
    const adapted = await follow(view, before);
    if (adapted && isGood(adapted)) return adapted;
    const ordered = await flowLayout(view, metrics, before);
    return isGood(ordered) ? ordered : fresh;
  }

  /** @param {View} view @param {Drawing} before @returns {Promise<Layout | null>} */
  async function follow(view, before) {
    const adapted = (await import("./adapt.js").catch(() => null))?.adapt(view, before);
    return adapted ? { ...adapted, placed: true } : null;
  }

  /** @param {View} view @param {Metrics} metrics @param {Drawing} [before] */
  async function flowLayout(view, metrics, before) {
    flow ??= loadFlow();
    const { view: asked, turned } = hairpin(view);
    try {
      return unturn(await (await flow)(asked, metrics, before), turned);
    } catch (error) {
      // A plainer picture is better than none; the next graph tries again.
      console.warn(error);
      flow = undefined;
      return layersLayout(view, metrics);
    }
  }
}

/** A drawing that is shown smaller than this part of a fresh one is not as good. */
const SMALLER = 0.9;

/**
 * Whether a drawing is as good as a fresh one: it breaks no rule, no more lines cross, none has more bends in all, and
 * it is not shown much smaller.
 *
 * @param {View} view
 * @param {Layout} laid
 * @param {Layout} fresh
 * @param {Metrics} metrics
 * @param {Drawing} [before] whose arrows to the left, which a hand-made figure can have, are no fault
 */
export function isAsGood(view, laid, fresh, metrics, before) {
  const { turned } = hairpin(view);
  const leftward = before ? findFaults(before.view, before.laid).flatMap(({ rule, of }) => (rule === "against" ? of : [])) : [];
  for (const id of leftward) turned.add(id);
  if (findFaults(view, laid, { turned }).length > findFaults(view, fresh, { turned }).length) return false;
  if (countAllCrossings(laid) > countAllCrossings(fresh) || countBends(laid) > countBends(fresh)) return false;
  return scaleIn(laid, metrics) >= SMALLER * scaleIn(fresh, metrics);
}

/** @param {Layout} layout */
function countBends({ edges }) {
  return [...edges.values()].reduce((sum, points) => sum + points.length - 2, 0);
}

/** How large a drawing can be shown. @param {Layout} layout @param {Metrics} metrics */
function scaleIn(layout, { room = { width: 1, height: 1 } }) {
  const { width, height } = extentOf(layout);
  return Math.min(room.width / Math.max(1, width), room.height / Math.max(1, height));
}

/** Whether two views show the same marks and arrows. @param {View} a @param {View} b */
function showsTheSame(a, b) {
  if (a === b) return true;
  const same = (/** @type {Map<string, unknown>} */ one, /** @type {Map<string, unknown>} */ other) =>
    one.size === other.size && [...one.keys()].every((id) => other.has(id));
  return a.hulls.length === b.hulls.length && same(a.nodes, b.nodes) && same(a.edges, b.edges);
}

/** Marks stand this far apart; those of a figure closer or farther where the window is narrow or tall. */
const CELL = { x: 112, closer: 88, narrow: 76, narrowest: 74, low: 94, lowest: 104, tallest: 160 };
const NARROW = 600;
/** Of a window, in all, so much is kept free around the drawing. */
const MARGINS = { x: 80, y: 108 };

/**
 * How far apart marks stand so that the picture fills a window of this size well.
 *
 * @param {{ width: number, height: number }} size
 * @param {View} view
 * @param {GridHints | null | undefined} hints
 * @returns {Metrics}
 */
export function chooseMetrics({ width, height }, view, hints) {
  const narrow = view.hulls.length > 0 ? CELL.narrowest : CELL.narrow;
  const cellX = width < NARROW ? narrow : CELL.x;
  if (!hints) return { cellX: CELL.closer, cellY: CELL.low, room: { width: width - MARGINS.x, height: height - MARGINS.y } };
  if (view.hulls.length > 0) return { cellX, cellY: CELL.lowest };
  const places = Object.values(hints);
  const columns = Math.max(...places.map(([column]) => column));
  const rows = Math.max(...places.map(([, row]) => row));
  const room = (height * columns * cellX) / Math.max(1, width) / Math.max(1, rows);
  return { cellX, cellY: Math.round(Math.max(CELL.lowest, Math.min(CELL.tallest, room)) / 8) * 8 };
}

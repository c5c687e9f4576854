/**
 * Finds a layout for a view: the example's own figure where there is one, else the picture that it follows with what
 * is new in it, else ELK in a worker, and plain layers for graphs on which ELK would take too long or run out of stack.
 *
 * @import {Drawing, GridHints, Layout, Metrics, View} from "../types.js"
 */
import { figureLayout, fitsFigure } from "./figure.js";
import { hairpin, unturn } from "./hairpin.js";
import { layersLayout } from "./lines.js";

/** ELK answers within a second for this many marks, also where one of them has arrows to all others. */
const LARGEST_FLOW = 300;
/** So many drawings are kept. */
const MOST_PAST = 12;

/** @param {string} workerUrl */
export function createLayouter(workerUrl) {
  /** @type {Promise<ReturnType<typeof import("./flow.js").createFlow>> | undefined} */
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
  return async function layOut(view, hints, metrics, ways, before) {
    if (fitsFigure(view, hints)) return figureLayout(view, hints, metrics, ways);
    if (before && showsTheSame(view, before.view)) return { ...before.laid, placed: true };
    if (view.nodes.size > LARGEST_FLOW) return layersLayout(view, metrics);
    const known = before && past.find((drawing) => showsTheSame(view, drawing.view))?.laid;
    const laid = known ?? (await follow(view, before)) ?? (await flowLayout(view, metrics, before));
    if (before !== undefined) past = [{ view, laid }, ...past.filter((drawing) => drawing.laid !== laid)].slice(0, MOST_PAST);
    return laid;
  };

  /** @param {View} view @param {Drawing | null | undefined} before @returns {Promise<Layout | null>} */
  async function follow(view, before) {
    if (!before) return null;
    const adapted = (await import("./adapt.js").catch(() => null))?.adapt(view, before);
    return adapted ? { ...adapted, placed: true } : null;
  }

  /** @param {View} view @param {Metrics} metrics @param {Drawing | null | undefined} before */
  async function flowLayout(view, metrics, before) {
    flow ??= import("./flow.js").then(({ createFlow }) => createFlow(workerUrl));
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

/** Whether two views show the same marks and arrows. @param {View} a @param {View} b */
function showsTheSame(a, b) {
  if (a === b) return true;
  const same = (/** @type {Map<string, unknown>} */ one, /** @type {Map<string, unknown>} */ other) =>
    one.size === other.size && [...one.keys()].every((id) => other.has(id));
  return a.hulls.length === b.hulls.length && same(a.nodes, b.nodes) && same(a.edges, b.edges);
}

/** Marks stand this far apart; those of a figure closer or farther where the window is narrow or tall. */
const CELL = { x: 112, closer: 96, narrowest: 76, lowest: 104, tallest: 160 };
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
  const cellX = width < NARROW ? CELL.narrowest : CELL.x;
  if (!hints) return { cellX: CELL.closer, cellY: CELL.lowest, room: { width: width - MARGINS.x, height: height - MARGINS.y } };
  if (view.hulls.length > 0) return { cellX, cellY: CELL.lowest };
  const places = Object.values(hints);
  const columns = Math.max(...places.map(([column]) => column));
  const rows = Math.max(...places.map(([, row]) => row));
  const scale = width / (columns * cellX);
  const room = height / scale / Math.max(1, rows);
  return { cellX, cellY: Math.round(Math.max(CELL.lowest, Math.min(CELL.tallest, room)) / 8) * 8 };
}

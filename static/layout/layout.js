/**
 * Finds a layout for a view: the example's own figure where there is one, ELK in a worker otherwise, and plain
 * layers for graphs on which ELK would take too long or run out of stack.
 *
 * @import {GridHints, Layout, Metrics, View} from "../types.js"
 */
import { figureLayout, fitsFigure, hullBoxes } from "./figure.js";
import { hairpin, unturn } from "./hairpin.js";
import { layered } from "./layered.js";
import { route } from "./route.js";

/** ELK answers within a second for this many marks, also where one of them has arrows to all others. */
const LARGEST_FLOW = 300;
/** A very long drawing is broken into lines of at least so many ranks, about so much wider than high in all. */
const SHORTEST_LINE = 64;
const ASPECT = 1.6;

/** @param {string} workerUrl */
export function createLayouter(workerUrl) {
  /** @type {Promise<ReturnType<typeof import("./flow.js").createFlow>> | undefined} */
  let flow;

  /**
   * @param {View} view
   * @param {GridHints | null | undefined} hints
   * @param {Metrics} metrics
   * @param {Record<string, [number, number][]>} [ways] of a figure's arrows
   * @returns {Promise<Layout>}
   */
  return async function layOut(view, hints, metrics, ways) {
    if (fitsFigure(view, hints)) return figureLayout(view, hints, metrics, ways);
    if (view.nodes.size > LARGEST_FLOW) return layersLayout(view, metrics);
    flow ??= import("./flow.js").then(({ createFlow }) => createFlow(workerUrl));
    const { view: asked, turned } = hairpin(view);
    try {
      return unturn(await (await flow)(asked, metrics), turned);
    } catch (error) {
      // A plainer picture is better than none; the next graph tries again.
      console.warn(error);
      flow = undefined;
      return layersLayout(view, metrics);
    }
  };
}

/**
 * @param {View} view
 * @param {Metrics} metrics
 * @returns {Layout}
 */
export function layersLayout(view, metrics) {
  const drawn = layered([...view.nodes.keys()], [...view.edges.values()]);
  const height = (drawn.slots + 1) * metrics.cellY;
  const length = Math.max(SHORTEST_LINE, Math.ceil(Math.sqrt((ASPECT * drawn.ranks * height) / metrics.cellX)));
  /** What is too long for one line goes on in the next, like text. @param {import("../types.js").Point} point */
  const turn = (point) => ({
    x: (point.y % length) * metrics.cellX,
    y: Math.floor(point.y / length) * height - point.x * metrics.cellY,
  });
  const nodes = new Map([...drawn.nodes].map(([id, point]) => [id, turn(point)]));
  const bends = new Map([...drawn.bends].map(([id, points]) => [id, points.map(turn)]));
  return { nodes, edges: route(view, nodes, bends, false), hulls: hullBoxes(view, nodes) };
}

/** Marks stand this far apart; those of a figure closer or farther where the window is narrow or tall. */
const CELL = { x: 112, closer: 96, narrowest: 76, lowest: 104, tallest: 160 };
const NARROW = 600;

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
  if (!hints) return { cellX: CELL.closer, cellY: CELL.lowest };
  if (view.hulls.length > 0) return { cellX, cellY: CELL.lowest };
  const places = Object.values(hints);
  const columns = Math.max(...places.map(([column]) => column));
  const rows = Math.max(...places.map(([, row]) => row));
  const scale = width / (columns * cellX);
  const room = height / scale / Math.max(1, rows);
  return { cellX, cellY: Math.round(Math.max(CELL.lowest, Math.min(CELL.tallest, room)) / 8) * 8 };
}

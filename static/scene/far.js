/**
 * A large graph seen from afar, on a canvas: marks without their numbers, lines, and what is on its way. What is
 * near enough to be read is left to the marks of the drawing proper.
 *
 * @import {Box, Layout, PlayerState, Point, View} from "../types.js"
 * @import {Reach} from "../state/reach.js"
 */
import { bounds, boxAround, HALF_SIDE, halfSize } from "../layout/geometry.js";
import { countReaders, HUB } from "../layout/layered.js";
import { resample } from "../layout/tween.js";
import { edgeStateAt, focusAt, motionAt, valueAt, gradientAt } from "./moment.js";

/** Above this many marks a graph is drawn on a canvas. */
export const MANY = 300;
/** Marks are drawn in full from this scale on, and while no more than so many are in the window. */
const NEAR = { scale: 0.3, marks: 220 };
const NAMED = 0.22;
/** Lines longer than this, and those from what very many read, are drawn faintly: they would hide everything else. */
const LONG = 3000;
/** How faintly: where there are this many, less so. */
const FAINT = { few: 0.12, many: 0.04, from: 400 };
const CELL = 512;
const COLOURS = ["paper", "added", "changed", ...Array.from({ length: 8 }, (_, i) => `device-${i}`), "surface", "ink", "ink-soft", "forward", "backward", "backward-wash", "parameter", "operator", "operator-rim", "edge", "variable"];

/** @param {HTMLElement} element the stage, whose first child the canvas becomes */
export function createFar(element) {
  const canvas = document.createElement("canvas");
  canvas.className = "far";
  canvas.hidden = true;
  element.prepend(canvas);
  const screen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  /** All that stands still while a step is under way, drawn once. */
  const ground = document.createElement("canvas");
  const context = /** @type {CanvasRenderingContext2D} */ (ground.getContext("2d"));
  /** @type {unknown[]} */
  let painted = [];
  /** @type {{ view: View, layout: Layout, cells: Map<string, string[]>, boxes: Float64Array, ids: string[], faint: boolean[], faintness: number } | null} */
  let shown = null;
  /** @type {Record<string, string>} */
  let colours = {};

  /** Reads the style sheet's colours, which a canvas does not follow by itself. */
  function readColours() {
    const probe = document.createElement("i");
    element.append(probe);
    colours = Object.fromEntries(
      COLOURS.map((name) => {
        probe.style.color = `var(--${name})`;
        return [name, getComputedStyle(probe).color];
      }),
    );
    probe.remove();
    painted = [];
  }

  return {
    readColours,

    get active() {
      return shown !== null;
    },

    /** @param {View} view @param {Layout} layout */
    show(view, layout) {
      canvas.hidden = view.nodes.size <= MANY;
      shown = canvas.hidden ? null : { view, layout, cells: sort(layout), ...boxesOf(view, layout) };
      if (shown) readColours();
    },

    /**
     * The marks to be drawn in full: those in the window, if they are near and few enough.
     *
     * @param {Box} window in the drawing's pixels
     * @param {number} scale
     * @returns {Set<string>}
     */
    near(window, scale) {
      if (!shown || scale < NEAR.scale) return new Set();
      const found = within(shown, window);
      return new Set(found.length > NEAR.marks ? [] : found);
    },

    /** @param {Point} point in the drawing's pixels @param {number} slack @returns {string | null} */
    hit(point, slack) {
      if (!shown) return null;
      const { view, layout } = shown;
      const reached = within(shown, { x: point.x - slack, y: point.y - slack, width: 2 * slack, height: 2 * slack });
      const away = (/** @type {string} */ id) => {
        const centre = /** @type {Point} */ (layout.nodes.get(id));
        return Math.max(Math.abs(centre.x - point.x), Math.abs(centre.y - point.y));
      };
      const hits = reached.filter((id) => away(id) <= halfSize(/** @type {any} */ (view.nodes.get(id))) + slack);
      return hits.sort((a, b) => away(a) - away(b))[0] ?? null;
    },

    /**
     * @param {{ x: number, y: number, k: number }} transform
     * @param {Box} window
     * @param {PlayerState} state
     * @param {{ near: Set<string>, selected: string | null, cursor: string | null, reach: Reach | null, paint: import("./annotate.js").Paint }} how
     */
    paint(transform, window, state, { near, selected, cursor, reach, paint: said }) {
      if (!shown) return;
      const { view, layout, boxes, ids, faint, faintness } = shown;
      const ratio = devicePixelRatio;
      const [width, height] = [Math.round(element.clientWidth * ratio), Math.round(element.clientHeight * ratio)];
      for (const drawn of [canvas, ground]) {
        if (drawn.width !== width || drawn.height !== height) [drawn.width, drawn.height] = [width, height];
      }
      const { x, y, k } = transform;
      const wanted = [shown, near, x, y, k, width, height, state.moment, state.current, selected, cursor, reach, said];
      if (wanted.some((one, i) => one !== painted[i])) {
        painted = wanted;
        context.setTransform(1, 0, 0, 1, 0, 0);
        context.clearRect(0, 0, width, height);
        context.setTransform(k * ratio, 0, 0, k * ratio, x * ratio, y * ratio);
        drawLines();
        if (near.size === 0) drawMarks();
      }
      screen.setTransform(1, 0, 0, 1, 0, 0);
      screen.clearRect(0, 0, width, height);
      screen.drawImage(ground, 0, 0);
      screen.setTransform(k * ratio, 0, 0, k * ratio, x * ratio, y * ratio);
      drawFlows();

      function drawLines() {
        /** @type {Record<string, Path2D>} */
        const paths = { idle: new Path2D(), forward: new Path2D(), backward: new Path2D(), dim: new Path2D() };
        for (const name of ["idle", "forward", "backward"]) paths[`${name} faint`] = new Path2D();
        const [right, bottom] = [window.x + window.width, window.y + window.height];
        for (let i = 0, at = 0; i < ids.length; i += 1, at += 4) {
          if (boxes[at] > right || boxes[at + 2] < window.x || boxes[at + 1] > bottom || boxes[at + 3] < window.y) continue;
          const edge = view.edges.get(ids[i]);
          if (!edge || (near.has(edge.source) && near.has(edge.target))) continue;
          const dim = reach !== null && !reach.edges.has(edge.id);
          const name = edgeStateAt(view, edge, state.moment);
          const path = paths[dim ? "dim" : reach === null && faint[i] ? `${name} faint` : name];
          const points = /** @type {Point[]} */ (layout.edges.get(edge.id));
          path.moveTo(points[0].x, points[0].y);
          for (let j = 1; j < points.length; j += 1) path.lineTo(points[j].x, points[j].y);
        }
        context.lineWidth = Math.max(1.25, 0.75 / k);
        for (const [name, path] of Object.entries(paths)) {
          const [what, weak] = name.split(" ");
          context.strokeStyle = colours[what === "idle" || what === "dim" ? "edge" : what];
          context.globalAlpha = weak ? faintness : what === "dim" ? FAINT.few : what === "idle" ? 0.6 : 0.8;
          context.stroke(path);
        }
        context.globalAlpha = 1;
      }

      function drawMarks() {
        const focus = focusAt(view, state);
        context.textAlign = "center";
        context.textBaseline = "middle";
        context.font = "18px Inter Variable, sans-serif";
        for (const id of within(/** @type {NonNullable<typeof shown>} */ (shown), window)) {
          const node = view.nodes.get(id);
          const centre = /** @type {Point} */ (layout.nodes.get(id));
          if (!node) continue;
          const half = Math.max(halfSize(node), 1.5 / k);
          context.globalAlpha = reach && !reach.nodes.has(id) ? 0.2 : 1;
          context.beginPath();
          if (node.kind === "variable") context.rect(centre.x - half, centre.y - half, 2 * half, 2 * half);
          else context.arc(centre.x, centre.y, half, 0, 2 * Math.PI);
          const level = gradientAt(view, id, state.moment) ? "backward" : valueAt(view, id, state.moment) === null ? null : view.trace.orders.has(id) ? "backward" : "forward";
          const tint = said.nodes.get(id)?.tint ?? "";
          context.fillStyle = colours[tint] ?? colours[view.trace.orders.has(id) ? "backward-wash" : node.kind === "operator" ? "operator" : node.role === "parameter" ? "parameter" : "variable"];
          context.fill();
          const chosen = id === selected || id === cursor;
          const bold = chosen || focus.ids.has(id);
          context.lineWidth = Math.max(bold ? 4 : 1.5, (bold ? 3 : 1) / k);
          context.strokeStyle = colours[chosen ? "ink" : focus.ids.has(id) && focus.phase ? (focus.phase === "update" ? "ink" : focus.phase) : (level ?? (node.kind === "operator" ? "operator-rim" : "ink-soft"))];
          context.stroke();
          if (k < NAMED) continue;
          context.fillStyle = colours.ink;
          context.fillText(node.name, centre.x, centre.y, 2 * HALF_SIDE - 8);
        }
        context.globalAlpha = 1;
      }

      function drawFlows() {
        for (const { edge, direction, reach: far } of motionAt(view, state).flows) {
          const ends = view.edges.get(edge);
          const points = layout.edges.get(edge);
          if (!points || !ends || (near.has(ends.source) && near.has(ends.target))) continue;
          const places = resample(points, 33);
          const at = places[Math.round((direction === "forward" ? far : 1 - far) * 32)];
          screen.fillStyle = colours[direction];
          screen.beginPath();
          screen.arc(at.x, at.y, Math.max(5, 4 / k), 0, 2 * Math.PI);
          screen.fill();
        }
      }
    },
  };
}

/** @param {Layout} layout */
function sort(layout) {
  /** @type {Map<string, string[]>} */
  const cells = new Map();
  for (const [id, { x, y }] of layout.nodes) {
    const key = `${Math.floor(x / CELL)} ${Math.floor(y / CELL)}`;
    const cell = cells.get(key);
    if (cell) cell.push(id);
    else cells.set(key, [id]);
  }
  return cells;
}

/** The boxes around the lines, and which of them are drawn faintly. @param {View} view @param {Layout} layout */
function boxesOf(view, layout) {
  const boxes = new Float64Array(4 * layout.edges.size);
  const ids = [...layout.edges.keys()];
  const readers = countReaders(view.edges.values());
  const faint = ids.map((id, i) => {
    const points = /** @type {Point[]} */ (layout.edges.get(id));
    const { x, y, width, height } = bounds(points.map((point) => boxAround(point, 0)));
    boxes.set([x, y, x + width, y + height], 4 * i);
    return width + height > LONG || (readers.get(view.edges.get(id)?.source ?? "") ?? 0) >= HUB;
  });
  return { boxes, ids, faint, faintness: faint.filter(Boolean).length < FAINT.from ? FAINT.few : FAINT.many };
}

/**
 * @param {{ layout: Layout, cells: Map<string, string[]> }} shown
 * @param {Box} box
 * @returns {string[]} marks that the box touches
 */
function within({ layout, cells }, box) {
  const [left, top] = [box.x - HALF_SIDE, box.y - HALF_SIDE];
  const [right, bottom] = [box.x + box.width + HALF_SIDE, box.y + box.height + HALF_SIDE];
  /** @param {string} id */
  const inside = (id) => {
    const { x, y } = /** @type {Point} */ (layout.nodes.get(id));
    return x >= left && x <= right && y >= top && y <= bottom;
  };
  const [columns, rows] = [Math.floor(right / CELL) - Math.floor(left / CELL) + 1, Math.floor(bottom / CELL) - Math.floor(top / CELL) + 1];
  if (columns * rows > cells.size) return [...layout.nodes.keys()].filter(inside);
  const found = [];
  for (let i = Math.floor(left / CELL); i <= Math.floor(right / CELL); i += 1) {
    for (let j = Math.floor(top / CELL); j <= Math.floor(bottom / CELL); j += 1) {
      for (const id of cells.get(`${i} ${j}`) ?? []) if (inside(id)) found.push(id);
    }
  }
  return found;
}

/**
 * Lines over steps, drawn on a canvas with D3's scales: calm axes, names at the lines' ends, a mark at a moment.
 */
import { extent, max, min } from "d3-array";
import { scaleLinear, scaleLog } from "d3-scale";
import { curveStepAfter, line } from "d3-shape";
import { formatCount, formatNumber } from "../i18n/format.js";

/**
 * @typedef {object} Series
 * @property {string} name written at the end of the line
 * @property {[number, number][]} points
 * @property {string} ink name of a colour of the style sheet
 * @property {number} [share] how much of that colour there is, from 0 to 1
 * @property {number[]} [dash]
 * @property {boolean} [steps] constant from one point to the next
 */

/**
 * @typedef {object} Plot
 * @property {Series[]} series
 * @property {boolean} [log]
 * @property {number | null} [mark] where on the horizontal axis a moment is marked
 * @property {(value: number) => string} [format]
 * @property {boolean} [zero] whether the vertical axis starts at zero, if nothing is below
 * @property {boolean} [real] whether the horizontal axis is other than steps, which are whole numbers
 * @property {{ last: number, words: string }} [blank] the axis of steps and what is said where there is no line yet
 */

const MARGIN = { top: 8, right: 84, bottom: 20, left: 44 };
export const FONT = "11px Inter Variable, sans-serif";
/** A chart narrower than this has less room at its sides, and fewer numbers below. */
const NARROW = { width: 280, right: 64, left: 28, ticks: 2 };
/** Between a number at the side and what it stands at. */
export const GAP = 6;

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Plot} plot
 * @returns {{ invert: (x: number) => number } | null} from pixels to steps
 */
export function drawChart(canvas, { series, log = false, mark = null, format, zero = false, real = false, blank }) {
  const { context, width, height, ink } = prepare(canvas);
  const finite = series.map((one) => ({
    ...one,
    points: one.points.filter(([, y]) => Number.isFinite(y) && (!log || y > 0)),
  }));
  const all = finite.flatMap(({ points }) => points);
  if (all.length === 0 && !blank) return null;
  const [first = 0, last = blank?.last ?? 1] = extent(all, ([x]) => x);
  const least = min(all, ([, y]) => y) ?? (log ? 0.01 : 0);
  const low = zero && least >= 0 ? 0 : least;
  const high = max(all, ([, y]) => y) ?? 1;
  const range = [height - MARGIN.bottom, MARGIN.top];
  const y = log ? scaleLog([low, high === low ? low * 10 : high], range).nice() : scaleLinear([low, high === low ? low + 1 : high], range).nice();
  context.font = FONT;
  const ticks = (log ? sparse(y.ticks(4), 5) : y.ticks(4)).map((at) => ({ at, label: all.length > 0 ? (format ?? formatNumber)(at) : "" }));
  const narrow = width < NARROW.width;
  const right = narrow ? NARROW.right : MARGIN.right;
  const left = leftOf(context, ticks, narrow ? NARROW.left : MARGIN.left);
  const x = scaleLinear([first, last === first ? first + 1 : last], [left, width - right]);
  context.textBaseline = "middle";
  context.textAlign = "right";
  for (const { at, label } of ticks) {
    context.strokeStyle = ink("--hairline");
    stroke(context, [[left, y(at)], [width - right, y(at)]]);
    context.fillStyle = ink("--ink-soft");
    context.fillText(label, left - GAP, y(at));
  }
  context.textAlign = "center";
  const across = x.ticks(narrow ? NARROW.ticks : 5).filter((value) => real || Number.isInteger(value));
  for (const tick of across) context.fillText((real ? formatNumber : formatCount)(tick), x(tick), height - 8);
  if (mark !== null) {
    context.strokeStyle = ink("--ink-soft");
    stroke(context, [[x(mark), MARGIN.top], [x(mark), height - MARGIN.bottom]]);
  }
  if (blank && all.length === 0) context.fillText(blank.words, (narrow ? width : left + width - right) / 2, height / 2, width);
  context.lineWidth = 1.5;
  for (const { points, ink: name, share = 1, dash = [], steps } of finite) {
    context.strokeStyle = ink(name, share);
    context.setLineDash(dash);
    context.beginPath();
    const path = line().x(([at]) => x(at)).y(([, value]) => y(value)).context(context);
    (steps ? path.curve(curveStepAfter) : path)(points);
    context.stroke();
  }
  context.setLineDash([]);
  context.textAlign = "left";
  const ends = finite.filter(({ name, points }) => name !== "" && points.length > 0).map((one) => ({ one, at: y(one.points[one.points.length - 1][1]) }));
  let free = MARGIN.top;
  for (const { one, at } of ends.sort((a, b) => a.at - b.at)) {
    free = Math.max(at, free);
    if (free > height - 4) break;
    context.fillStyle = ink(one.ink, one.share);
    context.fillText(one.name, width - right + 6, free, right - 6);
    free += 13;
  }
  return { invert: (at) => x.invert(at) };
}

/**
 * Where a picture begins, so that there is room for the numbers at its side.
 *
 * @param {CanvasRenderingContext2D} context with its font set
 * @param {{ label: string }[]} ticks
 * @param {number} least
 */
export function leftOf(context, ticks, least) {
  return Math.max(least, ...ticks.map(({ label }) => Math.ceil(context.measureText(label).width) + GAP + 2));
}

/**
 * A canvas as sharp as the screen, and its colours by their names in the style sheet.
 *
 * @param {HTMLCanvasElement} canvas
 */
export function prepare(canvas) {
  const { clientWidth: width, clientHeight: height } = canvas;
  const scale = devicePixelRatio || 1;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.scale(scale, scale);
  return { context, width, height, ink: (/** @type {string} */ name, share = 1) => ink(canvas, name, share) };
}

/** @param {HTMLElement} host @param {string} name @param {number} share */
function ink(host, name, share) {
  host.style.color = `color-mix(in oklab, var(${name}) ${share * 100}%, var(--surface))`;
  return getComputedStyle(host).color;
}

/** @param {CanvasRenderingContext2D} context @param {[number, number][]} points */
function stroke(context, points) {
  context.lineWidth = 1;
  context.beginPath();
  line()
    .x(([x]) => Math.round(x) + 0.5)
    .y(([, y]) => Math.round(y) + 0.5)
    .context(context)(points);
  context.stroke();
}

/** @param {number[]} ticks @param {number} most */
function sparse(ticks, most) {
  const whole = ticks.length > most ? ticks.filter((tick) => Number.isInteger(Math.log10(tick))) : ticks;
  const every = Math.ceil(whole.length / most);
  return whole.filter((_, index) => index % every === 0);
}

/**
 * The prediction as a picture: over the plane of two inputs as areas, over the line of one as a curve, with the
 * examples on top. Classes have hues of their own; real values lie on the page's scale around their middle.
 */
import { extent, max, mean } from "d3-array";
import { scaleLinear } from "d3-scale";
import { formatNumber } from "../i18n/format.js";
import { FONT, GAP, leftOf, prepare } from "./chart.js";

/** Room for the numbers at the side, where they are short. */
const LEFT = 32;
const CLASSES = ["--class-0", "--class-1", "--class-2", "--class-3", "--class-4"];

/**
 * @typedef {object} Surface
 * @property {number[][]} axes
 * @property {number[][]} predictions
 */

/**
 * @typedef {object} Examples
 * @property {number[][]} inputs
 * @property {(number | number[])[]} targets
 * @property {number} classes
 * @property {number | null} threshold
 */

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Surface} surface
 * @param {Examples} examples
 */
export function drawSurface(canvas, surface, examples) {
  if (surface.axes.length === 1) drawCurve(canvas, surface, examples);
  else drawPlane(canvas, surface, examples);
}

/** @param {HTMLCanvasElement} canvas @param {Surface} surface @param {Examples} examples */
function drawPlane(canvas, { axes, predictions }, examples) {
  const { context, width, height, ink } = prepare(canvas);
  const [x, y] = frame(context, axes[0], axes[1], width, height);
  const paint = colours(predictions, examples, ink);
  const cellX = Math.abs(x(axes[0][1]) - x(axes[0][0]));
  const cellY = Math.abs(y(axes[1][1]) - y(axes[1][0]));
  predictions.forEach((prediction, index) => {
    context.fillStyle = paint(prediction, 0.42);
    const left = x(axes[0][index % axes[0].length]) - cellX / 2;
    const top = y(axes[1][Math.floor(index / axes[0].length)]) - cellY / 2;
    context.fillRect(left, top, cellX + 0.6, cellY + 0.6);
  });
  examples.inputs.forEach((input, index) => {
    const target = examples.targets[index];
    dot(context, x(input[0]), y(input[1]), paint.truth(target), ink("--surface"));
  });
  axisText(context, x, y, ink);
}

/** @param {HTMLCanvasElement} canvas @param {Surface} surface @param {Examples} examples */
function drawCurve(canvas, { axes, predictions }, examples) {
  const { context, width, height, ink } = prepare(canvas);
  const truths = examples.targets.map((target) => Number([target].flat()[0]));
  const values = predictions.map((prediction) => prediction[0]);
  const [low = 0, high = 1] = extent([...truths, ...values]);
  const [x, y] = frame(context, axes[0], [low, high === low ? low + 1 : high], width, height);
  examples.inputs.forEach((input, index) => dot(context, x(input[0]), y(truths[index]), ink("--rule"), ink("--surface")));
  context.strokeStyle = ink("--ink");
  context.lineWidth = 2;
  context.beginPath();
  values.forEach((value, index) => context.lineTo(x(axes[0][index]), y(value)));
  context.stroke();
  axisText(context, x, y, ink);
}

/** @param {CanvasRenderingContext2D} context @param {number[]} across @param {number[]} up @param {number} width @param {number} height */
function frame(context, across, up, width, height) {
  const [from = 0, to = 1] = extent(across);
  const [low = 0, high = 1] = extent(up);
  const y = scaleLinear([low, high], [height - 20, 4]);
  context.font = FONT;
  return [scaleLinear([from, to], [leftOf(context, labelled(y), LEFT), width - 4]), y];
}

/** @param {import("d3-scale").ScaleLinear<number, number>} scale */
function labelled(scale) {
  return scale.ticks(5).map((at) => ({ at, label: formatNumber(at) }));
}

/**
 * @param {number[][]} predictions
 * @param {Examples} examples
 * @param {(name: string, share?: number) => string} ink
 */
function colours(predictions, { classes, threshold, targets }, ink) {
  const wide = predictions[0].length > 1;
  const binary = classes === 2 && !wide;
  const truths = targets.map((target) => Number([target].flat()[0]));
  const centre = binary ? (threshold ?? 0) : (mean(truths) ?? 0);
  const reach = max(predictions, ([value]) => Math.abs(value - centre)) || 1;
  /** @type {Map<string, string>} */
  const known = new Map();
  const shade = (/** @type {string} */ name, /** @type {number} */ share) => {
    const level = Math.round(share * 20) / 20;
    const key = `${name} ${level}`;
    if (!known.has(key)) known.set(key, ink(name, level));
    return /** @type {string} */ (known.get(key));
  };
  const scaled = (/** @type {number} */ value, /** @type {[string, string]} */ [below, above], /** @type {number} */ full) =>
    shade(value < centre ? below : above, Math.min(1, 0.12 + (full * Math.abs(value - centre)) / reach));
  /** @param {number[]} prediction @param {number} full */
  const paint = (prediction, full) => {
    if (binary) return scaled(prediction[0], ["--class-0", "--class-1"], full);
    if (classes && wide) return shade(CLASSES[prediction.indexOf(Math.max(...prediction)) % CLASSES.length], full * 0.8);
    return scaled(prediction[0], ["--negative", "--positive"], full);
  };
  /** @param {number | number[]} target */
  paint.truth = (target) => {
    const value = Number([target].flat()[0]);
    if (classes) return ink(CLASSES[value % CLASSES.length]);
    return scaled(value, ["--negative", "--positive"], 1);
  };
  return paint;
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {string} fill @param {string} rim */
function dot(context, x, y, fill, rim) {
  context.beginPath();
  context.arc(x, y, 3, 0, 2 * Math.PI);
  context.fillStyle = fill;
  context.fill();
  context.strokeStyle = rim;
  context.lineWidth = 1;
  context.stroke();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import("d3-scale").ScaleLinear<number, number>} x
 * @param {import("d3-scale").ScaleLinear<number, number>} y
 * @param {(name: string) => string} ink
 */
function axisText(context, x, y, ink) {
  const [left, right] = x.range();
  context.font = FONT;
  context.fillStyle = ink("--ink-soft");
  context.textBaseline = "middle";
  context.textAlign = "center";
  const within = ({ at = 0, label = "" }) => x(at) + context.measureText(label).width / 2 <= right + 2;
  for (const { at, label } of labelled(x).filter(within)) context.fillText(label, x(at), y.range()[0] + 12);
  context.textAlign = "right";
  for (const { at, label } of labelled(y)) context.fillText(label, left - GAP, y(at));
}

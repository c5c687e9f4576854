/**
 * How the numbers of a parameter and of its gradient are spread, step by step: each column is a histogram, the darker
 * the more of them have that value.
 */
import { max, min } from "d3-array";
import { formatCount, formatNumber } from "../i18n/format.js";
import { FONT, GAP, leftOf, prepare } from "./chart.js";

const EDGE = { left: 44, bottom: 18, top: 4 };

/** @typedef {{ low: number, high: number, counts: number[] }} Spread */

/**
 * @param {HTMLCanvasElement} canvas
 * @param {{ step: number, spread: Spread }[]} columns
 * @param {{ ink: string, last: number }} options the colour's name in the style sheet; the last step there is to be
 */
export function drawSpread(canvas, columns, { ink: name, last }) {
  const { context, width, height, ink } = prepare(canvas);
  const low = Math.min(0, min(columns, ({ spread }) => spread.low) ?? -1);
  const high = Math.max(0, max(columns, ({ spread }) => spread.high) ?? 1);
  const [top, bottom] = [EDGE.top, height - EDGE.bottom];
  const y = (/** @type {number} */ value) => bottom - ((value - low) / (high - low || 1)) * (bottom - top);
  const labels = [0, ...[low, high].filter((value) => Math.abs(y(value) - y(0)) > 11)].map((at) => ({ at, label: formatNumber(at) }));
  context.font = FONT;
  const left = leftOf(context, labels, EDGE.left);
  const end = Math.max(last, 1);
  const x = (/** @type {number} */ step) => left + (step / end) * (width - left - 4);
  context.strokeStyle = ink("--hairline");
  context.strokeRect(left + 0.5, top + 0.5, width - left - 5, bottom - top - 1);
  const paints = new Map();
  const paint = (/** @type {number} */ share) => {
    const level = Math.ceil(share * 10) / 10;
    if (!paints.has(level)) paints.set(level, ink(name, 0.12 + 0.88 * level));
    return paints.get(level);
  };
  columns.forEach(({ step, spread }, index) => {
    const next = columns[index + 1]?.step ?? step + (step - (columns[index - 1]?.step ?? step - end / 40));
    const [from, to] = [x(step), Math.min(width - 4, x(next))];
    const most = Math.max(1, ...spread.counts);
    const bin = (spread.high - spread.low) / spread.counts.length;
    spread.counts.forEach((count, at) => {
      if (count === 0) return;
      const below = y(spread.low + at * bin);
      const above = y(spread.low + (at + 1) * bin);
      context.fillStyle = paint(count / most);
      context.fillRect(from, above, Math.max(1, to - from + 0.5), Math.max(1.5, below - above + 0.5));
    });
  });
  context.fillStyle = ink("--ink-soft");
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const { at, label } of labels) context.fillText(label, left - GAP, Math.min(bottom - 4, Math.max(top + 5, y(at))));
  context.strokeStyle = ink("--ink-soft", 0.6);
  context.setLineDash([2, 3]);
  context.beginPath();
  context.moveTo(left, Math.round(y(0)) + 0.5);
  context.lineTo(width - 4, Math.round(y(0)) + 0.5);
  context.stroke();
  context.setLineDash([]);
  context.textAlign = "left";
  context.textBaseline = "alphabetic";
  context.fillText("0", left, height - 4);
  context.textAlign = "right";
  context.fillText(formatCount(last), width - 4, height - 4);
}

/**
 * Figures of an array: those of a summary as the server sent them, those of a listed array reckoned here.
 *
 * @import {Tensor} from "../types.js"
 */
import { bin, extent } from "d3-array";
import { flatten, isSummary, norm, toNumber } from "./tensor.js";

const BINS = 24;

/**
 * @typedef {object} Statistics
 * @property {number} size
 * @property {number} min of what is finite, as all that follow
 * @property {number} max
 * @property {number} mean
 * @property {number} std
 * @property {number} norm
 * @property {number} zeros -1 where it is not known
 * @property {number} nonfinite
 * @property {{ counts: number[], edges: number[] }} histogram
 */

/** @type {WeakMap<object, Statistics>} */
const known = new WeakMap();

/** @param {Tensor} tensor @returns {Statistics} */
export function statisticsOf(tensor) {
  if (typeof tensor !== "object") return listed([toNumber(tensor)]);
  const before = known.get(tensor);
  if (before) return before;
  const found = isSummary(tensor) ? sent(tensor) : listed(flatten(tensor));
  known.set(tensor, found);
  return found;
}

/** @param {import("../types.js").Summary} summary @returns {Statistics} */
function sent(summary) {
  return {
    size: summary.shape.reduce((a, b) => a * b, 1),
    min: toNumber(summary.min),
    max: toNumber(summary.max),
    mean: toNumber(summary.mean),
    std: toNumber(summary.std),
    norm: toNumber(summary.norm),
    zeros: -1,
    nonfinite: summary.nonfinite,
    histogram: { counts: summary.histogram.counts, edges: summary.histogram.edges.map(toNumber) },
  };
}

/** @param {number[]} entries @returns {Statistics} */
function listed(entries) {
  const finite = entries.filter(Number.isFinite);
  const count = Math.max(1, finite.length);
  const mean = finite.reduce((sum, entry) => sum + entry, 0) / count;
  const [min = NaN, max = NaN] = extent(finite);
  return {
    size: entries.length,
    min,
    max,
    mean: finite.length > 0 ? mean : NaN,
    std: Math.sqrt(finite.reduce((sum, entry) => sum + (entry - mean) ** 2, 0) / count),
    norm: norm(finite),
    zeros: finite.filter((entry) => entry === 0).length,
    nonfinite: entries.length - finite.length,
    histogram: histogram(finite, min, max),
  };
}

/** @param {number[]} entries @param {number} min @param {number} max */
function histogram(entries, min, max) {
  if (entries.length === 0) return { counts: [], edges: [] };
  if (min === max) return { counts: [entries.length], edges: [min, max] };
  const count = Math.min(BINS, Math.max(2, Math.ceil(2 * Math.cbrt(entries.length))));
  const edges = Array.from({ length: count + 1 }, (_, i) => min + ((max - min) * i) / count);
  const bins = bin().domain([min, max]).thresholds(edges.slice(1, -1))(entries);
  return { counts: bins.map((entry) => entry.length), edges };
}

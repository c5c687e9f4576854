/**
 * What arrows carry: the shape of the array, and how large its values or gradients are, told by thickness and
 * colour on a logarithmic scale, so that what vanishes or explodes on its way is seen at once.
 *
 * @import {Tensor, View, ViewEdge} from "../types.js"
 */
import { sizeOf } from "../shared/tensor.js";

/** @typedef {"none" | "value" | "gradient"} Measure */
/** @typedef {{ level: number | null, shape: string }} Load `level` from 0 to 1; null where there is nothing */
/** @typedef {{ loads: Map<string, Load>, least: number, most: number }} Loads */

/** Decades that the scale spans at least: what differs by less than that looks about the same. */
const LEAST_SPAN = 2;

/**
 * @param {View} view
 * @param {Measure} measure
 * @returns {Loads}
 */
export function measureLoads(view, measure) {
  const sizes = [...view.edges.values()].map((edge) => {
    const variable = carried(view, edge);
    /** @type {Tensor | null} */
    const tensor = measure === "none" || !variable ? null : variable[measure];
    return { id: edge.id, variable, size: tensor === null ? NaN : sizeOf(tensor) };
  });
  const logs = sizes.map(({ size }) => Math.log10(size)).filter(Number.isFinite);
  const top = logs.reduce((a, b) => Math.max(a, b), -Infinity);
  const bottom = Math.min(logs.reduce((a, b) => Math.min(a, b), Infinity), top - LEAST_SPAN);
  const loads = new Map(
    sizes.map(({ id, variable, size }) => {
      const log = Math.log10(size);
      const level = Number.isFinite(log) ? (log - bottom) / (top - bottom) : size === 0 ? 0 : null;
      return [id, { level, shape: variable ? bracketed(variable.shape) : "" }];
    }),
  );
  return { loads, least: 10 ** bottom, most: 10 ** top };
}

/** The variable on one end of the arrow; none between two closed scopes. @param {View} view @param {ViewEdge} edge */
function carried(view, { source, target }) {
  return view.nodes.get(source)?.variable ?? view.nodes.get(target)?.variable ?? null;
}

/** @param {number[]} shape */
function bracketed(shape) {
  return shape.length === 0 ? "" : shape.join("\u00d7");
}

/**
 * One colour scale for each array, one for all values, or one for all gradients. That for all gradients is logarithmic:
 * what vanishes on its way back is seen at first glance.
 *
 * @import {View} from "../types.js"
 */
import { sizeOf, toRows, magnitude } from "../shared/tensor.js";

/** @typedef {{ most: number, least: number | null }} Shading `most` has the full shade; `least`, on a logarithmic scale, has none */
/** @typedef {{ value: Shading | null, gradient: Shading | null }} Colours null: each array has a scale of its own */

/** Decades of the logarithmic scale: at least, and at most. */
const DECADES = { least: 2, most: 12 };

/** @type {Colours} */
export const OWN = { value: null, gradient: null };

/**
 * @param {View} view
 * @param {import("../panels/look.js").ColourScale} choice
 * @returns {Colours}
 */
export function colourScales(view, choice) {
  if (choice === "array") return OWN;
  const arrays = [...view.nodes.values()].flatMap(({ variable }) => {
    const tensor = choice === "values" ? variable?.value : variable?.gradient;
    return tensor == null ? [] : [tensor];
  });
  const most = arrays.reduce((/** @type {number} */ so, tensor) => Math.max(so, magnitude(toRows(tensor))), 0);
  if (choice === "values") return { value: { most, least: null }, gradient: null };
  const sizes = arrays.map(sizeOf).filter((size) => size > 0 && Number.isFinite(size));
  const smallest = Math.min(most, ...sizes);
  const least = Math.max(most * 10 ** -DECADES.most, Math.min(smallest / 2, most * 10 ** -DECADES.least));
  return { value: null, gradient: { most, least } };
}

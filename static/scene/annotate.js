/**
 * What a panel says of the picture: a tint and a short sign on some marks, words on some arrows. The sign says the
 * same as the tint, for those who cannot tell colours apart.
 *
 * @import {Selection} from "d3-selection"
 * @import {ViewNode} from "../types.js"
 */
import { HALF_SIDE, RADIUS } from "../layout/geometry.js";

/** @typedef {{ tint: string, sign: string, words: string }} Dab `tint` names a colour of the style sheet */
/** @typedef {{ nodes: Map<string, Dab>, edges: Map<string, string> }} Paint by the ids of marks and of arrows */

/** @type {Paint} */
export const BARE = { nodes: new Map(), edges: new Map() };

const SIGN = { height: 18, side: 9, letter: 7 };

/**
 * @param {Selection<SVGGElement, any, any, any>} group
 * @param {ViewNode} node
 * @param {Dab | undefined} dab
 */
export function dab(group, node, dab) {
  group.classed("tinted", dab !== undefined);
  if (dab) group.style("--tint", `var(--${dab.tint})`);
  group.attr("data-tint", dab?.tint ?? null);
  const at = node.kind === "variable" ? -HALF_SIDE : 6 - RADIUS;
  const sign = group.selectChildren("g.sign").data(dab?.sign ? [dab] : []);
  sign.exit().remove();
  const entering = sign.enter().append("g").attr("class", "sign").attr("aria-hidden", "true");
  entering.append("rect").attr("height", SIGN.height).attr("rx", SIGN.side).attr("y", -SIGN.side);
  entering.append("text").attr("dy", "0.35em");
  const both = entering.merge(/** @type {any} */ (sign)).attr("transform", `translate(${at},${at})`);
  const width = (/** @type {Dab} */ one) => 2 * SIGN.side + SIGN.letter * (one.sign.length - 1);
  both.select("rect").attr("width", width).attr("x", (one) => -width(one) / 2);
  both.select("text").text((one) => one.sign);
}

/**
 * A forward and a backward pass as one graph: laid out with the arrows of the backward pass turned round, so that a
 * gradient stands near its variable and the way back runs to the left. Graphs of second derivatives, which run forward
 * and back more than once, are laid out as they are.
 *
 * @import {Layout, View} from "../types.js"
 */

/**
 * @param {View} view
 * @returns {{ view: View, turned: Set<string> }} the same view to be laid out, and the arrows that were turned round
 */
export function hairpin(view) {
  const { orders, ties, folded } = view.trace;
  const turned = new Set();
  if (!folded) return { view, turned };
  const derivatives = new Set(ties.map(({ derivative }) => derivative));
  const edges = new Map(
    [...view.edges].map(([id, edge]) => {
      const { source, target } = edge;
      const isBack = orders.has(source) || (orders.has(target) && derivatives.has(source));
      if (!isBack) return [id, edge];
      turned.add(id);
      return [id, { ...edge, source: target, target: source }];
    }),
  );
  return { view: { ...view, edges }, turned };
}

/** @param {Layout} layout @param {Set<string>} turned @returns {Layout} its arrows the right way round again */
export function unturn(layout, turned) {
  if (turned.size === 0) return layout;
  const edges = new Map([...layout.edges].map(([id, points]) => [id, turned.has(id) ? [...points].reverse() : points]));
  return { ...layout, edges };
}

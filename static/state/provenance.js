/**
 * Where an entry comes from, in terms of the graph on show: the entries of the operands of its operator, or, for a
 * gradient, of each contribution to it.
 *
 * @import {NestedTensor, Structure, View} from "../types.js"
 */
import { readEntries } from "../runtime/provenance.js";

/**
 * @typedef {"value" | "gradient"} Of
 * @typedef {{ view: View, id: string, of: Of, entry: number }} Asked `entry` in C order
 * @typedef {{ id: string, of: Of, shape: number[], marks: Uint8Array | null }} Source
 * @typedef {{ through: string | null, amount: number | null, sources: Source[] }} Way `through` and `amount` of a contribution
 */

/** @param {Structure} structure @param {Record<string, NestedTensor>} values @param {Asked} asked @returns {Way[]} */
export function sourcesOf(structure, values, { view, id, of, entry }) {
  const { plan } = structure;
  const ways = of === "value" ? valueWays(structure, view, id) : gradientWays(structure, view, id);
  return ways.map(({ through, step, results, operands }) => {
    const known = operands.flatMap((operand) => {
      const at = (operand.of === "value" ? plan.values : plan.gradients)[operand.id];
      return at === undefined ? [] : [{ ...operand, at, shape: plan.arrays[at][0] }];
    });
    const found = readEntries(plan, values, results, entry, known.map(({ at }) => at));
    const sources = known.map(({ id, of, shape }, i) => ({ id, of, shape, marks: found[i] }));
    return { through, amount: amountOf(step, entry), sources: sources.filter(({ marks }) => marks === null || marks.includes(1)) };
  });
}

/** @typedef {{ through: string | null, step: import("../types.js").Step | null, results: number[], operands: { id: string, of: Of }[] }} Planned */

/** @param {Structure} structure @param {View} view @param {string} id @returns {Planned[]} */
function valueWays({ plan }, view, id) {
  const edges = [...view.edges.values()];
  const makers = edges.filter(({ target }) => target === id).map(({ source }) => source);
  const operands = edges.filter(({ source, target }) => makers.includes(target) && view.nodes.get(source)?.variable);
  if (operands.length === 0) return [];
  return [{ through: null, step: null, results: [plan.values[id]], operands: operands.map(({ source }) => ({ id: source, of: "value" })) }];
}

/** @param {Structure} structure @param {View} view @param {string} id @returns {Planned[]} */
function gradientWays({ plan, backward, scopes }, view, id) {
  const all = [...backward, ...scopes.flatMap((scope) => scope.backward)];
  return (view.contributions.get(id) ?? []).flatMap(({ step }) => {
    const { kind, through, operator, index } = step;
    if (kind !== "contribution" || !through) return [];
    const same = all.filter((one) => one.kind === kind && one.variable === id && one.through === through && one.operator === operator);
    const parts = (same.find((one) => one.index === index) ?? same[0])?.parts ?? [];
    if (parts.length === 0) return [];
    const others = [...new Set(step.inputs)].filter((name) => name !== through || step.inputs.indexOf(name) !== step.inputs.lastIndexOf(name));
    const operands = [{ id: through, of: /** @type {Of} */ ("gradient") }, ...others.map((name) => ({ id: name, of: /** @type {Of} */ ("value") }))];
    return [{ through, step, results: parts.map((part) => plan.contributions[part]), operands }];
  });
}

/** The entry of a step's contribution. @param {import("../types.js").Step | null} step @param {number} entry */
function amountOf(step, entry) {
  const array = step?.contribution;
  if (array == null || (typeof array === "object" && !Array.isArray(array))) return null;
  const entries = /** @type {any[]} */ ([array]).flat(Infinity);
  return entry < entries.length ? Number(entries[entry]) : null;
}

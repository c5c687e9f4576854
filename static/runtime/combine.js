/**
 * Structure and run as one trace: what `/api/v1/trace` answers, put together in the page.
 *
 * @import {NestedTensor, Scalar, Structure, StructureStep, Step, TraceBody} from "../types.js"
 * @import {CompiledPlan} from "./plan.js"
 * @import {Tensor} from "./tensor.js"
 */
import { toScalar } from "../shared/tensor.js";
import { arrayTex, filledLater } from "./template.js";

/** An array as nested lists. @param {Tensor} tensor @returns {NestedTensor} */
export function nested({ data, shape, kind }) {
  let at = 0;
  const entry = () => /** @type {Scalar} */ (kind === "bool" ? /** @type {any} */ (data[at++] !== 0) : toScalar(data[at++]));
  /** @param {number} axis @returns {NestedTensor} */
  const level = (axis) => (axis === shape.length ? entry() : Array.from({ length: shape[axis] }, () => level(axis + 1)));
  return level(0);
}

/**
 * @param {Structure} structure
 * @param {ReturnType<CompiledPlan["run"]>} arrays
 * @param {{ digits?: number, scientific?: boolean }} writing
 * @returns {TraceBody & { first_nonfinite: string | null }}
 */
export function combine(structure, arrays, { digits = 4, scientific = false }) {
  // The next run writes over these arrays, and an equation may be filled after it.
  const copies = new Map();
  const held = (/** @type {Tensor} */ tensor) => {
    if (!copies.has(tensor)) copies.set(tensor, { ...tensor, data: tensor.data.slice() });
    return /** @type {Tensor} */ (copies.get(tensor));
  };
  const named = (/** @type {Record<string, Tensor>} */ found) => Object.fromEntries(Object.entries(found).map(([name, one]) => [name, held(one)]));
  const [values, gradients] = [named(arrays.values), named(arrays.gradients)];
  const contributions = arrays.contributions.map(held);

  /** @param {number[]} parts @returns {Tensor} */
  const sum = (parts) => {
    const [first, ...others] = parts.map((part) => contributions[part]);
    if (others.length === 0) return first;
    const data = first.data.slice();
    for (const other of others) for (let at = 0; at < data.length; at += 1) data[at] += other.data[at];
    return { ...first, data };
  };
  const find = (/** @type {string} */ key) => {
    const name = key.slice(2);
    return key[0] === "v" ? values[name] : key[0] === "g" ? gradients[name] : sum(name.split("+").map(Number));
  };
  /** @type {Map<string, import("./template.js").Tex>} */
  const written = new Map();
  const number = (/** @type {string} */ key) => {
    const known = written.get(key) ?? arrayTex(find(key), digits, scientific);
    written.set(key, known);
    return known;
  };
  /** @type {Map<Tensor, NestedTensor>} */
  const lists = new Map();
  const plain = (/** @type {Tensor} */ tensor) => {
    const known = lists.get(tensor) ?? nested(tensor);
    lists.set(tensor, known);
    return known;
  };

  /** @param {StructureStep} template @returns {Step} */
  const step = ({ parts, ...rest }) => {
    const made = /** @type {Step} */ ({ ...rest, equation: filledLater(rest.equation, number) });
    if (rest.phase !== "backward") return made;
    made.contribution = parts && parts.length > 0 ? plain(sum(parts)) : null;
    made.gradient = rest.final && rest.variable ? plain(gradients[rest.variable]) : null;
    return made;
  };
  const finite = (/** @type {Tensor} */ { data }) => data.every((/** @type {number} */ x) => Number.isFinite(x));
  const operatorsOf = new Map(structure.forward.map(({ operator, outputs }) => [operator, outputs]));
  const leaf = structure.graph.nodes.find((node) => node.kind === "variable" && node.role !== "intermediate" && !finite(values[node.id]));
  const operator = leaf ?? structure.graph.nodes.find(({ id }) => operatorsOf.get(id)?.some((name) => !finite(values[name])));
  return {
    target: structure.target,
    graph: {
      ...structure.graph,
      nodes: structure.graph.nodes.map((node) => {
        if (node.kind === "operator") return node;
        const gradient = gradients[node.id];
        return { ...node, value: plain(values[node.id]), gradient: gradient ? plain(gradient) : null };
      }),
    },
    scopes: structure.scopes.map((scope) => ({ ...scope, forward: scope.forward.map(step), backward: scope.backward.map(step) })),
    forward: structure.forward.map(step),
    backward: structure.backward.map(step),
    first_nonfinite: operator?.id ?? null,
    warnings: structure.warnings,
  };
}

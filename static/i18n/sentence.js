/**
 * What a step does, in one plain sentence. The trace tells it in English; in another language the sentence is put
 * together from the step's own data.
 *
 * @import {Step, Trace} from "../types.js"
 */
import { fill, language } from "./strings.js";

const chinese = language === "zh" ? { ...(await import("./zh.js")), ...(await import("./zh-operators.js")) } : null;

/**
 * @param {Step} step
 * @param {Trace} trace
 * @returns {string}
 */
export function sentence(step, trace) {
  return chinese ? compose(step, trace, chinese) : step.text;
}

/**
 * @param {Step} step
 * @param {Trace} trace
 * @param {Pick<typeof import("./zh.js"), "zh"> & typeof import("./zh-operators.js")} words
 */
export function compose(step, trace, { steps, operators, ways, zh }) {
  const node = trace.nodes.get(step.operator ?? "");
  const scope = trace.scopes.get(step.operator ?? "");
  const op = node?.kind === "operator" ? node.op : nameOf(scope, zh);
  const join = (/** @type {string[]} */ names) =>
    names.length < 2
      ? names.join("")
      : fill(zh["step.and"], { names: names.slice(0, -1).join(zh["step.comma"]), last: names[names.length - 1] });
  const variable = step.variable ?? "";
  if (step.kind === "seed") return fill(steps.seed, { variable });
  if (step.kind === "update") return fill(steps.update, { variable });
  if (step.kind === "sum") return fill(zh["step.sum"], { variable, count: step.count ?? 0, names: join(step.inputs) });
  if (step.kind === "contribution") {
    const many = (step.count ?? 1) > 1;
    const parameters = { variable, op, through: step.through ?? "", target: trace.target ?? "", how: onItsWay(step.how, ways) };
    if (!many) return fill(steps.contribution, parameters);
    return fill(steps.part, { ...parameters, index: (step.index ?? 0) + 1, count: step.count ?? 1 });
  }
  const inputs = join([...new Set(step.inputs)]);
  const outputs = join(step.outputs);
  if (scope) return fill(inputs ? steps.scope : steps.constant.replace("（{size}）", ""), { outputs, inputs, op, doc: "" });
  const first = trace.nodes.get(step.outputs[0] ?? "");
  const size = sizeInWords(first?.kind === "variable" ? first.shape : [], steps);
  const known = /** @type {Record<string, string>} */ (operators)[op]?.split(/[，；（]/)[0];
  return fill(inputs ? steps.operator : steps.constant, { outputs, inputs, op, size, doc: known ? `：${known}` : "" });
}

/** @param {import("../types.js").Step["how"]} how @param {Record<string, string>} ways */
function onItsWay(how, ways) {
  if (!how) return "";
  const summed = "repeated" in how;
  return fill(`${summed && how.key === "same" ? "" : (ways[how.key] ?? "")}${summed ? ways.summed : ""}`, how);
}

/** @param {import("../types.js").Scope | undefined} scope @param {Record<string, string>} words */
function nameOf(scope, words) {
  if (scope?.kind === "loop" || scope?.kind === "iteration") return `${words[`kind.${scope.kind}`]} ${scope.name}`;
  return scope?.name ?? "";
}

/** @param {number[]} shape @param {typeof import("./zh-operators.js").steps} steps */
function sizeInWords(shape, steps) {
  if (shape.length === 0) return steps.number;
  if (shape.length === 1) return fill(steps.vector, { n: shape[0] });
  return fill(steps.array, { shape: shape.join("×") });
}

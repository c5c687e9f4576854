/**
 * What can be written here, and what a word means: operators from the registry, names from the text and its trace.
 *
 * @import {CompletionContext, CompletionSource} from "@codemirror/autocomplete"
 * @import {HoverTooltipSource} from "@codemirror/view"
 * @import {Trace} from "../types.js"
 */
import { formatNumber } from "../i18n/format.js";
import { roleName, t } from "../i18n/strings.js";
import { toNumber, writeShape } from "../shared/tensor.js";

/** @typedef {{ name: string, signature: string, doc: string }} Operator */
/** @typedef {{ operators: () => Operator[], trace: () => Trace | null }} Knowledge */

const ROLES = /** @type {const} */ (["input", "target", "parameter"]);
const DEFINED = /^\s*(?:def\s+)?([\p{L}_][\p{L}\p{N}_]*)\s*(?:[:=(]|,)/gmu;

/** @param {string} text @returns {string[]} the names that a text gives to things */
export function namesIn(text) {
  return [...new Set([...text.matchAll(DEFINED)].map(([, name]) => name))];
}

/** @param {Knowledge} knowledge @returns {CompletionSource} */
export function completeFrom({ operators, trace }) {
  return (/** @type {CompletionContext} */ context) => {
    const word = context.matchBefore(/[\p{L}\p{N}_]+/u);
    if (!word && !context.explicit) return null;
    const before = context.state.doc.lineAt(context.pos).text.slice(0, (word?.from ?? context.pos) - context.state.doc.lineAt(context.pos).from);
    if (before.includes("#")) return null;
    const roles = ROLES.map((label) => ({ label, type: "keyword", detail: t(`program.keyword.${label}`) }));
    const isDeclaration = /^\s*[\p{L}_][\p{L}\p{N}_]*\s*:\s*$/u.test(before);
    const known = trace();
    const names = namesIn(context.state.doc.toString())
      .filter((name) => name !== word?.text)
      .map((label) => ({ label, type: "variable", detail: shapeOf(known, label), boost: 1 }));
    const functions = operators().map(({ name, signature, doc }) => ({
      label: name,
      type: "function",
      detail: signature.slice(name.length),
      info: doc,
      apply: `${name}(`,
    }));
    return { from: word?.from ?? context.pos, options: isDeclaration ? roles : [...names, ...functions], validFor: /^[\p{L}\p{N}_]*$/u };
  };
}

/** @param {Knowledge} knowledge @returns {HoverTooltipSource} */
export function helpAt({ operators, trace }) {
  return (view, pos) => {
    const range = view.state.wordAt(pos);
    if (!range) return null;
    const word = view.state.sliceDoc(range.from, range.to);
    const lines = meaning(word, operators(), trace());
    if (lines.length === 0) return null;
    return {
      pos: range.from,
      end: range.to,
      create() {
        const dom = document.createElement("div");
        dom.className = "cm-help";
        dom.append(
          ...lines.map((line, i) => {
            const element = document.createElement(i === 0 ? "code" : "p");
            element.textContent = line;
            return element;
          }),
        );
        return { dom };
      },
    };
  };
}

/**
 * @param {string} word
 * @param {Operator[]} operators
 * @param {Trace | null} trace
 * @returns {string[]} the word with its shape or arguments, then what it is
 */
export function meaning(word, operators, trace) {
  const node = trace?.nodes.get(word);
  if (node?.kind === "variable") {
    const { shape, value, role } = node;
    const isNumber = typeof value === "number" || typeof value === "string";
    return [`${word}: ${writeShape(shape)}`, isNumber ? `= ${formatNumber(toNumber(value))}` : roleName(role)];
  }
  const role = ROLES.find((name) => name === word);
  if (role) return [role, t(`program.keyword.${role}`)];
  const operator = operators.find(({ name }) => name === word);
  return operator ? [operator.signature, operator.doc] : [];
}

/** @param {Trace | null} trace @param {string} name */
function shapeOf(trace, name) {
  const node = trace?.nodes.get(name);
  return node?.kind === "variable" ? writeShape(node.shape) : "";
}

/**
 * An operator beside its formula: what it costs, what the reference says of it, and its local derivatives.
 *
 * @import {OperatorNode, Trace, VariableNode} from "../types.js"
 */
import { button, make } from "../shared/dom.js";
import { setMath } from "../shared/math.js";
import { formatCount } from "../i18n/format.js";
import { spokenName } from "../i18n/spoken.js";
import { t } from "../i18n/strings.js";
import { formatShape } from "../shared/tensor.js";
import { variableOf } from "../state/trace.js";
import { drawNumbers } from "./numbers.js";

/** A Jacobian with more entries than this is not asked for. */
const LARGEST = 1024;
/** One with no more is shown without being asked for. */
const SMALL = 36;

/** @param {Trace} trace @param {OperatorNode} operator */
export function neighbours(trace, { id }) {
  const unique = (/** @type {string[]} */ ids) =>
    [...new Set(ids)].map((name) => variableOf(trace, name)).filter((node) => node !== null);
  return {
    inputs: unique(trace.edges.filter(({ target }) => target === id).map(({ source }) => source)),
    outputs: unique(trace.edges.filter(({ source }) => source === id).map(({ target }) => target)),
  };
}

/** @param {Trace} trace @param {OperatorNode} operator */
export function costOf(trace, operator) {
  const { inputs, outputs } = neighbours(trace, operator);
  const bytes = (/** @type {VariableNode[]} */ nodes) =>
    nodes.reduce((sum, { shape, dtype }) => sum + size(shape) * (dtype.endsWith("32") ? 4 : dtype === "bool" ? 1 : 8), 0);
  return { read: bytes(inputs), written: bytes(outputs) };
}

/** @param {number[]} shape */
function size(shape) {
  return shape.reduce((a, b) => a * b, 1);
}

/**
 * @param {OperatorNode} operator
 * @param {(op: string) => Promise<{ signature: string, doc: string } | null>} describe
 */
export function reference(operator, describe) {
  const signature = make("code");
  const words = make("p");
  describe(operator.op).then((found) => {
    signature.textContent = found?.signature ?? operator.op;
    words.textContent = found?.doc.replaceAll("`", "") ?? "";
  }, () => (signature.textContent = operator.op));
  return make("section", { class: "reference", "data-part": "reference" }, make("h3", {}, t("operator.reference")), signature, words, make("a", { href: `operators#${operator.op}` }, t("operator.more", { op: operator.op })));
}

/**
 * @param {Trace} trace
 * @param {OperatorNode} operator
 * @param {{ ask: (path: string, more?: object) => Promise<any>, onSelect: (id: string) => void }} options
 */
export function localDerivatives(trace, operator, { ask }) {
  const { inputs, outputs } = neighbours(trace, operator);
  const part = make("section", { "data-part": "derivatives" }, make("h3", {}, t("operator.derivatives")));
  for (const out of outputs) for (const into of inputs) part.append(derivative(out, into));
  return part;

  /** @param {VariableNode} out @param {VariableNode} into */
  function derivative(out, into) {
    const title = make("span");
    setMath(title, `\\frac{\\partial ${out.latex}}{\\partial ${into.latex}}`, { large: true });
    const [rows, columns] = [size(out.shape), size(into.shape)];
    const names = { out: spokenName(trace, out.id), into: spokenName(trace, into.id) };
    const body = make("div", { "aria-live": "polite" });
    const line = make("div", { class: "local" }, title);
    if (rows * columns > LARGEST) line.append(make("span", { class: "note" }, t("operator.large", { count: formatCount(rows * columns) })));
    else if (rows * columns > SMALL) line.append(button(t("operator.show"), show, { class: "small-button", "aria-label": t("operator.show.of", names) }));
    if (rows * columns <= SMALL) show();
    return make("div", {}, line, body);

    async function show() {
      try {
        const { jacobian } = await ask("jacobian", { of: out.id, wrt: into.id });
        const flat = /** @type {any[]} */ ([jacobian]).flat(Infinity);
        const matrix = Array.from({ length: rows }, (_, i) => flat.slice(i * columns, (i + 1) * columns));
        const grid = make("div");
        drawNumbers(grid, matrix, { name: t("numbers.of.jacobian", names), shape: [rows, columns], onEdit: null });
        const words = t("operator.rows", { shape: formatShape([rows, columns]), ...names });
        body.replaceChildren(grid, make("p", { class: "note" }, another(into.id, out.id) ? words + t("step.space") + t("operator.total") : words));
      } catch (error) {
        body.textContent = error instanceof Error ? error.message : "";
      }
    }
  }

  /** Whether a way leads from `start` to `end` that does not go straight through the operator. @param {string} start @param {string} end */
  function another(start, end) {
    const found = new Set([start]);
    for (const id of found) {
      for (const { source, target } of trace.edges) {
        if (source === id && !(source === start && target === operator.id)) found.add(target);
      }
    }
    return found.has(end);
  }
}

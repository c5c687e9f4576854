/**
 * What is differentiated: any variable of one element can be chosen; of several losses each has gradients of its own.
 *
 * @import {Trace, VariableNode} from "../types.js"
 */
import { button, make } from "../shared/dom.js";
import { spokenName } from "../i18n/spoken.js";
import { t } from "../i18n/strings.js";
import { drawNumbers } from "./numbers.js";

/** More losses than this are not listed. */
const MOST = 4;

/** @param {number[]} shape whether it has one element */
export const isOne = (shape) => shape.every((length) => length === 1);

/**
 * The results of one element that nothing else is computed from: the losses, where there are several.
 *
 * @param {Trace} trace
 * @returns {string[]}
 */
export function lossesOf({ nodes, edges }) {
  const used = new Set(edges.map(({ source }) => source));
  return [...nodes.values()].flatMap((node) => (node.kind === "variable" && node.role === "intermediate" && isOne(node.shape) && !used.has(node.id) ? [node.id] : []));
}

/** @param {Trace} trace @param {string} id @param {(id: string | null) => void} onTarget */
export function differentiator(trace, id, onTarget) {
  const is = trace.target === id;
  return make(
    "p",
    { "data-part": "target" },
    is ? t("inspector.target.is", { id: spokenName(trace, id) }) : button(t("inspector.target"), () => onTarget(id), { class: "small-button", "data-action": "differentiate" }),
  );
}

/**
 * The gradients of the other losses, beside that of the one that is differentiated.
 *
 * @param {Trace} trace
 * @param {VariableNode} variable
 * @param {{ ask: (path: string, more?: object) => Promise<any>, onTarget?: (id: string | null) => void }} options
 */
export function otherLosses(trace, { id, shape }, { ask, onTarget }) {
  const others = lossesOf(trace).filter((loss) => loss !== trace.target && loss !== id).slice(0, MOST);
  const list = make("div", { "data-part": "losses" });
  for (const loss of others) {
    const numbers = make("div");
    const names = { id: spokenName(trace, id), loss: spokenName(trace, loss) };
    const name = t("numbers.of.gradient.loss", names);
    const head = make("h4", {}, name);
    if (onTarget) head.append(button(t("inspector.target.short", { id: names.loss }), () => onTarget(loss), { class: "small-button" }));
    list.append(make("div", { "data-loss": loss }, head, numbers));
    ask("run", { target: loss, want: { gradients: [id] } }).then(
      ({ gradients }) => (id in gradients && gradients[id] !== null ? drawNumbers(numbers, gradients[id], { name, shape, onEdit: null }) : numbers.append(t("inspector.loss.none", names))),
      () => numbers.append(t("inspector.loss.none", names)),
    );
  }
  return list;
}

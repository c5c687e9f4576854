/**
 * Forward mode from one variable: how each result moves when it moves, operator by operator, beside what reverse
 * mode costs.
 *
 * @import {Tensor, Trace, VariableNode} from "../types.js"
 */
import { button, make } from "../dom.js";
import { setMath } from "../math.js";
import { formatNumber } from "../tensor.js";
import { variableOf } from "../trace.js";
import { nest } from "../npy.js";
import { drawNumbers } from "./numbers.js";

const TEXT = {
  title: "Forward mode from here",
  entry: "Entry that moves",
  push: "Push forward",
  words: (/** @type {string} */ id) => `One pass carries a change of ${id} forward to everything that depends on it; one backward pass brings the gradient of the target to everything it depends on.`,
  meets: (/** @type {string} */ target, /** @type {string} */ tangent, /** @type {string} */ gradient) =>
    `Forward mode moves ${target} by ${tangent}; the same entry of the gradient, by reverse mode, is ${gradient}.`,
  costs: { value: "values alone", forward_mode: "forward mode, this direction", forward_mode_all_directions: "forward mode, every entry", reverse_mode: "reverse mode, every entry of everything" },
  flops: (/** @type {string} */ count) => `${count} FLOPs`,
};
const COSTS = /** @type {const} */ (["value", "forward_mode", "forward_mode_all_directions", "reverse_mode"]);
/** More steps than this are not listed. */
const MOST = 60;

/**
 * @param {Trace} trace
 * @param {VariableNode} variable
 * @param {{ ask: (path: string, more?: object) => Promise<any>, onSelect: (id: string) => void }} options
 */
export function forwardMode(trace, variable, { ask, onSelect }) {
  const { id, shape, gradient } = variable;
  const count = shape.reduce((a, b) => a * b, 1);
  const entry = make("input", { type: "number", min: "0", max: String(count - 1), value: "0", "aria-label": TEXT.entry });
  const body = make("div", { "aria-live": "polite" });
  const line = make("div", { class: "slicer" }, ...(count > 1 ? [make("label", {}, TEXT.entry, entry)] : []), button(TEXT.push, push, { class: "small-button" }));
  return make("details", { class: "figures forward-mode", "data-part": "forward" }, make("summary", {}, TEXT.title), make("p", { class: "note" }, TEXT.words(id)), line, body);

  async function push() {
    const at = Math.max(0, Math.min(count - 1, Math.round(Number(entry.value) || 0)));
    const direction = nest(Array.from({ length: count }, (_, i) => Number(i === at)), shape);
    try {
      const { steps, tangents, flops } = await ask("tangents", { wrt: id, direction });
      const target = trace.target ?? "";
      const slope = [gradient].flat(/** @type {1} */ (Infinity))[at];
      const moved = tangents[target];
      body.replaceChildren(
        costs(flops),
        ...(typeof moved === "number" && typeof slope === "number" ? [make("p", { class: "note" }, TEXT.meets(target, formatNumber(moved, 6), formatNumber(slope, 6)))] : []),
        make("ol", { class: "tangents" }, ...steps.slice(0, MOST).map(step)),
      );
    } catch (error) {
      body.textContent = error instanceof Error ? error.message : "";
    }
  }

  /** @param {Record<typeof COSTS[number], number | null>} flops */
  function costs(flops) {
    const most = Math.max(...COSTS.map((name) => flops[name] ?? 0), 1);
    const list = make("dl", { class: "costs" });
    for (const name of COSTS) {
      const bar = make("i", { class: name === "reverse_mode" ? "backward" : "forward" });
      bar.style.width = `${(100 * (flops[name] ?? 0)) / most}%`;
      list.append(make("dt", {}, TEXT.costs[name]), make("dd", { "data-cost": name }, bar, TEXT.flops((flops[name] ?? 0).toLocaleString("en"))));
    }
    return list;
  }

  /** @param {{ operator: string, outputs: string[], tangents: Tensor[], equation: { symbolic?: string }, text: string }} told */
  function step({ operator, outputs, tangents, equation, text }) {
    const formula = button("", () => onSelect(operator), { class: "derivation", title: text });
    setMath(formula, equation.symbolic ?? "", { large: true });
    const numbers = make("div");
    const out = variableOf(trace, outputs[0]);
    drawNumbers(numbers, tangents[0], { name: text, shape: out?.shape ?? [], onEdit: null });
    return make("li", {}, formula, numbers);
  }
}

/**
 * Forward mode from one variable: how each result moves when it moves, operator by operator, beside what reverse
 * mode costs.
 *
 * @import {Tensor, Trace, VariableNode} from "../types.js"
 */
import { button, make } from "../shared/dom.js";
import { setMath } from "../shared/math.js";
import { formatCount, formatNumber } from "../i18n/format.js";
import { operatorPhrases, spokenName } from "../i18n/spoken.js";
import { t } from "../i18n/strings.js";
import { variableOf } from "../state/trace.js";
import { nest } from "../shared/npy.js";
import { drawNumbers } from "./numbers.js";

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
  const phrases = operatorPhrases(trace);
  let turn = 0;
  const entry = make("input", { type: "number", min: "0", max: String(count - 1), value: "0", "aria-label": t("forward.entry") });
  const body = make("div", { "aria-live": "polite" });
  const line = make("div", { class: "slicer" }, ...(count > 1 ? [make("label", {}, t("forward.entry"), entry)] : []), button(t("forward.push"), push, { class: "small-button" }));
  return make("details", { class: "figures forward-mode", "data-part": "forward" }, make("summary", {}, t("forward.title")), make("p", { class: "note" }, t("forward.words", { id })), line, body);

  async function push() {
    const mine = (turn += 1);
    const at = Math.max(0, Math.min(count - 1, Math.round(Number(entry.value) || 0)));
    const direction = nest(Array.from({ length: count }, (_, i) => Number(i === at)), shape);
    try {
      const { steps, tangents, flops } = await ask("tangents", { wrt: id, direction });
      if (mine !== turn) return;
      const target = trace.target ?? "";
      const slope = [gradient].flat(/** @type {1} */ (Infinity))[at];
      const moved = tangents[target];
      body.replaceChildren(
        costs(flops),
        ...(typeof moved === "number" && typeof slope === "number" ? [make("p", { class: "note" }, t("forward.meets", { target, tangent: formatNumber(moved), gradient: formatNumber(slope) }))] : []),
        make("ol", { class: "tangents" }, ...steps.slice(0, MOST).map(step)),
      );
    } catch (error) {
      if (mine === turn) body.textContent = error instanceof Error ? error.message : "";
    }
  }

  /** @param {Record<typeof COSTS[number], number | null>} flops */
  function costs(flops) {
    const most = Math.max(...COSTS.map((name) => flops[name] ?? 0), 1);
    const list = make("dl", { class: "costs" });
    for (const name of COSTS) {
      const bar = make("i", { class: name === "reverse_mode" ? "backward" : "forward" });
      bar.style.width = `${(100 * (flops[name] ?? 0)) / most}%`;
      list.append(make("dt", {}, t(`forward.cost.${name}`)), make("dd", { "data-cost": name }, bar, t("forward.flops", { count: formatCount(flops[name] ?? 0) })));
    }
    return list;
  }

  /** @param {{ operator: string, outputs: string[], tangents: Tensor[], equation: { symbolic?: string } }} told */
  function step({ operator, outputs, tangents, equation }) {
    const formula = button("", () => onSelect(operator), { class: "derivation", title: phrases.get(operator) ?? "" });
    setMath(formula, equation.symbolic ?? "", { large: true });
    const numbers = make("div");
    const out = variableOf(trace, outputs[0]);
    drawNumbers(numbers, tangents[0], { name: t("numbers.of.tangent", { id: spokenName(trace, outputs[0]) }), shape: out?.shape ?? [], onEdit: null });
    return make("li", {}, formula, numbers);
  }
}

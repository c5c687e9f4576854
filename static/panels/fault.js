/**
 * What the notice about the first NaN or infinity goes on to say: the equations in which it arises, and edits of the
 * program that make the run finite.
 *
 * @import {Session} from "../state/session.js"
 */
import { spokenName } from "../i18n/spoken.js";
import { t } from "../i18n/strings.js";
import { formatNumber } from "../i18n/format.js";
import { stateOf } from "../scene/nonfinite.js";
import { make } from "../shared/dom.js";
import { setMath } from "../shared/math.js";
import { statisticsOf } from "../shared/statistics.js";
import { flatten, isSummary } from "../shared/tensor.js";
import { variableOf } from "../state/trace.js";
import { guardButtons } from "./guards.js";

/** Longer equations are left to the panel of equations. */
const LONGEST = 80;

/**
 * The equation in which it arises; and, where what it leads to is finite but a gradient is not, that as well.
 *
 * @param {Session} session
 * @param {NonNullable<import("../scene/nonfinite.js").Nonfinite["first"]>} first
 */
export function evidence({ view, trace }, { id, phase }) {
  const steps = view?.steps ?? [];
  const backward = steps.find(({ contribution }) => stateOf(contribution ?? null));
  const forward = phase === "forward" ? steps.find(({ outputs, ...step }) => step.phase === "forward" && outputs.includes(id)) : null;
  const parts = shown(forward);
  if (parts.length === 0 && trace) parts.push(make("div", {}, entries(trace, id, phase === "forward" ? (forward?.inputs ?? []) : [])));
  const target = trace && variableOf(trace, trace.target ?? "");
  if (phase === "backward") parts.push(...shown(backward));
  else if (backward && target && !stateOf(target.value)) {
    const state = t(`graph.${stateOf(backward.contribution ?? null)}`);
    const words = t("notice.nonfinite.branch", { target: spokenName(trace, target.id), place: spokenName(trace, backward.variable ?? ""), state });
    parts.push(make("div", {}, words, ...shown(backward)));
  }
  return parts;
}

/**
 * How many entries of an array are not finite and where the first is, and between which numbers its operands lie.
 *
 * @param {import("../types.js").Trace} trace @param {string} id @param {string[]} inputs
 */
function entries(trace, id, inputs) {
  const variable = variableOf(trace, id);
  const value = inputs.length > 0 ? variable?.value : variable?.gradient;
  if (!variable || value == null || !stateOf(value)) return "";
  const { size, nonfinite } = statisticsOf(value);
  const first = isSummary(value) ? -1 : flatten([/** @type {any} */ (value)]).findIndex((entry) => !Number.isFinite(entry));
  const at = variable.shape.map((length, axis) => Math.floor(first / variable.shape.slice(axis + 1).reduce((a, b) => a * b, 1)) % length);
  const count = size === 1 ? [] : [first < 0 ? t("fault.count", { count: nonfinite, size }) : t("fault.first", { count: nonfinite, size, index: at.join(", ") })];
  const ranges = inputs.flatMap((input) => {
    const array = variableOf(trace, input)?.value;
    if (array == null) return [];
    const { min, max } = statisticsOf(array);
    if (!Number.isFinite(min) || !Number.isFinite(max)) return [];
    const name = spokenName(trace, input);
    return [min === max ? t("fault.constant", { name, number: formatNumber(min) }) : t("fault.range", { name, low: formatNumber(min), high: formatNumber(max) })];
  });
  return [...count, ...ranges].join(t("fault.join"));
}

/** A step's equation in numbers, where it is short. @param {import("../types.js").ViewStep | null | undefined} step */
function shown(step) {
  const latex = step?.equation.numeric ?? "";
  if (latex === "" || latex.length > LONGEST) return [];
  const line = make("span", { class: "evidence" });
  setMath(line, latex, { spoken: true });
  return [line];
}

/**
 * Buttons for the guards that help, or that none is known.
 *
 * @param {Session} session
 * @param {(path: string, body: object) => Promise<any>} ask
 * @param {(program: string) => Promise<void>} write puts the guarded program into the editor and runs it
 * @returns {Promise<Element[]>}
 */
export async function offerGuards({ program, values, sizes, target }, ask, write) {
  const answer = await ask("health", { program, values, sizes, ...(target && { target }) }).catch(() => null);
  if (!answer) return [];
  const guards = answer.findings.flatMap((/** @type {any} */ finding) => finding.guards);
  return guards.length > 0 ? guardButtons(guards, write) : [make("div", { class: "no-guard" }, t("guard.none"))];
}

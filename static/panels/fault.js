/**
 * What the notice about the first NaN or infinity goes on to say: the equations in which it arises, and edits of the
 * program that make the run finite.
 *
 * @import {Session} from "../state/session.js"
 */
import { spokenName } from "../i18n/spoken.js";
import { t } from "../i18n/strings.js";
import { stateOf } from "../scene/nonfinite.js";
import { make } from "../shared/dom.js";
import { setMath } from "../shared/math.js";
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
  const parts = [...shown(forward)];
  const target = trace && variableOf(trace, trace.target ?? "");
  if (phase === "backward") parts.push(...shown(backward));
  else if (backward && target && !stateOf(target.value)) {
    const state = t(`graph.${stateOf(backward.contribution ?? null)}`);
    const words = t("notice.nonfinite.branch", { target: spokenName(trace, target.id), place: spokenName(trace, backward.variable ?? ""), state });
    parts.push(make("div", {}, words, ...shown(backward)));
  }
  return parts;
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

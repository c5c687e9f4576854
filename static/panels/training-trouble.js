/** What a run says about itself where it goes wrong. */
import { t } from "../i18n/strings.js";
import { spokenName } from "../i18n/spoken.js";
import { toNumber } from "../shared/tensor.js";

/** A loss so many times the first one grows. */
const GROWN = 1000;

/**
 * @param {import("../types.js").Trace | null} trace
 * @param {{ phase: "forward" | "backward" | "update", variable: string, operator: string | null, line: number }} found
 */
export function describeDivergence(trace, { phase, variable: id, operator, line }) {
  const variable = spokenName(trace, id);
  if (phase === "update") return t("training.diverged.update", { name: variable });
  if (operator === null) return t("training.diverged.given", { name: variable });
  const name = phase === "forward" ? variable : t("training.diverged.gradient", { variable });
  return t("training.diverged", { name, line, phase: t(`step.${phase}`).toLowerCase() });
}

/** Whether the loss has grown beyond use though it is finite. @param {{ loss: any }[]} reports */
export function hasGrown(reports) {
  const [first, last] = [reports[0], reports[reports.length - 1]].map((report) => toNumber(report?.loss ?? 0));
  return Number.isFinite(last) && last > GROWN * Math.max(Math.abs(first), 1);
}

/**
 * Two runs beside each other: one is kept as it was, the other goes on; what was asked for differently is named.
 *
 * @import {Report} from "../state/training-run.js"
 */
import { t } from "../i18n/strings.js";

/**
 * @typedef {object} Kept
 * @property {Report[]} reports
 * @property {any} surface
 * @property {any} start
 * @property {Record<string, any>} settings what it was asked for, by the name of the control
 * @property {string} told its losses and metrics in words
 */

/**
 * What differs between two runs, one `name before → after` each. A setting that one of them does not have at all follows
 * from another.
 *
 * @param {Record<string, any>} before
 * @param {Record<string, any>} after
 */
export function differences(before, after) {
  const changed = Object.keys(before).filter((name) => name in after && before[name] !== after[name]);
  return changed.map((name) => `${name} ${before[name]} \u2192 ${after[name]}`);
}

/** @param {string[]} changed */
export function tellDifferences(changed) {
  if (changed.length === 0) return t("training.compare.same");
  return t(changed.length === 1 ? "training.compare.one" : "training.compare.many", { changes: changed.join("; ") });
}

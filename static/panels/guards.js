/** Buttons that guard an expression against NaN and infinity. */
import { button } from "../shared/dom.js";
import { t } from "../i18n/strings.js";

/** @typedef {{ before: string, after: string, program: string }} Guard */

/**
 * @param {Guard[]} guards
 * @param {(program: string) => Promise<void> | void} write puts the guarded program into the editor and runs it
 */
export function guardButtons(guards, write) {
  return guards.map(({ before, after, program }) => button(t("guard.apply", { before, after }), () => write(program), { class: "small-button guard", "data-action": "guard" }));
}

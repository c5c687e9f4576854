/**
 * Says above the graph where the first NaN or infinity arises, and offers edits that make the run finite.
 *
 * @import {Session} from "../state/session.js"
 */
import { spokenName } from "../i18n/spoken.js";
import { t } from "../i18n/strings.js";

/**
 * @param {HTMLElement} notice
 * @param {{ session: Session, ask: (path: string, body: object) => Promise<any>, write: (program: string) => Promise<void>, notify: (words: string) => void }} page
 */
export function createWarning(notice, { session, ask, write, notify }) {
  /** What guards are being looked for. */
  let wanted = "";

  return {
    /** @param {import("../scene/nonfinite.js").Nonfinite["first"]} first null where all numbers are finite */
    warn(first) {
      const place = spokenName(session.trace, first?.id ?? "");
      notify(!first ? "" : t(first.phase === "forward" ? "notice.nonfinite" : "notice.nonfinite.backward", { place, state: t(`graph.${first.state}`) }));
      wanted = "";
      if (first && !session.previewing && !session.lent) guard();
    },
  };

  async function guard() {
    const { program, values, sizes, target } = session;
    const request = { program, values, sizes, ...(target && { target }) };
    const question = JSON.stringify(request);
    wanted = question;
    const [{ guardButtons }, answer] = await Promise.all([import("./guards.js"), ask("health", request).catch(() => null)]);
    if (wanted !== question) return;
    notice.append(...guardButtons((answer?.findings ?? []).flatMap((/** @type {any} */ finding) => finding.guards), write));
  }
}

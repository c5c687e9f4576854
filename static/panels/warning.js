/**
 * Says above the graph where the first NaN or infinity arises, and offers edits that make the run finite.
 *
 * @import {Session} from "../state/session.js"
 */
import { spokenName } from "../i18n/spoken.js";
import { t } from "../i18n/strings.js";

/** Pixels between the picture and the notice. */
const ROOM = 8;

/**
 * @param {HTMLElement} notice
 * @param {{ session: Session, ask: (path: string, body: object) => Promise<any>, write: (program: string) => Promise<void>, notify: (words: string) => void }} page
 */
export function createWarning(notice, { session, ask, write, notify }) {
  /** Which of the warnings the notice shows. */
  let turn = 0;
  /** Whether what the notice says stays true until the program or a number changes: the picture makes room for it. */
  let lasting = false;
  const makeRoom = () => notice.parentElement?.style.setProperty("--notice", `${lasting && !notice.hidden ? notice.offsetHeight + ROOM : 0}px`);
  new ResizeObserver(makeRoom).observe(notice);

  return {
    /** @param {import("../scene/nonfinite.js").Nonfinite["first"]} first null where all numbers are finite */
    warn(first) {
      const place = spokenName(session.trace, first?.id ?? "");
      notify(!first ? "" : t(first.phase === "forward" ? "notice.nonfinite" : "notice.nonfinite.backward", { place, state: t(`graph.${first.state}`) }));
      lasting = first !== null;
      makeRoom();
      turn += 1;
      if (first) explain(first, turn);
    },
  };

  /** @param {NonNullable<import("../scene/nonfinite.js").Nonfinite["first"]>} first @param {number} mine */
  async function explain(first, mine) {
    const { evidence, offerGuards } = await import("./fault.js");
    if (turn !== mine) return;
    notice.append(...evidence(session, first));
    if (session.previewing || session.lent) return;
    const guards = await offerGuards(session, ask, write);
    if (turn === mine) notice.append(...guards);
  }
}

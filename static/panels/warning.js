/**
 * Says above the graph where the first NaN or infinity arises, and offers edits that make the run finite.
 *
 * @import {Session} from "../state/session.js"
 */
import { spokenName } from "../i18n/spoken.js";
import { t } from "../i18n/strings.js";
import { stateOf } from "../scene/nonfinite.js";
import { make } from "../shared/dom.js";
import { setMath } from "../shared/math.js";
import { variableOf } from "../state/trace.js";

/** Pixels between the picture and the notice. */
const ROOM = 8;
/** Longer equations are left to the panel of equations. */
const LONGEST = 80;

/**
 * @param {HTMLElement} notice
 * @param {{ session: Session, ask: (path: string, body: object) => Promise<any>, write: (program: string) => Promise<void>, notify: (words: string) => void }} page
 */
export function createWarning(notice, { session, ask, write, notify }) {
  /** What guards are being looked for. */
  let wanted = "";
  /** Whether what the notice says stays true until the program or a number changes: the picture makes room for it. */
  let lasting = false;
  const makeRoom = () => notice.parentElement?.style.setProperty("--notice", `${lasting && !notice.hidden ? notice.offsetHeight + ROOM : 0}px`);
  new ResizeObserver(makeRoom).observe(notice);

  return {
    /** @param {import("../scene/nonfinite.js").Nonfinite["first"]} first null where all numbers are finite */
    warn(first) {
      const place = spokenName(session.trace, first?.id ?? "");
      notify(!first ? "" : t(first.phase === "forward" ? "notice.nonfinite" : "notice.nonfinite.backward", { place, state: t(`graph.${first.state}`) }));
      if (first) notice.append(...evidence(first));
      lasting = first !== null;
      makeRoom();
      wanted = "";
      if (first && !session.previewing && !session.lent) guard();
    },
  };

  /**
   * The equation in which it arises; and, where what it leads to is finite but a gradient is not, that as well.
   *
   * @param {NonNullable<import("../scene/nonfinite.js").Nonfinite["first"]>} first
   */
  function evidence({ id, phase }) {
    const { view, trace } = session;
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

/**
 * What is kept for the backward pass, said beside each step.
 *
 * @import {PlayerState, Trace, ViewStep} from "../types.js"
 */
import { leisure } from "../shared/idle.js";
import { MOST_NODES, tellKept } from "../state/saved.js";

/**
 * @param {HTMLElement} line
 * @param {{ session: import("../state/session.js").Session, player: import("../state/player.js").Player, ask: (path: string, body: object) => Promise<any> }} page
 */
export function createSaved(line, { session, player, ask }) {
  /** Of which trace it is known. @type {{ trace: Trace, list: import("../state/saved.js").Kept[] } | null} */
  let kept = null;
  /** The step of which it was last told. @type {{ step: ViewStep | null, kept: { trace: Trace, list: import("../state/saved.js").Kept[] } | null } | null} */
  let told = null;

  return { learn, draw };

  /** @param {Trace} trace */
  async function learn(trace) {
    kept = null;
    if (trace.target === null || trace.nodes.size > MOST_NODES) return;
    await leisure();
    if (session.trace !== trace) return;
    const found = await ask("kept", session.request).catch(() => null);
    if (!found || session.trace !== trace) return;
    kept = { trace, list: found.kept };
    draw(player.state);
  }

  /** @param {PlayerState} state */
  function draw({ current }) {
    const step = session.view?.steps[current] ?? null;
    if (told?.step === step && told.kept === kept) return;
    told = { step, kept };
    const { words, all } = kept && session.trace ? tellKept(session.trace, kept.list, step) : { words: "", all: "" };
    if (line.textContent !== words) line.textContent = words;
    line.title = all === words ? "" : all;
  }
}

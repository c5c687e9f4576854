/**
 * Training or evaluation mode of the whole program: whether dropout drops and batch norm takes the statistics of the
 * batch. It is offered where a program has something that follows the mode.
 */
import { make } from "../shared/dom.js";
import { t } from "../i18n/strings.js";

const FOLLOWS = /dropout|batch_?norm|instance_?norm|running_(mean|var)|rrelu|\.(eval|train)\(|nn\.(MultiheadAttention|Transformer)/i;

/**
 * @param {HTMLElement} place
 * @param {ReturnType<typeof import("../state/session.js").createSession>} session
 */
export function createMode(place, session) {
  const choice = make(
    "select",
    { "data-action": "mode", "aria-label": t("mode.title") },
    ...[["", t("mode.written")], ["training", t("mode.training")], ["evaluation", t("mode.evaluation")]].map(([value, label]) => make("option", { value }, label)),
  );
  place.append(choice);
  choice.addEventListener("change", () => {
    const { program, values, sizes, stored, example, open } = session;
    session.run({ program, values, sizes, example, open, ...stored, training: choice.value === "" ? null : choice.value === "training" });
  });
  session.on("change", () => {
    const { training } = session.stored;
    choice.hidden = training === undefined && !FOLLOWS.test(session.program);
    choice.value = training === undefined ? "" : training ? "training" : "evaluation";
  });
  choice.hidden = true;
}

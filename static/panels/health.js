/**
 * What is wrong with the network on show: each finding with its numbers, its place in the graph, and what to try.
 *
 * @import {Bench} from "./lab.js"
 */
import { button, make, number, tellProblem } from "../shared/dom.js";
import { t } from "../i18n/strings.js";
import { guardButtons } from "./guards.js";
import { shownAs } from "../state/view.js";

const RATE = "0.1";

/**
 * @param {HTMLElement} host
 * @param {Bench} bench
 */
export function createHealthPanel(host, { api, session, paint, write: rewrite }) {
  const trouble = make("p", { class: "trouble", role: "alert", hidden: true });
  const rate = number(RATE, t("health.rate"), { min: "0" });
  const list = make("ul", { class: "findings", "data-part": "findings" });
  const verdict = make("p", { class: "verdict", "data-part": "verdict", role: "status" });
  host.append(make("p", { class: "note" }, t("health.about")), make("label", { class: "field" }, make("span", {}, t("health.rate")), rate), trouble, verdict, list);
  rate.addEventListener("change", show);
  let asked = "";

  async function show() {
    const { trace } = session;
    if (!trace) return;
    if (trace.target === null) {
      list.replaceChildren();
      verdict.textContent = t("health.none");
      return;
    }
    const learning = Number(rate.value);
    const request = { ...session.request, ...(learning > 0 ? { learning_rate: learning } : {}) };
    const question = JSON.stringify(request);
    if (question === asked) return mark();
    asked = question;
    try {
      const answer = await api.ask("health", request);
      if (asked !== question) return;
      trouble.hidden = true;
      findings = answer.findings;
      write();
    } catch (error) {
      asked = "";
      tellProblem(trouble, error);
    }
  }

  /** @type {{ code: string, place: string, message: string, advice: string, guards: import("./guards.js").Guard[] }[]} */
  let findings = [];

  function write() {
    verdict.textContent = findings.length === 0 ? t("health.fine") : t("health.count", { count: findings.length });
    list.replaceChildren(
      ...findings.map(({ code, place, message, advice, guards }) =>
        make("li", { "data-code": code, "data-place": place }, make("p", { class: "what" }, message), make("p", { class: "note" }, advice), button(t("health.show"), () => session.select(place), { class: "link" }), ...guardButtons(guards, rewrite)),
      ),
    );
    mark();
  }

  /** Where the findings are, in the picture. */
  function mark() {
    const { view } = session;
    if (!view) return;
    const nodes = new Map(findings.flatMap(({ place, message }) => {
      const id = shownAs(view, place);
      return id === null ? [] : [[id, { tint: "error", sign: "!", words: message }]];
    }));
    paint({ nodes: /** @type {Map<string, import("../scene/annotate.js").Dab>} */ (nodes), edges: new Map() });
  }

  return { show, hide: () => paint(null) };
}

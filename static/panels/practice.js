/**
 * Practice on the graph on show. Either steps of the backward pass are blank, one more each round, and the learner fills
 * them in; or the learner predicts each step before it plays. Questions and their judgement are those of `<tide-question>`:
 * the engine computes the answers and names the mistakes. At the end: the score, and where the first mistake was.
 *
 * @import {Bench} from "./lab.js"
 * @import {ViewStep} from "../types.js"
 */
import { button, make, tellProblem } from "../shared/dom.js";
import { setMath } from "../shared/math.js";
import { t } from "../i18n/strings.js";
import { conceal, hiddenOf } from "../state/conceal.js";
import { blanksOf, questionOnGradient, predictions } from "./practice-items.js";

/** @typedef {import("./practice-items.js").Item} Item */
/** @typedef {{ item: Item, round: number, prompt: string, attempts: number, correct: boolean | null, misconception: string | null }} Result */

const KINDS = /** @type {const} */ (["operator", "shape", "sign", "number"]);

/**
 * @param {HTMLElement} host
 * @param {Bench} bench
 */
export function createPracticePanel(host, { api, session, player, light }) {
  addStyles();
  /** @type {Result[]} */
  let results = [];
  /** What the practice is about; null: none is under way. @type {{ mode: "fading" | "predict", rounds: Item[][], fresh: boolean, seed: number } | null} */
  let under = null;
  let [round, at] = [0, 0];
  /** Numbers of the round, where they are not the program's own. @type {Record<string, any> | null} */
  let numbers = null;
  let program = "";

  const trouble = make("p", { class: "trouble", role: "alert", hidden: true });
  const modes = make("fieldset", { class: "practice-modes" }, make("legend", {}, t("practice.mode")));
  for (const mode of ["fading", "predict"]) {
    const input = make("input", { type: "radio", name: "practice-mode", value: mode, checked: mode === "fading" });
    modes.append(make("label", {}, input, make("span", {}, make("strong", {}, t(`practice.${mode}`)), make("small", {}, t(`practice.${mode}.how`)))));
  }
  const fresh = check("fresh", true);
  const kinds = make("fieldset", { class: "practice-kinds", hidden: true }, make("legend", {}, t("practice.kinds")), ...KINDS.map((kind) => check(kind, true)));
  const start = button(t("practice.start"), begin, { class: "primary", "data-action": "practice-start" });
  const setup = make("div", { class: "practice-setup" }, modes, kinds, fresh, make("div", { class: "controls" }, start));
  const progress = make("p", { class: "told", role: "status", "data-part": "progress" });
  const heading = make("h3", { tabIndex: -1 });
  const steps = make("ol", { class: "practice-steps" });
  const asked = make("div", { class: "practice-asked" });
  const next = button(t("practice.next"), advance, { class: "primary", "data-action": "practice-next" });
  const finish = button(t("practice.finish"), () => end(), { class: "quiet", "data-action": "practice-finish" });
  const work = make("div", { class: "practice-work", hidden: true }, heading, progress, asked, make("div", { class: "controls" }, next, finish), steps);
  const outcome = make("div", { class: "practice-outcome", "data-part": "outcome", hidden: true });
  host.append(trouble, setup, work, outcome);
  modes.addEventListener("change", () => {
    kinds.hidden = mode() !== "predict";
    fresh.hidden = mode() !== "fading";
  });

  return {
    show() {
      // Another program has no part in a practice.
      if (under && session.program !== program) end();
    },
    hide() {
      if (under) end();
    },
  };

  /** @param {string} name @param {boolean} checked */
  function check(name, checked) {
    return make("label", { class: "check" }, make("input", { type: "checkbox", name, checked }), make("span", {}, t(`practice.${name}`)));
  }

  function mode() {
    return /** @type {"fading" | "predict"} */ (/** @type {HTMLInputElement} */ (modes.querySelector("input:checked")).value);
  }

  async function begin() {
    const { view, trace } = session;
    if (!view || !trace) return;
    trouble.hidden = true;
    outcome.hidden = true;
    const seed = Math.floor(Math.random() * 1e6);
    const chosen = KINDS.filter((kind) => /** @type {HTMLInputElement} */ (kinds.querySelector(`[name=${kind}]`)).checked);
    const blanks = blanksOf(view);
    const rounds = mode() === "fading" ? blanks.map((_, n) => blanks.slice(blanks.length - 1 - n)) : [predictions(view, chosen.length > 0 ? chosen : [...KINDS], seed)];
    if (rounds.length === 0 || rounds[0].length === 0) {
      trouble.hidden = false;
      trouble.textContent = t(mode() === "fading" ? "practice.no.gradients" : "practice.nothing");
      return;
    }
    try {
      // The questions' element comes with the graphs for other pages.
      await import(new URL("static/embed.js", document.baseURI).href);
    } catch (error) {
      tellProblem(trouble, error);
      return;
    }
    results = [];
    under = { mode: mode(), rounds, fresh: /** @type {HTMLInputElement} */ (fresh.querySelector("input")).checked, seed };
    ({ program } = session);
    [round, at] = [0, 0];
    setup.hidden = true;
    work.hidden = false;
    document.body.classList.add("practising");
    await enter();
  }

  /** A round begins: its numbers are drawn, and what is to be filled in is hidden. */
  async function enter() {
    if (!under) return;
    const items = under.rounds[round];
    if (under.mode === "fading") {
      player.seek(player.state.length);
      numbers = under.fresh ? await drawn(items) : null;
      await session.preview(numbers);
    }
    at = 0;
    pose();
  }

  /** Simple numbers for a round, other ones each time; null where they cannot be drawn. @param {Item[]} items */
  async function drawn(items) {
    if (!under) return null;
    const question = `ask: ${questionOnGradient(items[items.length - 1], "")}\nnumbers: individual`;
    const request = { ...session.request, question, learner: `${under.seed}-${round}` };
    try {
      return { ...session.values, ...(await api.ask("question", request)).values };
    } catch {
      return null;
    }
  }

  /** The question on one step. */
  function pose() {
    if (!under) return;
    const items = under.rounds[round];
    const item = items[at];
    const fading = under.mode === "fading";
    const question = fading ? questionOnGradient(item, `${under.seed}-${round}`) : item.question;
    // In a round, what is filled in already may be seen again.
    const blank = fading ? items.slice(at).map(({ id }) => id) : [];
    heading.textContent = fading ? t("practice.round", { round: round + 1, rounds: under.rounds.length }) : t("practice.step", { step: item.moment + 1, steps: player.state.length });
    progress.textContent = t("practice.progress", { at: at + 1, count: items.length });
    if (!fading) player.seek(item.moment);
    /** @type {Result} */
    const result = { item, round, prompt: question, attempts: 0, correct: null, misconception: null };
    results.push(result);
    const element = /** @type {any} */ (document.createElement("tide-question"));
    element.setAttribute("loading", "eager");
    element.setAttribute("server", new URL(".", document.baseURI).href);
    element.setAttribute("name", question);
    element.request = { ...session.request, question: `ask: ${question}`, values: numbers ?? session.values };
    element.shared = {
      parentNode: host,
      setAttribute: (/** @type {string} */ name, /** @type {string} */ value) => name === "hide" && hide(value, blank),
      removeAttribute: () => hide(null, blank.slice(1)),
      mark: (/** @type {string[] | null} */ ids) => light(ids && ids.length > 0 ? new Set(ids) : null),
    };
    element.addEventListener("answer", (/** @type {CustomEvent} */ { detail }) => {
      result.attempts = detail.attempts;
      result.correct = detail.correct && detail.attempts === 1;
      if (!detail.correct) result.misconception ??= detail.misconception;
      if (detail.correct) next.focus();
      drawSteps();
    });
    asked.replaceChildren(element);
    drawSteps();
  }

  /** @param {string | null} text what a question hides @param {string[]} blank gradients that are to be filled in later */
  function hide(text, blank) {
    const hidden = hiddenOf(text) ?? { values: [], gradients: [] };
    hidden.gradients.push(...blank);
    session.mask(hidden.values.length + hidden.gradients.length > 0 ? (body) => conceal(body, hidden) : null);
  }

  /** The backward pass as worked steps, with what is blank. */
  function drawSteps() {
    steps.hidden = under?.mode !== "fading";
    if (!under || under.mode !== "fading" || !session.view) return;
    const items = under.rounds[round];
    const all = blanksOf(session.view);
    steps.replaceChildren(
      ...all.map((item) => {
        const index = items.findIndex(({ id }) => id === item.id);
        const open = index > at || (index === at && results[results.length - 1]?.correct === null);
        const step = /** @type {ViewStep} */ (session.view?.steps[item.moment]);
        const words = make("span", { class: "maths" });
        setMath(words, open ? `${item.left} = \\;?` : (step.equation.symbolic ?? item.left));
        const row = make("li", {}, words);
        if (index >= 0) row.dataset.state = index > at ? "blank" : index === at ? "current" : "done";
        if (index === at) row.setAttribute("aria-current", "step");
        return row;
      }),
    );
  }

  function advance() {
    if (!under) return;
    remember();
    const { item, correct, attempts } = results[results.length - 1];
    if (correct === null && attempts === 0) results[results.length - 1].correct = false;
    light(null);
    if (under.mode === "predict") {
      session.mask(null);
      player.seek(item.moment);
      player.step();
    }
    at += 1;
    if (at < under.rounds[round].length) pose();
    else if (round + 1 < under.rounds.length) {
      round += 1;
      enter();
    } else end();
  }

  /** The question under way as it was asked. */
  function remember() {
    const words = asked.querySelector("tide-question")?.shadowRoot?.querySelector(".prompt")?.textContent;
    if (words) results[results.length - 1].prompt = words;
  }

  /** The score, and where the first mistake was. */
  function end() {
    if (!under) return;
    remember();
    if (results[results.length - 1]?.attempts === 0 && results[results.length - 1].correct === null) results.pop();
    const { mode } = under;
    under = null;
    document.body.classList.remove("practising");
    session.mask(null);
    session.preview(null);
    light(null);
    asked.replaceChildren();
    work.hidden = true;
    setup.hidden = false;
    start.textContent = t("practice.again");
    outcome.hidden = results.length === 0;
    if (results.length === 0) return;
    const right = results.filter(({ correct }) => correct).length;
    const first = results.find(({ correct }) => !correct);
    const title = make("h3", { tabIndex: -1 }, t("practice.score", { right, count: results.length }));
    outcome.replaceChildren(title);
    if (first) {
      const { item } = first;
      const name = mode === "fading" ? t("practice.gradient", { name: item.id }) : t("practice.step", { step: item.moment + 1, steps: player.state.length });
      outcome.append(
        make("p", {}, t("practice.first", { name, question: first.prompt })),
        button(t("practice.show"), () => {
          player.seek(item.moment + 1);
          light(new Set([item.id]));
        }, { class: "quiet", "data-action": "practice-show" }),
      );
    } else outcome.append(make("p", {}, t("practice.faultless")));
    const rows = results.map(({ item, round: of, prompt, attempts, correct }) =>
      make("tr", { "data-correct": String(correct === true) },
        make("th", { scope: "row" }, mode === "fading" ? `${of + 1}` : `${item.moment + 1}`),
        make("td", {}, prompt),
        make("td", {}, correct ? t("practice.right") : attempts === 0 ? t("practice.skipped") : t("practice.wrong", { attempts })),
      ),
    );
    outcome.append(
      make("table", { class: "practice-table" },
        make("thead", {}, make("tr", {}, ...[mode === "fading" ? "round.short" : "step.short", "question", "result"].map((key) => make("th", { scope: "col" }, t(`practice.${key}`))))),
        make("tbody", {}, ...rows),
      ),
    );
    title.focus();
  }
}

/** The styles that only this panel needs. */
function addStyles() {
  const href = new URL("static/practice.css", document.baseURI).href;
  if (!document.querySelector(`link[href="${href}"]`)) document.head.append(make("link", { rel: "stylesheet", href }));
}

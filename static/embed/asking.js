/**
 * What a question does once it is in sight: it shows the graph without what is hidden, takes an answer, has it judged, and
 * says what probably happened, with the place in the graph.
 *
 * @import {Home} from "./element.js"
 * @import {Key, Said, Verdict} from "./key.js"
 * @import {Form} from "./response.js"
 * @import {Source} from "./viewer.js"
 */
import "../i18n/later.js";
import { button, make } from "../shared/dom.js";
import { hasMessage, language, t } from "../i18n/strings.js";
import { setMath } from "../shared/math.js";
import { canJudge, judge as judgeByKey, variantOf } from "./key.js";
import { read, Unreadable } from "./response.js";
import { styles as mathStyles } from "./maths.js";
import styles from "./question.css";

/**
 * @typedef {object} Posed a question as the server answers it; `keys` and `variants` where the page judges by itself
 * @property {string} [name] that the question gives itself
 * @property {string} prompt
 * @property {Said} [message] the prompt as data
 * @property {string} kind
 * @property {Form} form
 * @property {string[]} hints
 * @property {{ values: string[], gradients: string[] }} hidden
 * @property {boolean} individual
 * @property {number | null} variant
 * @property {Record<string, any>} values
 * @property {string} [text]
 * @property {Key[]} [keys]
 * @property {Record<string, any>[]} [variants]
 * @property {{ relation: string, number: number, text: string }[]} [cases]
 * @property {string} [wrong]
 */

/** @typedef {HTMLElement & { source: Source | null, mark: (ids?: string[] | null) => void, go: (moment: string) => void }} Graph */

/** @typedef {HTMLElement & { packed?: { question: Posed, recorded?: any } | null, shared?: Graph | null, request?: any }} Asking `shared` is a graph that is there already */

/** What of the question's attributes is the graph's. */
const OF_GRAPH = ["moment", "panels", "digits", "open", "theme", "sizes"];

let count = 0;

/**
 * @param {Asking} element
 * @param {ShadowRoot} root
 * @param {Home} home
 * @param {() => boolean} current
 */
export async function ask(element, root, home, current) {
  const server = element.getAttribute("server")?.replace(/\/*$/, "/") ?? home.server;
  const learner = element.getAttribute("learner") ?? "";
  const held = [...element.children].find((child) => child instanceof HTMLScriptElement);
  const packed = element.packed ?? (held?.type === "application/json" ? JSON.parse(held.text) : null);
  const request = packed ? null : (element.request ?? (await requestOf(element, held?.text ?? "", server)));
  /** @type {Posed} */
  const posed = packed ? individual(packed.question, learner) : await send(server, "question", { ...request, learner });
  if (!current()) return;

  const graph = graphOf(element, posed, packed, request);
  const id = (count += 1);
  const verdict = make("div", { class: "verdict", role: "status", "aria-live": "polite" });
  const hints = make("ol", { class: "hints", "aria-live": "polite" });
  const fields = make("div", { class: "fields" });
  const prompt = make("p", { class: "prompt", id: `prompt-${id}` }, said(posed.message) ?? posed.prompt);
  const check = make("button", { type: "submit", class: "check" }, t("question.check"));
  const hint = button(t("question.hint"), giveHint, { hidden: posed.hints.length === 0 });
  const show = button(t("question.show"), () => reveal(true), { hidden: true });
  const form = make("form", { noValidate: true, "aria-labelledby": `prompt-${id}` }, fields, make("div", { class: "actions" }, check, hint, show), verdict, hints);
  const controls = drawFields(fields, posed, id);
  const section = make("section", { class: "question", "aria-label": t("question.title") }, ...(graph?.parentNode ? [] : graph ? [graph] : []), make("div", { class: "asked" }, prompt, form));
  root.adoptedStyleSheets = [mathStyles, styles].map(sheet);
  root.replaceChildren(section);

  let attempts = 0;
  let given = 0;
  let turn = 0;

  form.addEventListener("input", () => {
    turn += 1;
    verdict.replaceChildren();
    delete form.dataset.correct;
    controls.mark(null);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    judged();
  });
  form.addEventListener("keydown", (event) => event.stopPropagation());

  async function judged() {
    const response = controls.value();
    if (response === null) {
      write([t("question.empty")], "unreadable");
      controls.focus();
      return;
    }
    const mine = (turn += 1);
    /** @type {Verdict} */
    let found;
    try {
      found = packed ? await byKey(response) : await send(server, "answer", { ...request, learner, response: typed(response, posed.form) });
    } catch (error) {
      if (mine === turn) write([error instanceof Unreadable ? t("question.unreadable", { given: error.given, form: t(`question.${formName(posed.form)}.form`) }) : /** @type {Error} */ (error).message], "unreadable");
      return;
    }
    if (mine !== turn) return;
    attempts += 1;
    controls.mark(found.entries ?? null);
    const sentences = found.messages.map((message) => said(message) ?? "").filter(Boolean);
    if (found.place.length > 0 && graph && !found.correct) {
      graph.mark(found.place);
      const names = found.place.filter((name) => !name.includes(":"));
      if (names.length > 0) sentences.push(t("question.place", { names: names.join(", ") }));
    } else graph?.mark(null);
    write(sentences, String(found.correct));
    if (found.correct) reveal(false);
    else show.hidden = attempts < 2 || given < posed.hints.length || !graph || nothingHidden();
    element.dispatchEvent(
      new CustomEvent("answer", {
        bubbles: true,
        composed: true,
        detail: {
          question: element.getAttribute("name") ?? (element.id || posed.name || (posed.text ?? request?.question ?? posed.prompt)),
          response,
          correct: found.correct,
          attempts,
          hints: given,
          misconception: found.misconception,
          seed: posed.variant,
          learner,
        },
      }),
    );
  }

  /** @param {string | string[]} response @returns {Promise<Verdict>} */
  async function byKey(response) {
    if (!canJudge()) throw new Error(t("question.insecure"));
    const keys = /** @type {Key[]} */ (posed.keys);
    const reading = read(posed.form, response);
    const found = await judgeByKey(keys[posed.variant ?? 0] ?? keys[0], reading);
    if (found.correct || found.own) return found;
    const number = "numbers" in reading ? (reading.numbers.length === 1 ? reading.numbers[0] : null) : /^-?\d+$/.test(reading.text) ? Number(reading.text) : null;
    const own = number === null ? undefined : posed.cases?.find((one) => fits(one, number));
    if (own) return { ...found, messages: [{ text: own.text }] };
    if (found.messages.length > 0) return found;
    const right = found.entries?.filter(Boolean).length ?? 0;
    const messages = [];
    if (found.entries && right > 0) {
      messages.push({ code: "answer-entries", parameters: { right, count: found.entries.length, first: indexOf(found.entries.indexOf(false), posed.form.shape) } });
    }
    if (posed.wrong) messages.push({ text: posed.wrong });
    return { ...found, messages: messages.length > 0 ? messages : [{ code: "answer-wrong", parameters: {} }] };
  }

  /** @param {string[]} sentences @param {string} state */
  function write(sentences, state) {
    form.dataset.correct = state;
    verdict.replaceChildren(...sentences.map((sentence) => make("p", {}, sentence)));
  }

  function giveHint() {
    hints.append(make("li", { "aria-label": t("question.hint.number", { number: given + 1, count: posed.hints.length }) }, posed.hints[given]));
    given += 1;
    hint.textContent = t("question.next.hint");
    hint.hidden = given >= posed.hints.length;
  }

  /** The numbers that the question hid. @param {boolean} told whether it is said */
  function reveal(told) {
    graph?.removeAttribute("hide");
    show.hidden = true;
    if (told) verdict.append(make("p", {}, t("question.shown")));
  }

  function nothingHidden() {
    return posed.hidden.values.length + posed.hidden.gradients.length === 0;
  }
}

/** @param {{ relation: string, number: number }} one @param {number} number */
function fits({ relation, number: bound }, number) {
  const close = Math.abs(number - bound) <= 1e-9 * Math.max(1, Math.abs(bound));
  return { "<": number < bound, "<=": number <= bound || close, ">": number > bound, ">=": number >= bound || close, "=": close }[relation] ?? false;
}

/** A static question with the numbers of a learner. @param {Posed} question @param {string} learner @returns {Posed} */
function individual(question, learner) {
  if (!question.individual || !question.variants) return question;
  const variant = variantOf(learner, question.variants.length);
  return { ...question, variant, values: question.variants[variant] };
}

/** A message in the page's language, or what an author wrote. @param {Said | undefined} message */
function said(message) {
  if (!message) return null;
  if ("text" in message) return message.text;
  return hasMessage(message.code) ? t(message.code, message.parameters) : null;
}

/**
 * What the server is asked: a program, and the question on it.
 *
 * @param {HTMLElement} element
 * @param {string} text of a script in it: the program, `---`, the question
 * @param {string | null} server
 */
async function requestOf(element, text, server) {
  const [inner, below = ""] = text.split(/^[ \t]*---+[ \t]*$/m);
  const example = element.getAttribute("example");
  let program = element.getAttribute("program") ?? inner.trim();
  let layout;
  if (example && server !== null) {
    const found = await (await fetch(`${server}api/v1/examples/${encodeURIComponent(example)}`)).json();
    ({ program, layout } = found);
    program ??= "";
    if (found.detail) throw new Error(found.detail);
  }
  const question = element.getAttribute("question") ?? (example && !below ? inner : below);
  const values = element.getAttribute("values");
  return { program, question, layout, ...(values ? { values: JSON.parse(values) } : {}) };
}

/** @param {string | null} server @param {string} path @param {any} body */
async function send(server, path, body) {
  if (server === null) throw new Error("A tide-question without a server holds what it was built with.");
  const response = await fetch(`${server}api/v1/${path}?language=${encodeURIComponent(language)}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...body, layout: undefined }),
  });
  const found = await response.json().catch(() => null);
  if (response.ok && found) return found;
  throw new Error([found?.detail ?? `${response.status}`, found?.hint].filter(Boolean).join(" "));
}

/** @param {Asking} element @param {Posed} posed @param {any} packed @param {any} request @returns {Graph | null} */
function graphOf(element, posed, packed, request) {
  const elsewhere = element.getAttribute("for");
  const hide = JSON.stringify(posed.hidden);
  const values = { ...(request?.values ?? packed?.recorded?.values ?? {}), ...posed.values };
  if (elsewhere || element.shared) {
    const found = element.shared ?? /** @type {Graph | null} */ (document.getElementById(elsewhere ?? ""));
    found?.setAttribute("hide", hide);
    if (found && Object.keys(posed.values).length > 0) found.setAttribute("values", JSON.stringify(values));
    return found;
  }
  if (element.getAttribute("graph") === "none" || (packed && !packed.recorded)) return null;
  const graph = /** @type {Graph} */ (document.createElement("tide-graph"));
  for (const name of OF_GRAPH) {
    const value = element.getAttribute(name);
    if (value !== null) graph.setAttribute(name, value);
  }
  if (!element.hasAttribute("panels")) graph.setAttribute("panels", "equation,transport,key,inspector");
  // Other numbers would be another question.
  graph.setAttribute("readonly", "");
  graph.setAttribute("hide", hide);
  graph.setAttribute("aria-label", t("question.graph"));
  graph.source = packed ? { ...packed.recorded, values } : { program: request.program, layout: request.layout, values };
  if (request && element.getAttribute("server")) graph.setAttribute("server", element.getAttribute("server") ?? "");
  return graph;
}

/** @param {Form} form */
const formName = ({ type }) => (type === "shape" ? "shape" : type === "whole" ? "whole" : "number");

/** A response as the server takes it: an array as nested lists of texts. @param {string | string[]} response @param {Form} form */
function typed(response, { shape }) {
  if (!Array.isArray(response)) return response;
  let at = 0;
  /** @param {number} axis @returns {any} */
  const level = (axis) => (axis === shape.length ? response[at++] : Array.from({ length: shape[axis] }, () => level(axis + 1)));
  return level(0);
}

/** @param {number} at @param {number[]} shape */
function indexOf(at, shape) {
  const found = [];
  let rest = at;
  for (const size of [...shape].reverse()) {
    found.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return found;
}

/**
 * @param {HTMLElement} place
 * @param {Posed} posed
 * @param {number} id
 * @returns {{ value: () => string | string[] | null, focus: () => void, mark: (entries: boolean[] | null) => void }}
 */
function drawFields(place, { form, kind }, id) {
  if (form.type === "choice" || form.type === "sign") return drawChoices(place, form, id, kind === "formula");
  if (form.type === "array") return drawArray(place, form);
  const placeholder = { shape: "[7, 9]", whole: "12" }[form.type] ?? "0.25";
  const input = make("input", { type: "text", name: "answer", placeholder, autocomplete: "off", spellcheck: false, "aria-label": t("question.your.answer") });
  place.append(input);
  return { value: () => input.value.trim() || null, focus: () => input.focus(), mark() {} };
}

/** @param {HTMLElement} place @param {Form} form @param {number} id @param {boolean} maths whether mathematics alone is read */
function drawChoices(place, form, id, maths) {
  const choices = form.type === "choice" ? form.choices : [["+", "positive"], ["-", "negative"], ["0", "zero"]].map(([sign, name]) => ({ id: sign, text: t(`question.${name}`), latex: sign }));
  const inputs = choices.map((choice) => make("input", { type: "radio", name: `answer-${id}`, value: choice.id }));
  const group = make("fieldset", { class: "choices" }, make("legend", { class: "visually-hidden" }, t("question.your.answer")));
  choices.forEach(({ text, latex }, i) => {
    const sign = make("span", { class: "maths", "aria-hidden": "true" });
    if (latex) setMath(sign, latex);
    group.append(make("label", {}, inputs[i], sign, make("span", { class: latex && maths ? "visually-hidden" : "" }, text)));
  });
  place.append(group);
  return { value: () => inputs.find(({ checked }) => checked)?.value ?? null, focus: () => inputs[0]?.focus(), mark() {} };
}

/** @param {HTMLElement} place @param {Form} form */
function drawArray(place, form) {
  const total = form.shape.reduce((a, b) => a * b, 1);
  const columns = form.shape.length === 1 ? 1 : (form.shape.at(-1) ?? 1);
  const grid = make("div", { class: "entries", role: "group", "aria-label": t("question.your.answer") });
  grid.style.gridTemplateColumns = `repeat(${columns}, minmax(56px, 88px))`;
  const inputs = Array.from({ length: total }, (_, at) => {
    const name = t("question.entry", { index: `[${indexOf(at, form.shape).join(", ")}]` });
    return make("input", { type: "text", inputMode: "text", autocomplete: "off", "aria-label": name, "data-name": name });
  });
  // A matrix that is pasted fills all entries.
  grid.addEventListener("paste", (event) => {
    const parts = (event.clipboardData?.getData("text") ?? "").split(/[\s,;[\]]+/).filter(Boolean);
    if (parts.length !== total) return;
    event.preventDefault();
    inputs.forEach((input, at) => (input.value = parts[at]));
  });
  grid.append(...inputs);
  place.append(grid);
  return {
    value() {
      const texts = inputs.map(({ value }) => value.trim());
      return texts.every(Boolean) ? texts : null;
    },
    focus: () => (inputs.find(({ value }) => !value.trim()) ?? inputs[0]).focus(),
    mark(/** @type {boolean[] | null} */ entries) {
      inputs.forEach((input, at) => {
        const right = entries?.[at];
        if (right === undefined) {
          input.removeAttribute("aria-invalid");
          delete input.dataset.right;
        } else {
          input.setAttribute("aria-invalid", String(!right));
          input.dataset.right = String(right);
        }
        const words = right === undefined ? "" : `, ${t(right ? "question.entry.right" : "question.entry.wrong")}`;
        input.setAttribute("aria-label", `${input.dataset.name}${words}`);
      });
    },
  };
}

/** @param {string} css */
function sheet(css) {
  const made = new CSSStyleSheet();
  made.replaceSync(css);
  return made;
}

/**
 * An assignment that came in the page's address: its questions, and the answers as a file signed with the link's key. The
 * answers are held in this browser until they are saved; app/integrations/assigning.py writes the address.
 *
 * @typedef {{ assignment: string, title: string, learner: string, key: string, program: string, questions: { name: string, text: string }[] }} Assignment
 * @typedef {{ response: unknown, correct: boolean, attempts: number, hints: number }} Held
 */
import { inflate } from "../state/url.js";
import { sign } from "./signing.js";

const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (document.querySelector(`[data-${name}]`));
const field = /** @type {HTMLInputElement} */ (part("learner"));
const save = /** @type {HTMLButtonElement} */ (part("save"));
const found = await assignmentOf(location.hash.slice(1));

addEventListener("hashchange", () => location.reload());
if (found) show(found);
else {
  part("missing").hidden = false;
  part("words").hidden = true;
  document.querySelector("footer")?.remove();
}

/** @param {string} packed @returns {Promise<Assignment | null>} */
async function assignmentOf(packed) {
  try {
    const content = JSON.parse((await inflate(packed)) ?? "null");
    const whole = content && ["assignment", "key", "program"].every((name) => typeof content[name] === "string") && Array.isArray(content.questions);
    return whole ? content : null;
  } catch {
    return null;
  }
}

/** @param {Assignment} assignment */
function show({ assignment, title, learner: bound, key, program, questions }) {
  let learner = bound;
  /** By question. @type {Record<string, Held>} */
  let answers = {};
  const canSign = globalThis.crypto?.subtle !== undefined;
  part("insecure").hidden = canSign;
  if (title) {
    /** @type {HTMLElement} */ (document.querySelector("h1")).textContent = title;
    document.title = `${title} \u2013 Tidegraph`;
  }
  field.value = learner;
  field.readOnly = bound !== "";
  field.addEventListener("change", () => name(field.value.trim()));
  save.addEventListener("click", download);
  part("questions").append(...questions.flatMap(asked));
  document.addEventListener("answer", (event) => {
    const { question, response, correct, hints } = /** @type {CustomEvent} */ (event).detail;
    const before = answers[question];
    const better = before?.correct && !correct ? before : { response, correct };
    answers[question] = { response: better.response, correct: better.correct, attempts: (before?.attempts ?? 0) + 1, hints: Math.max(before?.hints ?? 0, hints) };
    try {
      localStorage.setItem(place(), JSON.stringify(answers));
    } catch {
      // What cannot be held is still saved as a file.
    }
    progress();
  });
  name(learner);

  /** @param {{ name: string, text: string }} one @param {number} i */
  function asked(one, i) {
    const heading = Object.assign(document.createElement("h2"), { textContent: questions.length > 1 ? `${i + 1}. ${one.name}` : one.name });
    const element = document.createElement("tide-question");
    for (const [attribute, value] of Object.entries({ name: one.name, program, question: one.text })) element.setAttribute(attribute, value);
    return [heading, element];
  }

  /** A learner's name draws the individual numbers. @param {string} next */
  function name(next) {
    learner = next;
    answers = held();
    for (const element of document.querySelectorAll("tide-question")) {
      if ((element.getAttribute("learner") ?? "") !== learner) element.setAttribute("learner", learner);
    }
    progress();
  }

  function place() {
    return `tidegraph.assignment.${assignment}.${learner}`;
  }

  /** @returns {Record<string, Held>} */
  function held() {
    try {
      return JSON.parse(localStorage.getItem(place()) ?? "{}");
    } catch {
      return {};
    }
  }

  function progress() {
    const all = Object.values(answers);
    const counts = { answered: all.length, total: questions.length, right: all.filter(({ correct }) => correct).length };
    part("progress").textContent = Object.entries(counts).reduce((text, [count, number]) => text.replace(`{${count}}`, String(number)), part("progress").dataset.progress ?? "");
    save.disabled = !canSign || all.length === 0 || learner === "";
  }

  async function download() {
    const of = (/** @type {keyof Held} */ member) => Object.fromEntries(Object.entries(answers).map(([question, one]) => [question, one[member]]));
    const results = await sign({ assignment, learner, answers: of("response"), attempts: of("attempts"), hints: of("hints"), saved: new Date().toISOString() }, key);
    const file = new Blob([JSON.stringify(results, null, 2)], { type: "application/json" });
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(file), download: `${learner.replace(/[^\p{L}\p{N}_.-]+/gu, "-")}.json` });
    link.click();
    URL.revokeObjectURL(link.href);
  }
}

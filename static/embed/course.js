/**
 * A lesson of a course: mathematics in its text, what was answered, and the LMS that the lesson runs in, if there is one
 * (cmi5, SCORM 1.2 and 2004). Without an LMS nothing leaves the page: a learner can save the answers as a file.
 *
 * @import {Answers, Held} from "./lms.js"
 */
import katex from "katex";
import { findCmi5 } from "./cmi5.js";
import { findLms } from "./lms.js";

const page = document.documentElement;
const words = JSON.parse(document.querySelector("script[type='text/x-words']")?.textContent ?? "{}");

for (const place of document.querySelectorAll(".tide-math")) {
  katex.render(place.textContent ?? "", /** @type {HTMLElement} */ (place), { displayMode: place.matches("div"), throwOnError: false, output: "mathml" });
}

const total = Number(page.dataset.questions) || 0;
/** Right answers of all questions that pass the lesson, as a part. */
const mastery = Number(page.dataset.mastery ?? 1);
/** The last response to each question, and whether any was right. @type {Map<string, Held>} */
const answers = new Map();
/** What earlier sessions with the same LMS held. @type {Answers} */
let earlier = {};
const progress = /** @type {HTMLElement | null} */ (document.querySelector("[data-progress]"));
const field = /** @type {HTMLInputElement | null} */ (document.querySelector("[data-learner]"));
const save = /** @type {HTMLButtonElement | null} */ (document.querySelector("[data-save]"));
const unit = findCmi5(location);
const lms = unit ?? findLms(globalThis);
let learner = lms?.learner ?? new URLSearchParams(location.search).get("learner") ?? "";

// An LMS has its own way from unit to unit; a page that is left for another has no launch.
if (unit) for (const part of document.querySelectorAll("header nav, footer nav")) part.remove();
if (lms) for (const part of [field?.closest("label"), save]) part?.remove();
name(learner);
if (field) {
  field.value = learner;
  field.addEventListener("change", () => name(field.value.trim()));
}
save?.addEventListener("click", () => {
  const given = Object.fromEntries([...answers].map(([question, { response }]) => [question, response]));
  const file = new Blob([JSON.stringify({ learner, lesson: page.dataset.lesson, answers: given }, null, 2)], { type: "application/json" });
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(file), download: `${learner || "answers"}.json` });
  link.click();
  URL.revokeObjectURL(link.href);
});

document.addEventListener("answer", (event) => {
  const detail = /** @type {CustomEvent} */ (event).detail;
  const before = answers.get(detail.question);
  const attempts = (earlier[detail.question]?.attempts ?? 0) + detail.attempts;
  answers.set(detail.question, { response: detail.response, correct: detail.correct || (before?.correct ?? false), attempts });
  const right = [...answers.values()].filter(({ correct }) => correct).length;
  lms?.answered({ ...detail, attempts }, { right, answered: answers.size, total: Math.max(total, answers.size), mastery }, Object.fromEntries(answers));
  show();
});
Promise.resolve(lms?.saved ?? {}).then((found) => {
  earlier = found;
  for (const [question, held] of Object.entries(earlier)) if (!answers.has(question)) answers.set(question, held);
  show();
}, console.warn);
addEventListener("pagehide", () => lms?.end());
unit?.back().then((address) => {
  if (!address) return;
  const leave = Object.assign(document.createElement("button"), { type: "button", textContent: words.leave ?? "" });
  leave.dataset.leave = "";
  leave.addEventListener("click", () => location.assign(address));
  progress?.after(leave);
}, console.warn);
if (total === 0) lms?.complete();
show();

/** A learner's name draws the individual numbers. @param {string} next */
function name(next) {
  learner = next;
  for (const element of document.querySelectorAll("tide-question, tide-tour")) {
    if ((element.getAttribute("learner") ?? "") !== learner) element.setAttribute("learner", learner);
  }
}

function show() {
  if (!progress || total === 0) return;
  const right = [...answers.values()].filter(({ correct }) => correct).length;
  progress.textContent = String(words.progress ?? "{right} / {total}").replace("{right}", String(right)).replace("{total}", String(total));
  if (save) save.disabled = answers.size === 0;
}

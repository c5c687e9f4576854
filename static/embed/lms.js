/**
 * The run-time of an LMS: SCORM 1.2 (`API`) and SCORM 2004 (`API_1484_11`), found in the windows around the lesson as the
 * standards say. Scores are percentages of the lesson's questions; the last response to each question and its attempts are
 * the suspend data, from which a later session goes on.
 *
 * @typedef {{ right: number, answered: number, total: number, mastery: number }} Score
 * @typedef {{ response: unknown, correct: boolean, attempts: number }} Held the last response to a question, and whether any was right
 * @typedef {Record<string, Held>} Answers by question
 * @typedef {{ question: string, response: unknown, correct: boolean, attempts: number, hints?: number, misconception: string | null, seed?: number | null }} Answer
 */

/** Windows above which no run-time is looked for, as the standards say. */
const MOST_WINDOWS = 500;
const LONGEST_12 = 255;
const LONGEST_2004 = 250;
/** Characters of suspend data that every LMS holds. */
const SUSPENDED_12 = 4096;
const SUSPENDED_2004 = 64000;

/** @param {any} start a window @param {string} name */
function apiOf(start, name) {
  for (const first of [start, start.opener]) {
    let at = first;
    for (let count = 0; at && count < MOST_WINDOWS; count += 1) {
      try {
        if (at[name]) return at[name];
        if (at.parent === at) break;
        at = at.parent;
      } catch {
        break;
      }
    }
  }
  return null;
}

/** @param {any} start a window */
export function findLms(start) {
  const newer = apiOf(start, "API_1484_11");
  if (newer) return scorm2004(newer);
  const older = apiOf(start, "API");
  return older ? scorm12(older) : null;
}

/** What a learner wrote, within the characters that the standard takes. @param {unknown} response @param {number} most */
export const text = (response, most) => (Array.isArray(response) ? response.flat(Infinity).join(" ") : String(response)).slice(0, most);
/** An identifier of letters, digits, dots and hyphens. @param {string} question */
export const identifier = (question) => question.replace(/[^\w.-]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 200) || "question";

/** Answers as suspend data; without the responses where they are too long. @param {Answers} answers @param {number} most */
export function suspended(answers, most) {
  const whole = JSON.stringify(answers);
  if (whole.length <= most) return whole;
  const short = JSON.stringify(Object.fromEntries(Object.entries(answers).map(([question, { correct, attempts }]) => [question, { correct, attempts }])));
  return short.length <= most ? short : "{}";
}

/** The answers in suspend data; none where it is not ours. @param {unknown} data @returns {Answers} */
export function resumed(data) {
  try {
    const found = JSON.parse(String(data || "{}"));
    return found && typeof found === "object" ? found : {};
  } catch {
    return {};
  }
}

/** @param {any} api */
function scorm12(api) {
  api.LMSInitialize("");
  const set = (/** @type {string} */ name, /** @type {unknown} */ value) => api.LMSSetValue(name, String(value));
  if (!["passed", "completed", "failed"].includes(api.LMSGetValue("cmi.core.lesson_status"))) set("cmi.core.lesson_status", "incomplete");
  set("cmi.core.exit", "suspend");
  let ended = false;
  const begun = new Date();
  return {
    learner: String(api.LMSGetValue("cmi.core.student_id") ?? ""),
    saved: resumed(api.LMSGetValue("cmi.suspend_data")),
    /** @param {Answer} answer @param {Score} score @param {Answers} answers */
    answered({ question, response, correct }, { right, answered, total, mastery }, answers) {
      const at = `cmi.interactions.${Number(api.LMSGetValue("cmi.interactions._count")) || 0}`;
      set(`${at}.id`, identifier(question));
      set(`${at}.type`, "fill-in");
      set(`${at}.student_response`, text(response, LONGEST_12));
      set(`${at}.result`, correct ? "correct" : "wrong");
      set(`${at}.time`, new Date().toTimeString().slice(0, 8));
      set("cmi.core.score.min", 0);
      set("cmi.core.score.max", 100);
      set("cmi.core.score.raw", Math.round((100 * right) / total));
      if (right / total >= mastery) set("cmi.core.lesson_status", "passed");
      else if (answered === total) set("cmi.core.lesson_status", "completed");
      set("cmi.suspend_data", suspended(answers, SUSPENDED_12));
      api.LMSCommit("");
    },
    complete() {
      set("cmi.core.lesson_status", "completed");
      api.LMSCommit("");
    },
    end() {
      if (ended) return;
      ended = true;
      const seconds = Math.round((Date.now() - begun.getTime()) / 1000);
      const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
      set("cmi.core.session_time", `${String(Math.floor(seconds / 3600)).padStart(4, "0")}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`);
      // It commits too; a commit of its own cannot be sent any more while the page goes.
      api.LMSFinish("");
    },
  };
}

/** @param {any} api */
function scorm2004(api) {
  api.Initialize("");
  const set = (/** @type {string} */ name, /** @type {unknown} */ value) => api.SetValue(name, String(value));
  if (api.GetValue("cmi.completion_status") !== "completed") set("cmi.completion_status", "incomplete");
  set("cmi.exit", "suspend");
  let ended = false;
  const begun = Date.now();
  return {
    learner: String(api.GetValue("cmi.learner_id") ?? ""),
    saved: resumed(api.GetValue("cmi.suspend_data")),
    /** @param {Answer} answer @param {Score} score @param {Answers} answers */
    answered({ question, response, correct, misconception }, { right, answered, total, mastery }, answers) {
      const at = `cmi.interactions.${Number(api.GetValue("cmi.interactions._count")) || 0}`;
      set(`${at}.id`, identifier(question));
      set(`${at}.type`, "fill-in");
      set(`${at}.timestamp`, new Date().toISOString().replace(/\.(\d\d)\dZ$/, ".$1Z"));
      set(`${at}.learner_response`, text(response, LONGEST_2004));
      set(`${at}.result`, correct ? "correct" : "incorrect");
      if (misconception) set(`${at}.description`, misconception);
      set("cmi.score.min", 0);
      set("cmi.score.max", 100);
      set("cmi.score.raw", Math.round((100 * right) / total));
      set("cmi.score.scaled", (right / total).toFixed(4));
      set("cmi.progress_measure", (answered / total).toFixed(4));
      if (answered === total) set("cmi.completion_status", "completed");
      if (right / total >= mastery) set("cmi.success_status", "passed");
      set("cmi.suspend_data", suspended(answers, SUSPENDED_2004));
      api.Commit("");
    },
    complete() {
      set("cmi.completion_status", "completed");
      api.Commit("");
    },
    end() {
      if (ended) return;
      ended = true;
      set("cmi.session_time", `PT${Math.round((Date.now() - begun) / 1000)}S`);
      api.Terminate("");
    },
  };
}

/**
 * A lesson as an assignable unit of cmi5 (the xAPI profile for LMSs): it takes the address that it was launched with, fetches
 * its token, reads what the LMS prescribes, and sends statements in the order of the specification: initialized, answered,
 * completed, passed or failed, terminated.
 *
 * Specification: AICC/CMI-5_Spec_Current, sections 8 (launch), 9 (statements) and 10 (states).
 *
 * @import {Answer, Answers, Score} from "./lms.js"
 */
import { identifier, text } from "./lms.js";

const VERBS = "http://adlnet.gov/expapi/verbs/";
const TERMINATED = "http://adlnet.gov/expapi/verbs/terminated";
const CMI5 = { id: "https://w3id.org/xapi/cmi5/context/categories/cmi5" };
const MOVE_ON = { id: "https://w3id.org/xapi/cmi5/context/categories/moveon" };
const MASTERY = "https://w3id.org/xapi/cmi5/context/extensions/masteryscore";
const EXTENSIONS = "urn:tidegraph:xapi:";
const PARAMETERS = ["endpoint", "fetch", "actor", "registration", "activityId"];
const LONGEST = 1000;

/** What the unit remembers of earlier sessions of the same registration: neither may be told twice. @typedef {{ completed?: boolean, passed?: boolean }} Progress */

/** @param {Location} location @returns {ReturnType<typeof createUnit> | null} null where the lesson was not launched by cmi5 */
export function findCmi5(location) {
  const given = new URLSearchParams(location.search);
  if (!PARAMETERS.every((name) => given.get(name))) return null;
  const [endpoint, fetching, actor, registration, activity] = PARAMETERS.map((name) => given.get(name) ?? "");
  try {
    return createUnit({ endpoint: endpoint.replace(/\/*$/, "/"), fetching, actor: JSON.parse(actor), registration, activity });
  } catch (error) {
    console.warn(error);
    return null;
  }
}

/** @param {{ endpoint: string, fetching: string, actor: any, registration: string, activity: string }} launch */
function createUnit({ endpoint, fetching, actor, registration, activity }) {
  const begun = Date.now();
  let token = "";
  /** What the LMS prescribes. @type {any} */
  let prescribed = {};
  /** @type {Progress} */
  let progress = {};
  /** Statements that have not left yet. @type {object[]} */
  let waiting = [];
  let ended = false;
  /** @type {Score} */
  let last = { right: 0, answered: 0, total: 0, mastery: 1 };
  const ready = launch();

  return {
    learner: String(actor.account?.name ?? actor.mbox ?? actor.openid ?? actor.name ?? ""),

    /** What was answered in earlier sessions of the same registration. @returns {Promise<Answers>} */
    saved: ready.then(
      () => state("answers").then((found) => found ?? {}),
      () => ({}),
    ),

    /** @param {Answer} answer @param {Score} score @param {Answers} answers */
    async answered({ question, response, correct, attempts, hints, misconception, seed }, score, answers) {
      last = score;
      await ready;
      if (!isGraded()) return;
      keep("answers", answers);
      const extensions = Object.fromEntries(
        Object.entries({ attempts, hints, misconception, seed }).flatMap(([name, value]) => (value === null || value === undefined ? [] : [[EXTENSIONS + name, value]])),
      );
      waiting.push({
        ...statement("answered", { response: text(response, LONGEST), success: correct, extensions }, []),
        object: {
          objectType: "Activity",
          id: `${activity}${activity.includes("#") ? "-" : "#"}${identifier(question)}`,
          definition: { type: "http://adlnet.gov/expapi/activities/cmi.interaction", name: { und: question }, interactionType: "fill-in" },
        },
      });
      if (score.answered === score.total) complete();
      const scaled = score.right / score.total;
      if (scaled >= mastery() && !progress.passed) {
        progress.passed = true;
        waiting.push(judged("passed", scaled));
        remember();
      }
      await send();
    },

    /** There is nothing to answer: the lesson was read. */
    async complete() {
      await ready;
      if (!isGraded()) return;
      complete();
      await send();
    },

    /** The lesson is left; the browser sends what is still to be sent while the page goes. */
    end() {
      if (ended || !token) return;
      ended = true;
      if (isGraded() && !progress.passed && last.total > 0 && last.answered === last.total) waiting.push(judged("failed", last.right / last.total));
      waiting.push(statement("terminated", { duration: duration() }, [CMI5]));
      send(true);
    },

    /** Where the LMS wants the learner to go afterwards. */
    back: async () => {
      await ready;
      return typeof prescribed.returnURL === "string" ? prescribed.returnURL : null;
    },
  };

  async function launch() {
    const answer = await fetch(fetching, { method: "POST" });
    const found = await answer.json();
    if (!found["auth-token"]) throw new Error(found["error-text"] ?? String(answer.status));
    token = found["auth-token"];
    prescribed = (await state("LMS.LaunchData")) ?? {};
    // The specification asks for the learner's preferences to be read, whether or not there are any.
    await ask(`agents/profile?${query({ profileId: "cmi5LearnerPreferences", agent: JSON.stringify(actor) })}`).catch(() => null);
    progress = (await state("tidegraph")) ?? {};
    waiting.push(statement("initialized", undefined, [CMI5]));
    await send();
  }

  /** Only a normal launch counts: to browse and to review tells when it begins and ends. */
  function isGraded() {
    return (prescribed.launchMode ?? "Normal") === "Normal";
  }

  function mastery() {
    return typeof prescribed.masteryScore === "number" ? prescribed.masteryScore : 1;
  }

  function complete() {
    if (progress.completed) return;
    progress.completed = true;
    waiting.push(statement("completed", { completion: true, duration: duration() }, [CMI5, MOVE_ON]));
    remember();
  }

  /** @param {"passed" | "failed"} verb @param {number} scaled */
  function judged(verb, scaled) {
    const made = statement(verb, { success: verb === "passed", score: { scaled: Math.round(scaled * 1e4) / 1e4 }, duration: duration() }, [CMI5, MOVE_ON]);
    if (typeof prescribed.masteryScore === "number") made.context.extensions = { ...made.context.extensions, [MASTERY]: prescribed.masteryScore };
    return made;
  }

  /**
   * A statement with the context that the LMS prescribes.
   *
   * @param {string} verb
   * @param {object | undefined} result
   * @param {{ id: string }[]} categories
   */
  function statement(verb, result, categories) {
    const template = prescribed.contextTemplate ?? {};
    const activities = template.contextActivities ?? {};
    /** @type {any} */
    const context = { ...template, registration, contextActivities: { ...activities } };
    if (categories.length > 0) context.contextActivities.category = [...(activities.category ?? []), ...categories];
    else context.contextActivities.parent = [...(activities.parent ?? []), { objectType: "Activity", id: activity }];
    const id = verb === "terminated" ? TERMINATED : VERBS + verb;
    return {
      id: crypto.randomUUID(),
      actor,
      verb: { id, display: { en: verb } },
      object: { objectType: "Activity", id: activity },
      ...(result && { result }),
      context,
      timestamp: new Date().toISOString(),
    };
  }

  /** Sends what waits, in its order; what could not be sent waits for the next time. @param {boolean} [leaving] */
  async function send(leaving = false) {
    const batch = waiting;
    if (batch.length === 0) return;
    waiting = [];
    try {
      await ask("statements", { method: "POST", keepalive: leaving, headers: { "content-type": "application/json" }, body: JSON.stringify(batch) });
    } catch (error) {
      waiting = [...batch, ...waiting];
      console.warn(error);
    }
  }

  function remember() {
    keep("tidegraph", progress);
  }

  /** @param {string} stateId @param {object} document */
  function keep(stateId, document) {
    ask(`activities/state?${of(stateId)}`, { method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify(document) }).catch(console.warn);
  }

  /** A document that belongs to this launch; null where there is none. @param {string} stateId */
  async function state(stateId) {
    const answer = await ask(`activities/state?${of(stateId)}`).catch(() => null);
    return (await answer?.json().catch(() => null)) ?? null;
  }

  /** @param {string} stateId */
  function of(stateId) {
    return query({ activityId: activity, agent: JSON.stringify(actor), registration, stateId });
  }

  /** @param {string} path @param {RequestInit} [how] */
  async function ask(path, how = {}) {
    const headers = { ...how.headers, "x-experience-api-version": "1.0.3", authorization: ["Basic", token].join(" ") };
    const answer = await fetch(`${endpoint}${path}`, { ...how, headers });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer;
  }

  function duration() {
    return `PT${((Date.now() - begun) / 1000).toFixed(2)}S`;
  }
}

/** @param {Record<string, string>} parameters */
function query(parameters) {
  return new URLSearchParams(parameters).toString();
}

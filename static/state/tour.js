/**
 * The guided tour: the chapter's network, step by step. It stands above the graph and covers nothing; each step
 * moves the picture to a moment, opens what is to be seen inside, and lets stand out what it speaks of.
 *
 * @import {Player} from "./player.js"
 * @import {Picture} from "../scene/picture.js"
 * @import {Session} from "./session.js"
 */
import { button, icon, make } from "../shared/dom.js";
import { reach, withEdges } from "./reach.js";
import { t } from "../i18n/strings.js";
import { momentOf } from "./view.js";

/**
 * @typedef {object} Stop
 * @property {string} name of its words
 * @property {string} [at] the moment, as `momentOf` reads it; the start without one, `end` is the last
 * @property {string[]} [marks] what stands out; everything without any
 * @property {string} [paths] from which variable all ways to the target stand out
 * @property {string[]} [open] scopes that are open
 */

/** Forward in the program's order, then back in the chapter's. @type {Stop[]} */
export const STOPS = [
  { name: "network" },
  { name: "z", at: "value z", marks: ["x", "W1", "matmul:z", "z"] },
  { name: "h", at: "value h", marks: ["z", "relu:h", "h"] },
  { name: "o", at: "value o", marks: ["h", "W2", "matmul:o", "o"] },
  { name: "L", at: "value L", marks: ["o", "y", "squared_error", "L"] },
  { name: "s", at: "value s", marks: ["W1", "W2", "l2", "s"] },
  { name: "inside", at: "value s", open: ["l2"] },
  { name: "J", at: "value J", marks: ["L", "s", "add:J", "J"] },
  { name: "fork", at: "value J", paths: "W1" },
  { name: "turn", at: "gradient J", marks: ["J"] },
  { name: "sum", at: "gradient s", marks: ["J", "add:J", "L", "s"] },
  { name: "do", at: "gradient o", marks: ["L", "squared_error", "o"] },
  { name: "ds", at: "part W1 s", marks: ["s", "l2", "W1", "W2"] },
  { name: "dW2", at: "gradient W2", marks: ["o", "matmul:o", "h", "s", "l2", "W2"] },
  { name: "dh", at: "gradient h", marks: ["o", "matmul:o", "W2", "h"] },
  { name: "dz", at: "gradient z", marks: ["h", "relu:h", "z"] },
  { name: "dW1", at: "gradient W1", marks: ["z", "matmul:z", "x", "s", "l2", "W1"] },
  { name: "end", at: "end" },
];

/**
 * @param {HTMLElement} place the workspace
 * @param {{ session: Session, picture: Picture, player: Player, shown: () => Promise<unknown>, onMove: (stop: number | null) => void }} page
 *   `shown`: when the picture has caught up with the session; `onMove` is told each stop, from 1, and null at the end
 */
export async function createTour(place, { session, picture, player, shown, onMove }) {
  const say = (/** @type {string} */ key) => t(`tour.stop.${key}`);
  let at = 0;

  const count = make("span", { class: "count" });
  const title = make("h2");
  const text = make("p");
  const chapter = make("a", { href: "chapter" }, t("tour.chapter"));
  const back = button(t("tour.back"), () => go(at - 1), { class: "quiet" });
  const next = button("", () => (at === STOPS.length - 1 ? finish() : go(at + 1)), { class: "primary" });
  const leave = button("", close, { class: "close", "aria-label": t("tour.close") });
  leave.append(icon("close"));
  const progress = make("div", { class: "progress", "aria-hidden": "true" }, ...STOPS.map(() => make("i")));
  const box = make(
    "section",
    { class: "tour", "aria-label": t("tour.title") },
    make("div", { class: "telling", "aria-live": "polite" }, make("div", { class: "head" }, title, count), text, chapter),
    make("div", { class: "steps" }, back, next),
    leave,
    progress,
  );
  box.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by === undefined && event.key !== "Escape") return;
    event.preventDefault();
    if (by === undefined) close();
    else go(at + by);
  });
  place.prepend(box);
  document.body.classList.add("touring");

  return { go, close, focus: () => next.focus() };

  /** @param {number} to counted from 0 */
  async function go(to) {
    at = Math.max(0, Math.min(STOPS.length - 1, to));
    const stop = STOPS[at];
    title.textContent = say(`${stop.name}.title`);
    text.textContent = say(stop.name);
    count.textContent = t("tour.count", { step: at + 1, count: STOPS.length });
    next.textContent = t(at === STOPS.length - 1 ? "tour.done" : "tour.next");
    chapter.hidden = at < STOPS.length - 1;
    back.disabled = at === 0;
    [...progress.children].forEach((mark, i) => mark.classList.toggle("done", i <= at));
    onMove(at + 1);
    const wanted = stop.open ?? [];
    for (const id of session.open) if (!wanted.includes(id)) session.toggle(id);
    for (const id of wanted) if (!session.open.includes(id)) session.toggle(id);
    await shown();
    if (stop !== STOPS[at]) return;
    light(stop);
    move(stop);
  }

  /** One step on is shown happening. @param {Stop} stop */
  function move({ at: words }) {
    const { view } = session;
    if (!view) return;
    const goal = words === undefined ? 0 : words === "end" ? view.steps.length : momentOf(view, words);
    if (goal === player.state.moment) return;
    if (goal > player.state.moment) {
      player.seek(goal - 1);
      player.step();
    } else player.seek(goal);
  }

  /** What is spoken of stands out. @param {Stop} stop */
  function light({ marks, paths }) {
    picture.light((view) => {
      if (paths) return reach(view, paths, "paths", view.trace.target);
      return marks ? withEdges(view, new Set(marks)) : null;
    });
  }

  /** Who has seen it all begins at the beginning next time. */
  function finish() {
    onMove(1);
    close();
  }

  function close() {
    if (!box.isConnected) return;
    box.remove();
    document.body.classList.remove("touring");
    picture.light(null);
    onMove(null);
  }
}

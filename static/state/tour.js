/**
 * The guided tour: the chapter's network, step by step. It stands above the graph and covers nothing; each step
 * moves the picture to a moment, opens what is to be seen inside, and lets stand out what it speaks of. It is written as
 * every tour is (static/tours).
 *
 * @import {Stop} from "../embed/stops.js"
 * @import {Player} from "./player.js"
 * @import {Picture} from "../scene/picture.js"
 * @import {Session} from "./session.js"
 */
import english from "../tours/en.md";
import chinese from "../tours/zh.md";
import { markdown } from "../embed/markdown.js";
import { readTour } from "../embed/stops.js";
import { button, icon, make } from "../shared/dom.js";
import { reach, withEdges } from "./reach.js";
import { language, t } from "../i18n/strings.js";
import { momentOf } from "./view.js";

/** Forward in the program's order, then back in the chapter's; English where a language has none. @type {Record<string, string>} */
const TOURS = { en: english, zh: chinese };

/**
 * @param {HTMLElement} place the workspace
 * @param {{ session: Session, picture: Picture, player: Player, shown: () => Promise<unknown>, onMove: (stop: number | null) => void }} page
 *   `shown`: when the picture has caught up with the session; `onMove` is told each stop, from 1, and null at the end
 */
export async function createTour(place, { session, picture, player, shown, onMove }) {
  const { stops } = readTour(TOURS[language] ?? english);
  let at = 0;

  const count = make("span", { class: "count" });
  const title = make("h2");
  const text = make("div");
  const chapter = make("a", { href: "chapter" }, t("tour.chapter"));
  const back = button(t("tour.back"), () => go(at - 1), { class: "quiet" });
  const next = button("", () => (at === stops.length - 1 ? finish() : go(at + 1)), { class: "primary" });
  const leave = button("", close, { class: "close", "aria-label": t("tour.close") });
  leave.append(icon("close"));
  const progress = make("div", { class: "progress", "aria-hidden": "true" }, ...stops.map(() => make("i")));
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
    at = Math.max(0, Math.min(stops.length - 1, to));
    const stop = stops[at];
    title.textContent = stop.title;
    text.replaceChildren(...markdown(stop.text));
    count.textContent = t("tour.count", { step: at + 1, count: stops.length });
    next.textContent = t(at === stops.length - 1 ? "tour.done" : "tour.next");
    chapter.hidden = at < stops.length - 1;
    back.disabled = at === 0;
    [...progress.children].forEach((mark, i) => mark.classList.toggle("done", i <= at));
    onMove(at + 1);
    const wanted = stop.open;
    for (const id of session.open) if (!wanted.includes(id)) session.toggle(id);
    for (const id of wanted) if (!session.open.includes(id)) session.toggle(id);
    await shown();
    if (stop !== stops[at]) return;
    light(stop);
    move(stop);
  }

  /** One step on is shown happening. @param {Stop} stop */
  function move({ at: words }) {
    const { view } = session;
    if (!view) return;
    const goal = momentOf(view, words || "start");
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
      return marks.length > 0 ? withEdges(view, new Set(marks)) : null;
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

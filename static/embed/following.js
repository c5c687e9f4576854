/**
 * A graph that stands where the reader is: beside the captions of a tour, and beside any text of a page whose parts name
 * their moments (`data-at`).
 */
import { t } from "../i18n/strings.js";

/** A part of the text is being read when its top has passed this part of the window. */
const READING = 0.6;
/** Below a graph that stands at the top of a narrow window. */
const BELOW = 80;

/** @typedef {HTMLElement & { go: (moment: string) => void, seek: (moment: string) => void, open: (ids: string) => void, mark: (ids: string | null, options?: object) => void }} Graph */

/**
 * @param {HTMLElement} section nothing happens while it is out of sight
 * @param {HTMLElement[]} parts of the text
 * @param {HTMLElement} graph
 * @param {(at: number) => void} onRead which part is read; -1 above the first
 */
export function followText(section, parts, graph, onRead) {
  let waiting = false;
  addEventListener("scroll", later, { passive: true });
  addEventListener("resize", later);
  new ResizeObserver(later).observe(section);

  function later() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(look);
  }

  function look() {
    waiting = false;
    const { top, bottom } = section.getBoundingClientRect();
    if (!section.isConnected || bottom < 0 || top > innerHeight) return;
    const limit = Math.max(READING * innerHeight, bottomOf(graph, section) + BELOW);
    onRead(parts.findLastIndex((part) => part.getBoundingClientRect().top < limit));
  }
}

/** What is read is below a graph that stands above the text. @param {HTMLElement} graph @param {HTMLElement} text */
function bottomOf(graph, text) {
  const [{ left, right, bottom }, own] = [graph.getBoundingClientRect(), (text.querySelector(".telling") ?? text).getBoundingClientRect()];
  return left < own.right && own.left < right ? bottom : 0;
}

/** The graph stands at the last of the moments that a stop names. @param {string} at */
export function lastOf(at) {
  return at.slice(at.lastIndexOf(",") + 1).trim();
}

/**
 * A tour whose captions are the page's own: parts of the element with `data-at`, and `data-marks`, `data-paths`, `data-open`,
 * `data-hide`. The attribute `for` is the id of the graph.
 *
 * @param {HTMLElement} element
 * @param {ShadowRoot} root
 * @param {(at: number) => void} onMove
 */
export function tellPage(element, root, onMove) {
  const graph = /** @type {Graph | null} */ (document.getElementById(element.getAttribute("for") ?? ""));
  const parts = /** @type {HTMLElement[]} */ ([...element.querySelectorAll("[data-at]")]);
  if (!graph) throw new Error(t("tour.no.program"));
  if (parts.length === 0) throw new Error(t("tour.empty"));
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(":host { display: block; } :host([hidden]) { display: none; }");
  root.adoptedStyleSheets = [sheet];
  // A reader's own open scopes stay, unless the text speaks of scopes.
  const opens = parts.some(({ dataset }) => dataset.open !== undefined);
  let at = -1;
  followText(element, parts, graph, (found) => go(Math.max(0, found)));

  /** @param {number} wanted */
  function go(wanted) {
    const goal = Math.max(0, Math.min(parts.length - 1, wanted));
    onMove(goal);
    if (goal === at || !graph) return;
    at = goal;
    parts.forEach((part, i) => part.toggleAttribute("data-reading", i === at));
    const { at: moment = "", marks = "", paths, open = "", hide } = parts[at].dataset;
    if (hide) graph.setAttribute("hide", hide);
    else if (graph.hasAttribute("hide")) graph.removeAttribute("hide");
    if (opens) graph.open(open);
    if (moment) graph.go(lastOf(moment));
    graph.mark(marks || null, paths ? { paths } : {});
    element.dispatchEvent(new CustomEvent("stop", { bubbles: true, composed: true, detail: { stop: at + 1, stops: parts.length, title: parts[at].querySelector("h2, h3, h4")?.textContent ?? "" } }));
  }

  return { go, stops: parts.length };
}

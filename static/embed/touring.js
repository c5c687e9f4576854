/**
 * A tour at work: it moves the graph to the moment of a stop, opens scopes, lets marks stand out, hides numbers and asks
 * the question in between.
 *
 * @import {Home} from "./element.js"
 * @import {Asking, Graph} from "./asking.js"
 * @import {Stop} from "./stops.js"
 */
import "../i18n/later.js";
import { button, make } from "../shared/dom.js";
import { t } from "../i18n/strings.js";
import { followText, lastOf, tellPage } from "./following.js";
import { markdown } from "./markdown.js";
import { readTour } from "./stops.js";
import { styles as mathStyles } from "./maths.js";
import styles from "./tour.css";

/** @typedef {Stop & { asked?: any }} Told `asked` is a question with its key, in a page without a server */

/**
 * @param {HTMLElement} element
 * @param {ShadowRoot} root
 * @param {Home} home
 * @param {(at: number) => void} onMove
 */
export async function tour(element, root, home, onMove) {
  if (element.hasAttribute("for")) return tellPage(element, root, onMove);
  const server = element.getAttribute("server")?.replace(/\/*$/, "/") ?? home.server;
  const { title, stops, source } = await contentOf(element, server);
  if (stops.length === 0) throw new Error(t("tour.empty"));
  const mode = element.getAttribute("mode") ?? "steps";
  const graph = /** @type {Graph & { open: (ids: string[]) => void, go: (moment: string | number) => void, mark: (ids: string[] | null, options?: object) => void }} */ (document.createElement("tide-graph"));
  graph.source = source;
  graph.setAttribute("panels", element.getAttribute("panels") ?? (mode === "slides" ? "none" : "equation,transport,inspector"));
  for (const name of ["digits", "theme", "server", "readonly"]) {
    const value = element.getAttribute(name);
    if (value !== null) graph.setAttribute(name, value);
  }
  let at = -1;

  const captions = stops.map((stop, i) => caption(stop, i));
  const count = make("span", { class: "count" });
  const back = button(t("tour.back"), () => go(at - 1));
  const next = button(t("tour.next"), () => go(at + 1), { class: "next" });
  const told = make("div", { class: "captions", "aria-live": mode === "scroll" ? "off" : "polite" }, ...captions);
  const bar = make("div", { class: "bar" }, back, count, next);
  const name = title || element.getAttribute("title") || t("tour.title");
  const section = make("section", { class: `tour ${mode}`, "aria-label": name }, graph, make("div", { class: "telling" }, told, ...(mode === "scroll" ? [] : [bar])));
  section.addEventListener("keydown", turn);
  root.adoptedStyleSheets = [mathStyles, styles].map(sheet);
  root.replaceChildren(section, make("div", { class: "handout" }, document.createElement("slot")));
  if (mode === "slides") section.tabIndex = 0;
  if (mode === "scroll") followText(section, captions, graph, (found) => go(Math.max(0, found)));

  /** @param {Told} stop @param {number} i */
  function caption(stop, i) {
    const box = make("article", { class: "caption", "data-stop": i + 1 }, ...(stop.title ? [make("h3", {}, stop.title)] : []), ...markdown(stop.text));
    if (stop.question || stop.asked) box.append(questionOf(stop));
    return box;
  }

  /** The question of a stop asks about the tour's own graph. @param {Told} stop */
  function questionOf(stop) {
    const asking = /** @type {Asking} */ (document.createElement("tide-question"));
    asking.shared = graph;
    if (stop.asked) asking.packed = { question: stop.asked };
    else asking.request = { program: source.program, question: stop.question };
    for (const name of ["learner", "server", "theme"]) {
      const value = element.getAttribute(name);
      if (value !== null) asking.setAttribute(name, value);
    }
    return asking;
  }

  /** @param {number} wanted */
  function go(wanted) {
    const goal = Math.max(0, Math.min(stops.length - 1, wanted));
    onMove(goal);
    if (goal === at) return;
    at = goal;
    const stop = stops[at];
    captions.forEach((box, i) => {
      if (mode !== "scroll") box.hidden = i !== at;
      box.classList.toggle("current", i === at);
    });
    count.textContent = t("tour.count", { step: at + 1, count: stops.length });
    back.disabled = at === 0;
    next.disabled = at === stops.length - 1;
    if (!stop.question && !stop.asked) {
      if (stop.hide) graph.setAttribute("hide", stop.hide);
      else if (graph.hasAttribute("hide")) graph.removeAttribute("hide");
    }
    graph.open(stop.open);
    if (stop.at) graph.go(lastOf(stop.at));
    graph.mark(stop.marks.length > 0 ? stop.marks : null, stop.paths ? { paths: stop.paths } : {});
    element.dispatchEvent(new CustomEvent("stop", { bubbles: true, composed: true, detail: { stop: at + 1, stops: stops.length, title: stop.title } }));
  }

  /** Arrow keys turn the stops, except in fields and in the graph. @param {KeyboardEvent} event */
  function turn(event) {
    const [inner] = event.composedPath();
    if (event.defaultPrevented || (inner instanceof Element && inner.matches("input, textarea, select")) || event.composedPath().includes(graph)) return;
    const by = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 }[event.key];
    const end = { Home: 0, End: stops.length - 1 }[event.key];
    if (by === undefined && end === undefined) return;
    const goal = end ?? at + (by ?? 0);
    if (goal < 0 || goal >= stops.length) return;
    event.preventDefault();
    event.stopPropagation();
    go(goal);
  }

  return { go, stops: stops.length };
}

/**
 * What is told, and the graph: packed in the page, or a program and a text.
 *
 * @param {HTMLElement} element
 * @param {string | null} server
 * @returns {Promise<{ title: string, stops: Told[], source: any }>}
 */
async function contentOf(element, server) {
  const held = [...element.children].find((child) => child instanceof HTMLScriptElement);
  if (held?.type === "application/json") {
    const { tour, recorded } = JSON.parse(held.text);
    return { ...tour, source: recorded.graph ? { trace: recorded } : recorded };
  }
  const example = element.getAttribute("example");
  const whole = element.getAttribute("tour") ?? held?.text ?? "";
  const [above, ...below] = whole.split(/^[ \t]*---+[ \t]*$/m);
  const program = element.getAttribute("program") ?? (example || below.length === 0 ? null : above.trim());
  const read = readTour(program === null || element.hasAttribute("program") ? whole : below.join("---\n"));
  if (example && server !== null) {
    const response = await fetch(`${server}api/v1/examples/${encodeURIComponent(example)}`);
    const found = await response.json();
    if (!response.ok) throw new Error(found.detail ?? String(response.status));
    return { ...read, source: { program: found.program, layout: found.layout } };
  }
  if (program === null) throw new Error(t("tour.no.program"));
  return { ...read, source: { program } };
}

/** @param {string} css */
function sheet(css) {
  const made = new CSSStyleSheet();
  made.replaceSync(css);
  return made;
}

/**
 * One graph inside another page: the page's own scene, player and panels around a trace, which comes from the
 * server or lies in the page.
 *
 * @import {Example, NestedTensor, PlayerState, TraceBody, View} from "../types.js"
 * @import {Change} from "../session.js"
 */
import { createApi } from "../api.js";
import { listenToKeys } from "../keys.js";
import { chooseMetrics, createLayouter } from "../layout/layout.js";
import { createEquationPanel } from "../panels/equation.js";
import { createTransport } from "../panels/transport.js";
import { createPlayer } from "../player.js";
import { createScene } from "../scene/scene.js";
import { createSession } from "../session.js";
import { translate } from "../strings/strings.js";
import { translateMoment } from "../view.js";
import markup from "page:markup";
import styles from "./embed.css";

/** @typedef {ReturnType<typeof import("../panels/inspector.js").createInspector>} Inspector */

/**
 * What is shown: a program that the server runs, or the trace itself.
 *
 * @typedef {object} Source
 * @property {string} [program]
 * @property {Example["layout"]} [layout] the places of a hand-made figure
 * @property {TraceBody} [trace]
 * @property {Record<string, NestedTensor>} [values]
 * @property {string[]} [open] ids of open scopes
 */

/**
 * @typedef {object} ViewerOptions
 * @property {string} workerUrl of the layout
 * @property {string} mathStyles how the letters of mathematics are set
 * @property {string | null} server with a slash at its end; null: nothing but the trace is known
 * @property {boolean} readOnly
 * @property {boolean} autoplay
 * @property {number} moment
 * @property {[number, number]} steps the first and the last moment that are played
 * @property {string[]} panels
 * @property {(name: "step" | "select" | "values" | "ready" | "problem", detail: object) => void} tell
 */

const PANELS = ["equation", "transport", "key", "inspector"];
/** A slow frame slows the show down rather than making it jump. */
const LONGEST_FRAME = 50;

/**
 * @param {ShadowRoot} root
 * @param {Source} source
 * @param {ViewerOptions} options
 */
export function createViewer(root, source, options) {
  const { workerUrl, server, autoplay, panels, tell } = options;
  const readOnly = options.readOnly || server === null || source.program == null;
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const animated = () => !calm.matches;

  root.adoptedStyleSheets = [options.mathStyles, styles].map(styleSheet);
  const frame = document.createElement("div");
  frame.className = "viewer";
  frame.innerHTML = markup;
  frame.dataset.panels = PANELS.filter((name) => !panels.includes(name)).map((name) => `no-${name}`).join(" ");
  root.replaceChildren(frame);
  translate(root);
  const find = (/** @type {string} */ id) => /** @type {HTMLElement} */ (root.getElementById(id));

  const known = source.trace;
  const api = createApi(`${server ?? ""}api/v1/`);
  const session = createSession(known && readOnly ? { trace: async () => known } : api);
  const player = createPlayer({ animated });
  const layOut = createLayouter(workerUrl);
  const scene = createScene(find("graph"), {
    onActivate: (node) => {
      if (node.scope) session.toggle(node.id);
      else session.select(node.id === session.selected ? null : node.id);
    },
    onClose: (scope) => session.toggle(scope.id),
    animated,
  });
  const equation = createEquationPanel(find("equation"));
  const transport = createTransport(find("transport"), player);
  /** The inspector is loaded when something is selected for the first time. @type {Inspector | null} */
  let inspector = null;
  /** @type {[number, number]} */
  let range = [0, 0];
  let told = -1;
  session.on("change", show).on("error", report).on("select", (id) => {
    select(id);
    tell("select", { id });
  });
  player.on("change", draw);

  /** @param {Record<string, NestedTensor>} values */
  async function change(values) {
    if (await session.setValues(values)) tell("values", { values });
  }

  /** @param {Change} change */
  async function show({ kind, view, before, moment }) {
    const hints = session.example?.layout;
    const layout = await layOut(view, hints, chooseMetrics(scene.size, view, hints));
    if (view !== session.view) return;
    find("graph").removeAttribute("aria-busy");
    scene.show(view, layout, { change: kind === "values" ? "none" : kind });
    transport.load(view);
    const last = view.steps.length;
    range = [Math.min(options.steps[0], last), Math.min(options.steps[1], last)];
    const at = kind === "graph" || !before ? Math.max(moment, range[0]) : null;
    const now = kind === "values" ? player.state.moment : at;
    player.load(view.steps, now ?? translateMoment(/** @type {View} */ (before), view, player.state.moment));
    select(session.selected);
    if (kind !== "graph") return;
    tell("ready", { moments: last });
    if (autoplay) player.play();
  }

  /** @param {PlayerState} state */
  function draw(state) {
    const { view } = session;
    if (!view || state.length !== view.steps.length) return;
    if (state.moment > range[1] || (state.moment === range[1] && (state.playing || state.progress > 0))) {
      player.seek(range[1]);
      return;
    }
    if (state.moment < range[0]) {
      player.seek(range[0]);
      return;
    }
    scene.draw(state);
    equation.draw(view, state);
    transport.draw(view, state);
    inspector?.draw(state);
    if (player.running) requestTick();
    if (state.moment === told) return;
    told = state.moment;
    tell("step", { moment: told, moments: state.length, text: view.steps[told - 1]?.text ?? "" });
  }

  /** @param {string | null} id */
  async function select(id) {
    if (!session.view) return;
    const shown = id !== null && panels.includes("inspector");
    scene.select(id);
    find("inspector").hidden = !shown;
    frame.classList.toggle("inspecting", shown);
    if (shown) inspector ??= createPanel(await import("../panels/inspector.js"));
    inspect();
  }

  function inspect() {
    const { trace, view, selected } = session;
    if (!trace || !view || !inspector) return;
    const cell = inspector.editedCell;
    inspector.show(trace, view, selected, new Set(Object.keys(session.values)));
    inspector.draw(player.state);
    if (cell) inspector.editCell(cell);
  }

  /** @param {typeof import("../panels/inspector.js")} module */
  function createPanel({ createInspector }) {
    const body = /** @type {HTMLElement} */ (find("inspector").querySelector("[data-part=body]"));
    const computes = server !== null && source.program != null;
    return createInspector(body, {
      ask: computes ? (path, more = {}) => api.ask(path, { program: session.program, values: session.values, ...more }) : null,
      describe: async (op) => (server === null ? null : ((await api.operators()).find(({ name }) => name === op) ?? null)),
      onEdit: readOnly ? null : (id, tensor) => change({ ...session.values, [id]: tensor }),
      onSelect: (id) => session.select(id),
      onSeek: player.seek,
      onReset: (id) => change(Object.fromEntries(Object.entries(session.values).filter(([key]) => key !== id))),
    });
  }

  /** @param {import("../api.js").ApiError | null} error */
  function report(error) {
    const notice = find("notice");
    notice.hidden = error === null;
    notice.textContent = error ? [error.message, error.hint].filter(Boolean).join(" ") : "";
    if (!error) return;
    find("graph").removeAttribute("aria-busy");
    tell("problem", { message: error.message, hint: error.hint });
  }

  let lastTick = 0;
  let ticking = false;

  function requestTick() {
    if (ticking) return;
    ticking = true;
    lastTick = performance.now();
    requestAnimationFrame(tick);
  }

  /** @param {number} now */
  function tick(now) {
    player.tick(Math.min(LONGEST_FRAME, Math.max(0, now - lastTick)));
    lastTick = now;
    ticking = player.running && frame.isConnected;
    if (ticking) requestAnimationFrame(tick);
  }

  frame.querySelector("[data-close=inspector]")?.addEventListener("click", () => session.select(null));
  find("zoom-in").addEventListener("click", () => scene.camera.zoomBy(1.25));
  find("zoom-out").addEventListener("click", () => scene.camera.zoomBy(0.8));
  find("zoom-fit").addEventListener("click", () => scene.camera.fit());
  listenToKeys(player, { onEscape: () => session.select(null) }, frame);

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let resizing;
  new ResizeObserver(() => {
    clearTimeout(resizing);
    resizing = setTimeout(async () => {
      const { view, example } = session;
      if (!view || scene.size.width === 0) return;
      const layout = await layOut(view, example?.layout, chooseMetrics(scene.size, view, example?.layout));
      if (view === session.view) scene.show(view, layout, { change: "size" });
    }, 120);
  }).observe(find("graph"));

  const example = /** @type {Example} */ ({ layout: source.layout ?? null });
  const started = session.run({ ...source, program: source.program ?? "", example, moment: options.moment });
  return {
    player,
    /** Puts numbers in place of the program's own, as if they had been typed. @param {Record<string, NestedTensor>} values */
    async setValues(values) {
      await started;
      if (source.program != null && JSON.stringify(values) !== JSON.stringify(session.values)) session.setValues(values);
    },
  };
}

/** @typedef {ReturnType<typeof createViewer>} Viewer */

/** @param {string} css */
function styleSheet(css) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  return sheet;
}

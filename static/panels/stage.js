/**
 * The stage of one session, the same in the workspace and in an embed: its graph is laid out and drawn, played and
 * explained step by step, and what is selected is shown in the inspector.
 *
 * @import {Layout, NestedTensor, PlayerState, View} from "../types.js"
 * @import {Change, Session} from "../state/session.js"
 */
import { listenToKeys } from "../shared/keys.js";
import { createClock } from "../state/clock.js";

/** Milliseconds after the last change of size before the graph is laid out anew. */
const REST = 120;

/** @typedef {import("./inspector.js").InspectorOptions} InspectorOptions */
/** @typedef {ReturnType<typeof import("./inspector.js").createInspector>} Inspector */

/**
 * @typedef {object} Parts
 * @property {(id: string) => HTMLElement} find
 * @property {HTMLElement} frame carries the class `inspecting` while the inspector is open
 * @property {Session} session
 * @property {import("../state/player.js").Player} player
 * @property {ReturnType<typeof import("../scene/scene.js").createScene>} scene
 * @property {ReturnType<typeof import("./equation.js").createEquationPanel>} equation
 * @property {ReturnType<typeof import("./transport.js").createTransport>} transport
 * @property {ReturnType<typeof import("../state/live.js").createLive>} live
 */

/**
 * @typedef {object} Hooks
 * @property {(view: View, before: import("../types.js").Drawing | null) => Promise<Layout>} layOut
 * @property {(change: Change) => number} momentAfter the moment at which the show goes on
 * @property {(view: View) => [number, number]} [partOf] the first and the last moment that are played
 * @property {(change: Change) => void} [onDrawn] the graph is drawn, its first moment not yet
 * @property {(state: PlayerState, view: View) => void} onDraw
 * @property {(id: string | null) => void} [onSelect]
 * @property {(id: string) => boolean} [isInspectable]
 * @property {(id: string | null) => { index: string, text: string } | null} [halfTyped] a cell that was being edited
 * @property {() => Promise<typeof import("./inspector.js")>} loadInspector
 * @property {Pick<InspectorOptions, "ask" | "describe" | "onTarget">} inspector
 * @property {(values: Record<string, NestedTensor>) => unknown} change numbers
 * @property {boolean} [readOnly]
 * @property {EventTarget} [keys] where keys are listened to
 * @property {() => boolean} [isShown] false once the stage is gone
 */

/**
 * @param {Parts} parts
 * @param {Hooks} hooks
 */
export function createStage({ find, frame, session, player, scene, equation, transport, live }, hooks) {
  const { layOut, momentAfter, partOf, onDrawn, onDraw, onSelect, isInspectable, halfTyped, change, isShown } = hooks;
  const requestTick = createClock(player, isShown);
  /** Loaded when something is selected for the first time. @type {Inspector | null} */
  let inspector = null;
  /** @type {Promise<void> | undefined} */
  let inspecting;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let resizing;

  player.on("change", draw);
  session.on("select", select);

  /** @param {Change} news @returns {Promise<boolean>} whether it is shown: something else may have come meanwhile */
  async function show(news) {
    const { kind, view, before } = news;
    const change = kind === "values" ? "none" : kind === "graph" && !before ? "anew" : kind;
    const layout = await layOut(view, scene.before(view, change));
    if (view !== session.view) return false;
    find("graph").removeAttribute("aria-busy");
    scene.show(view, layout, { change });
    onDrawn?.(news);
    const part = partOf?.(view);
    transport.load(view, part);
    player.load(view.steps, momentAfter(news), part);
    select(session.selected);
    return true;
  }

  /** Lays out and draws the same graph once more. @param {"size" | "anew"} change */
  async function drawAgain(change) {
    const { view } = session;
    if (!view || scene.size.width === 0) return;
    const layout = await layOut(view, scene.before(view, change));
    if (view === session.view) scene.show(view, layout, { change });
  }

  /** @param {PlayerState} state */
  function draw(state) {
    const { view } = session;
    if (!view || state.length !== view.steps.length) return;
    scene.draw(state);
    equation.draw(view, state);
    transport.draw(view, state);
    inspector?.draw(state);
    onDraw(state, view);
    if (player.running) requestTick();
  }

  /** @param {string | null} id */
  function select(id) {
    if (!session.view) return;
    scene.select(id);
    onSelect?.(id);
    inspect();
  }

  /** The inspector's panel comes with what it shows, never empty. */
  function inspect() {
    const { trace, view, selected } = session;
    const shown = selected !== null && isInspectable?.(selected) !== false;
    if (!trace || !view) return;
    if (!inspector) {
      if (shown) loadInspector();
      return;
    }
    const cell = inspector.editedCell ?? halfTyped?.(selected);
    find("inspector").hidden = !shown;
    frame.classList.toggle("inspecting", shown);
    inspector.show(trace, view, selected, new Set(Object.keys(session.values)));
    inspector.draw(player.state);
    if (cell) inspector.editCell(cell);
  }

  function loadInspector() {
    inspecting ??= hooks.loadInspector().then(({ createInspector }) => {
      const body = /** @type {HTMLElement} */ (find("inspector").querySelector("[data-part=body]"));
      inspector = createInspector(body, {
        ...hooks.inspector,
        onEdit: hooks.readOnly ? null : (id, tensor) => change({ ...session.wanted, [id]: tensor }),
        onReset: (id) => change(Object.fromEntries(Object.entries(session.wanted).filter(([key]) => key !== id))),
        onSelect: (id) => session.select(id),
        onSeek: player.seek,
        trace: async (of, id, entry) => session.view && live.sources(session.request, { view: session.view, id, of, entry }),
        onMarks: scene.trace,
      });
      inspect();
    });
    return inspecting;
  }

  function unselect() {
    const { selected } = session;
    session.select(null);
    if (selected !== null) scene.focus(selected);
  }

  frame.querySelector("[data-close=inspector]")?.addEventListener("click", unselect);
  find("zoom-in").addEventListener("click", () => scene.camera.zoomBy(1.25));
  find("zoom-out").addEventListener("click", () => scene.camera.zoomBy(0.8));
  find("zoom-fit").addEventListener("click", () => scene.camera.fit());
  listenToKeys(player, { onEscape: unselect }, hooks.keys);
  new ResizeObserver(() => {
    clearTimeout(resizing);
    resizing = setTimeout(() => drawAgain("size"), REST);
  }).observe(find("graph"));

  return {
    show,
    drawAgain,
    inspect: () => select(session.selected),
    loadInspector,
    get editedCell() {
      return inspector?.editedCell ?? null;
    },
  };
}

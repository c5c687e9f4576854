/**
 * One graph inside another page: the page's own scene, player and panels around a trace, which comes from the
 * server or lies in the page.
 *
 * @import {Example, NestedTensor, PlayerState, Structure, TraceBody, View} from "../types.js"
 * @import {Change} from "../state/session.js"
 */
import { ApiError, createApi } from "../state/api.js";
import { onWriting, rereadWriting } from "../i18n/format.js";
import { conceal } from "../state/conceal.js";
import { chooseMetrics, createLayouter } from "../layout/layout.js";
import { createEquationPanel } from "../panels/equation.js";
import { createStage } from "../panels/stage.js";
import { createTransport } from "../panels/transport.js";
import { createLive } from "../state/live.js";
import { createPlayer } from "../state/player.js";
import { BARE } from "../scene/annotate.js";
import { createScene } from "../scene/scene.js";
import { createSession } from "../state/session.js";
import { sentence } from "../i18n/sentence.js";
import { translate } from "../i18n/strings.js";
import { momentOf, shownAs, translateMoment } from "../state/view.js";
import { reach, withEdges } from "../state/reach.js";
import { KernelError } from "../runtime/tensor.js";
import { leisure } from "../shared/idle.js";
import markup from "page:markup";
import styles from "./embed.css";

/**
 * What is shown: a program that the server runs, or the trace itself.
 *
 * @typedef {object} Source
 * @property {string} [program]
 * @property {Example["layout"]} [layout] the places of a hand-made figure
 * @property {Record<string, [number, number][]>} [ways] that arrows of the figure go
 * @property {TraceBody} [trace]
 * @property {Structure} [structure] the program without numbers, from which the page computes runs by itself
 * @property {Record<string, NestedTensor>} [first] with a structure, the values of all declared variables
 * @property {Record<string, NestedTensor>} [values]
 * @property {Record<string, number>} [sizes] numbers other than the program's own for sizes that it names
 * @property {Record<string, [number, number]>} [moves] how far marks were moved by hand
 * @property {number} [seed] of the values that are drawn
 * @property {string | null} [target]
 * @property {string[]} [open] ids of open scopes
 * @property {number} [moment] at which the show stands at first
 * @property {"light" | "dark"} [theme]
 */

/**
 * @typedef {object} ViewerOptions
 * @property {string} workerUrl of the layout
 * @property {string} mathStyles how the letters of mathematics are set
 * @property {string | null} server with a slash at its end; null: nothing but the trace is known
 * @property {boolean} readOnly
 * @property {boolean} autoplay
 * @property {number | string} moment
 * @property {[number, number]} steps the first and the last moment that are played
 * @property {string[]} panels
 * @property {import("../state/conceal.js").Hidden | null} hidden numbers that are not shown
 * @property {(name: "step" | "select" | "values" | "ready" | "problem", detail: object) => void} tell
 */

const PANELS = ["equation", "transport", "key", "inspector"];

/**
 * @param {ShadowRoot} root
 * @param {Source} source
 * @param {ViewerOptions} options
 */
export function createViewer(root, source, options) {
  const { workerUrl, server, tell } = options;
  let { panels, autoplay, hidden } = options;
  /** The moment that was asked for before there was anything to play. @type {number | string | null} */
  let asked = typeof options.moment === "string" ? options.moment : null;
  const readOnly = options.readOnly || (!source.structure && (server === null || source.program == null));
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const animated = () => !calm.matches;

  rereadWriting();
  root.adoptedStyleSheets = [options.mathStyles, styles].map(styleSheet);
  const frame = document.createElement("div");
  frame.className = "viewer";
  frame.innerHTML = markup;
  hidePanels();
  root.replaceChildren(frame);
  translate(root);
  nameRegions(root);
  const find = (/** @type {string} */ id) => /** @type {HTMLElement} */ (root.getElementById(id));

  const api = createApi(`${server ?? ""}api/v1/`);
  /** What every run of this graph is asked with. */
  const run = { seed: source.seed ?? 0, ...(source.target ? { target: source.target } : {}) };
  const live = createLive({
    trace,
    structure: server === null ? undefined : (body) => api.ask("structure", { ...body, ...run }),
    idle: leisure,
    known: source.structure && source.first ? { structure: source.structure, values: source.first } : undefined,
  });
  const session = createSession({ trace: (body, signal) => compute(body, signal) });
  const player = createPlayer({ animated });
  const layOut = createLayouter(workerUrl);
  const scene = createScene(find("graph"), {
    onActivate: (node) => {
      if (node.scope) session.toggle(node.id);
      else session.select(node.id === session.selected ? null : node.id);
    },
    onClose: (scope) => session.toggle(scope.id),
    animated,
    embedded: true,
  });
  const equation = createEquationPanel(find("equation"));
  const transport = createTransport(find("transport"), player);
  const stage = createStage(
    { find, frame, session, player, scene, equation, transport, live },
    {
      layOut: (view, before) => {
        const hints = session.example?.layout;
        return layOut(view, hints, chooseMetrics(scene.size, view, hints), source.ways, before);
      },
      momentAfter,
      partOf,
      onDrawn: drawn,
      onDraw: draw,
      isInspectable: (id) => panels.includes("inspector") && !isHidden(id),
      loadInspector,
      inspector: {
        ask: server !== null && source.program != null ? (path, more = {}) => api.ask(path, { program: session.program, values: session.values, ...run, ...more }) : null,
        describe: async (op) => (server === null ? null : ((await api.operators()).find(({ name }) => name === op) ?? null)),
      },
      change,
      readOnly,
      keys: frame,
      isShown: () => frame.isConnected,
    },
  );
  /** The graph as it was first shown. @type {View | null} */
  let closed = null;
  /** The moment of which the page around was told last. */
  let announced = -1;
  /** What is said of marks and arrows. @type {((view: View) => import("../scene/annotate.js").Paint) | null} */
  let annotation = null;
  /** What stands out. @type {{ nodes: string[], paths?: string } | null} */
  let marked = null;
  session.on("change", show).on("error", report).on("select", (id) => tell("select", { id }));
  onWriting(() => frame.isConnected && session.refresh());

  function hidePanels() {
    frame.dataset.panels = PANELS.filter((name) => !panels.includes(name)).map((name) => `no-${name}`).join(" ");
  }

  /**
   * What was recorded is shown as it is; a server, where there is one, is asked when the numbers are others.
   *
   * @type {typeof api.trace}
   */
  async function trace(body, signal) {
    const recorded = JSON.stringify(body.values) === JSON.stringify(source.values ?? {}) ? source.trace : null;
    return recorded ?? api.trace({ ...body, ...run }, signal);
  }

  /**
   * A value that the page's kernels refuse is told in one line, and the picture stays.
   *
   * @type {typeof api.trace}
   */
  function compute(body, signal) {
    return live.trace(body, signal).then(
      (found) => conceal(found, hidden),
      (error) => {
        throw error instanceof KernelError ? new ApiError(error.message) : error;
      },
    );
  }

  /** @param {Record<string, NestedTensor>} values */
  async function change(values) {
    if (await session.setValues(values)) tell("values", { values });
  }

  /** @param {Change} news */
  async function show(news) {
    if (!(await stage.show(news))) return;
    asked = null;
    if (news.kind !== "graph") return;
    tell("ready", { moments: news.view.steps.length });
    if (autoplay) player.play();
  }

  /** @param {Change} news */
  function drawn({ view, before }) {
    if (!before && source.moves) scene.move(source.moves);
    if (annotation) scene.paint(annotation(view));
    light();
  }

  /** @param {Change} news */
  function momentAfter({ kind, view, before, moment }) {
    const wanted = typeof asked === "string" ? momentOf(view, asked) : asked;
    const at = wanted ?? (kind === "graph" || !before ? moment : kind === "values" ? player.state.moment : null);
    return at ?? translateMoment(/** @type {View} */ (before), view, player.state.moment);
  }

  /** Lets what is marked stand out; in a closed scope, the scope. */
  function light() {
    const { view } = session;
    if (!view) return;
    if (!marked) scene.highlight(null);
    else if (marked.paths) scene.highlight(reach(view, marked.paths, "paths", view.trace.target));
    else {
      const nodes = marked.nodes.flatMap((id) => (view.trace.nodes.has(id) || view.nodes.has(id) ? [shownAs(view, id) ?? id] : []));
      scene.highlight(nodes.length > 0 ? withEdges(view, new Set(nodes)) : null);
    }
  }

  /**
   * What is played of the steps on show: as many of them as were asked for while all scopes were closed.
   *
   * @param {View} view
   * @returns {[number, number]}
   */
  function partOf(view) {
    const whole = (closed ??= view);
    const [first, last] = options.steps.map((end) => Math.min(end, whole.steps.length));
    return view === whole ? [first, last] : [translateMoment(whole, view, first), translateMoment(whole, view, last)];
  }

  /** @param {PlayerState} state @param {View} view */
  function draw({ moment, length }, { steps }) {
    if (moment === announced) return;
    announced = moment;
    const step = steps[moment - 1];
    tell("step", { moment, moments: length, text: step ? sentence(step) : "" });
  }

  /** The inspector would tell what is hidden. @param {string} id */
  function isHidden(id) {
    return hidden !== null && (hidden.values.includes(id) || hidden.gradients.includes(id));
  }

  async function loadInspector() {
    const [module, look] = await Promise.all([import("../panels/inspector.js"), import("./inspector.css")]);
    root.adoptedStyleSheets.push(styleSheet(look.default));
    return module;
  }

  /** @param {import("../state/api.js").ApiError | null} error */
  function report(error) {
    picture(error);
    const notice = find("notice");
    notice.hidden = error === null;
    notice.textContent = error ? [error.message, error.hint].filter(Boolean).join(" ") : "";
    if (!error) return;
    find("graph").removeAttribute("aria-busy");
    tell("problem", { message: error.message, hint: error.hint ?? "" });
  }

  /**
   * While there is no graph, the picture that the page brings stays, with one line that says why.
   *
   * @param {import("../state/api.js").ApiError | null} error
   */
  function picture(error) {
    const host = /** @type {Element} */ (root.host);
    const still = error !== null && !session.view && host.querySelector(":scope > svg") !== null;
    frame.hidden = still;
    for (const old of root.querySelectorAll(":scope > slot, :scope > [role=status]")) old.remove();
    if (!still) return;
    const line = document.createElement("p");
    line.setAttribute("role", "status");
    line.textContent = error.message;
    root.append(document.createElement("slot"), line);
  }

  /**
   * A key that has done something here, or is being typed, is no key of the page around: slide decks and course
   * sites turn pages by such keys, and do not see that a field in a shadow root has the focus.
   *
   * @param {KeyboardEvent} event
   */
  function keepKey(event) {
    const typed = event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement;
    if (event.defaultPrevented || typed || event.target instanceof HTMLSelectElement) event.stopPropagation();
  }

  frame.addEventListener("keydown", keepKey);

  const example = /** @type {Example} */ ({ layout: source.layout ?? null });
  const started = session.run({ ...source, program: source.program ?? "", example, moment: typeof options.moment === "string" ? 0 : options.moment });
  /** Whether there is something to play. */
  const playable = () => session.view !== null && player.state.length === session.view.steps.length;
  return {
    /** @param {number | string} moment a number of steps, or a name: `value of z`, `gradient W1`, `after the first sum` */
    seek(moment) {
      if (playable() && session.view) player.seek(typeof moment === "string" ? momentOf(session.view, moment) : moment);
      else asked = moment;
    },
    /** One step on to a moment is shown happening. @param {number | string} moment */
    go(moment) {
      if (!playable() || !session.view) {
        asked = moment;
        return;
      }
      const goal = typeof moment === "string" ? momentOf(session.view, moment) : moment;
      if (goal > player.state.moment) {
        player.seek(goal - 1);
        player.step();
      } else player.seek(goal);
    },
    /** Lets marks stand out, with the arrows between them, or all paths from one mark to the target. @param {string[] | null} nodes @param {string} [paths] */
    mark(nodes, paths) {
      marked = (nodes && nodes.length > 0) || paths ? { nodes: nodes ?? [], paths } : null;
      light();
    },
    /** @param {string | null} id */
    select(id) {
      session.select(id);
    },
    /** Opens these scopes and closes all others. @param {string[]} ids */
    async open(ids) {
      await started;
      for (const id of session.open) if (!ids.includes(id)) session.toggle(id);
      for (const id of ids) if (!session.open.includes(id)) session.toggle(id);
    },
    /** Hides numbers, or shows all of them again. @param {import("../state/conceal.js").Hidden | null} next */
    hide(next) {
      hidden = next;
      return session.refresh();
    },
    step: player.step,
    /** @param {typeof annotation} next */
    annotate(next) {
      if (next === annotation) return;
      annotation = next;
      if (session.view) scene.paint(next ? next(session.view) : BARE);
    },
    play() {
      if (playable()) player.play();
      else autoplay = true;
    },
    pause() {
      player.pause();
      if (!playable()) autoplay = false;
    },
    /** @param {string[]} names of the panels that are to be there */
    choosePanels(names) {
      panels = names;
      hidePanels();
      stage.inspect();
    },
    /** Numbers are asked to be written otherwise, here and in all graphs of the page. */
    rewrite: rereadWriting,
    /** Puts numbers in place of the program's own, as if they had been typed. @param {Record<string, NestedTensor>} values */
    async setValues(values) {
      await started;
      if ((source.program != null || source.structure) && JSON.stringify(values) !== JSON.stringify(session.values)) session.setValues(values);
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

/** The graphs of a page by number, in the order in which they are drawn first. @type {Map<Element, number>} */
const numbered = new Map();

/**
 * Regions of several graphs on a page have different names, for those who go from one to the next: the graph's own label,
 * or its number from the second on.
 *
 * @param {ShadowRoot} root
 */
function nameRegions({ host, children }) {
  numbered.set(host, numbered.get(host) ?? numbered.size + 1);
  const number = numbered.get(host) ?? 1;
  const name = host.getAttribute("aria-label") ?? (number > 1 ? String(number) : "");
  if (!name) return;
  for (const region of [...children].flatMap((child) => [...child.querySelectorAll("section[aria-label]")])) {
    region.setAttribute("aria-label", `${region.getAttribute("aria-label")} ${name}`);
  }
}

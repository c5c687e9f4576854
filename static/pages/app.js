/**
 * The page: brings session, player, scene and panels together. All wiring is here, and nothing else.
 *
 * @import {Example, PlayerState, ViewNode} from "../types.js"
 * @import {Change} from "../state/session.js"
 */
import { createApi } from "../state/api.js";
import { chooseMetrics, createLayouter } from "../layout/layout.js";
import { createEditor } from "../panels/editor.js";
import { createEquationPanel } from "../panels/equation.js";
import { createGallery, wordsOf } from "../panels/gallery.js";
import { keepHalfTyped, takeHalfTyped } from "../panels/half-typed.js";
import { createLab } from "../panels/lab.js";
import { createMode } from "../panels/mode.js";
import { createStage } from "../panels/stage.js";
import { createWarning } from "../panels/warning.js";
import { createTransport } from "../panels/transport.js";
import { changedBetween, createPicture } from "../scene/picture.js";
import { createLive } from "../state/live.js";
import { createPlayer } from "../state/player.js";
import { onWriting } from "../i18n/format.js";
import { readGiven } from "../state/preloaded.js";
import { withEdges } from "../state/reach.js";
import { BARE } from "../scene/annotate.js";
import { createScene } from "../scene/scene.js";
import { createGuide } from "../state/guide.js";
import { createSession } from "../state/session.js";
import { createSaved } from "../panels/saved.js";
import { offerLanguages } from "../i18n/locale.js";
import { leisure } from "../shared/idle.js";
import { t, translate } from "../i18n/strings.js";
import { currentTheme, nextTheme, setTheme } from "./theme.js";
import { sizesKept } from "../state/sizes.js";
import { keepProgram } from "../state/storage.js";
import { createTrace, lineOfStep, openAtFirst } from "../state/trace.js";
import { decodePlace, encodePlace } from "../state/url.js";
import { createView, likeMoment, translateMoment } from "../state/view.js";

translate(document);
const find = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const narrow = matchMedia("(max-width: 899px)");
const animated = () => !calm.matches;

const given = readGiven();
const api = createApi("api/v1/", given);
const live = createLive({ trace: api.trace, structure: (body) => api.ask("structure", body), idle: leisure });
const session = createSession({ trace: live.trace, ask: api.ask });
const player = createPlayer({ animated });
const layOut = createLayouter(new URL("static/layout-worker.js", document.baseURI).href);
const scene = createScene(find("graph"), {
  onActivate: activate,
  onClose: (scope) => toggleScope(scope.id),
  onRest: remember,
  onPoint: point,
  onNumber: session.pull,
  animated,
});
const picture = createPicture({ stage: /** @type {HTMLElement} */ (find("graph").parentElement), scene, session, onLook: remember, onRearrange: rearrange });
const equation = createEquationPanel(find("equation"), { onPoint: point, onSelect: (id) => session.select(id) });
const transport = createTransport(find("transport"), player);
const editor = createEditor(find("program"), { onRun: runText, onPoint: (name) => point(name && session.view?.nodes.has(name) ? name : null), operators: api.operators });
createMode(find("mode"), session);
const gallery = createGallery(
  find("gallery"),
  { title: find("example-title"), about: find("about") },
  { onChoose: runExample, onOwn: editor.write, draw: drawExample },
);
const lab = createLab(find("lab"), find("toggle-lab"), {
  api,
  session,
  player,
  write: editor.write,
  undo: editor.undo,
  examples: () => examples,
  stage: find("graph"),
  paint: (paint) => scene.paint(paint ?? BARE),
  light: (ids) => (ids && session.view ? scene.highlight(withEdges(session.view, ids)) : picture.highlight()),
  onShow: (name) => {
    if (name) session.select(null);
    remember();
  },
  onSet: remember,
});

/** @type {Promise<{ name: string, signature: string, doc: string }[]> | undefined} */
let operators;
let examples = given ? [given.example] : [];
/** @type {Promise<void> | undefined} */
let gathering;
/** The scope just opened or closed: the keyboard's focus goes along with it. @type {string | null} */
let toFocus = null;

const saved = createSaved(/** @type {HTMLElement} */ (find("equation").querySelector("[data-part=kept]")), { session, player, ask: api.ask });
const warning = createWarning(find("notice"), { session, ask: api.ask, write: editor.write, notify });

const stage = createStage(
  { find, frame: document.body, session, player, scene, equation, transport, live },
  {
    layOut: layOutHere,
    momentAfter: goingOn,
    onDrawn: drawn,
    onDraw: draw,
    onSelect: selected,
    halfTyped: takeHalfTyped,
    loadInspector: () => import("../panels/inspector.js"),
    inspector: {
      ask: (path, more = {}) => api.ask(path, { ...session.request, ...more }),
      describe: async (op) => (await (operators ??= api.operators())).find(({ name }) => name === op) ?? null,
      onTarget: (id) => session.run({ program: session.program, values: session.values, sizes: session.sizes, ...session.stored, example: session.example, target: id }),
    },
    change: session.setValues,
  },
);

/** When the picture has caught up with the session. */
let shown = Promise.resolve();
session.on("change", (change) => (shown = show(change))).on("busy", editor.setBusy).on("error", report);
session.on("busy", (busy) => busy && !session.example?.layout && layOut.prepare());
onWriting(session.refresh);

const guidePlaces = {
  workspace: find("graph").closest("main"),
  gallery: find("gallery"),
  telling: find("equation").firstElementChild,
  start: find("example-title").closest("button"),
};
const guide = createGuide(guidePlaces, {
  session,
  picture,
  player,
  shown: () => shown,
  onMove: remember,
  open: async () => {
    await gather();
    const example = examples.find(({ name }) => name === "chapter");
    if (!example || example.name === session.example?.name) return;
    editor.setValue(example.program);
    await session.run({ program: example.program, example, open: [] });
  },
});

/** @param {ViewNode} node */
function activate(node) {
  if (node.scope) toggleScope(node.id);
  else session.select(node.id === session.selected ? null : node.id);
}

/** @param {string} id */
function toggleScope(id) {
  toFocus = id;
  session.toggle(id);
}

/** @type {import("../panels/editor.js").Run} */
async function runText(program, values, { byHand }) {
  const example = examples.find((known) => known.program === program) ?? null;
  const target = session.target !== null && program.split(/\W+/).includes(session.target) ? session.target : null;
  const before = session.program;
  const done = program === session.program ? await session.setValues(values) : await session.run({ program, values, sizes: sizesKept(before, program, session.sizes), example, target, training: session.stored.training });
  if (done && !example && program !== before) keepProgram(program, before);
  if (done && byHand && narrow.matches) fold(true);
  return done;
}

/** @param {Example} example */
function runExample(example) {
  editor.setValue(example.program);
  session.select(null);
  picture.look.take(example.look ?? "");
  session.run({ program: example.program, example, anew: true });
}

/** @param {Example} example */
async function drawExample(example) {
  const { drawThumbnail } = await import("../panels/thumbnail.js");
  const trace = createTrace(await api.trace({ program: example.program }));
  const view = createView(trace, new Set(openAtFirst(trace)));
  const layout = await layOut(view, example.layout, chooseMetrics({ width: 960, height: 480 }, view, example.layout));
  return drawThumbnail(view, layout);
}

/** @param {Change} news */
async function show(news) {
  if (session.trace && !session.lent) editor.adopt(session);
  if (!(await stage.show(news))) return;
  if (toFocus) scene.focus(toFocus);
  toFocus = null;
  if (news.kind === "graph" && session.trace) saved.learn(session.trace);
}

/** @param {Change} news */
function drawn({ kind, before }) {
  gallery.mark(session.example);
  document.title = session.example ? `${wordsOf(session.example).title} \u2013 Tidegraph` : "Tidegraph";
  if (kind === "graph" && session.lent) scene.camera.fit();
  if (kind === "values" && session.trace && !session.previewing) scene.flash(changedBetween(before, session.trace));
  picture.update();
  warn();
}

/** The graph laid out afresh, as if nothing had been drawn before and nothing moved. */
async function rearrange() {
  await stage.drawAgain("anew");
  picture.update();
}

/** @param {import("../types.js").View} view @param {import("../types.js").Drawing | null} before */
function layOutHere(view, before) {
  const hints = session.lent ? null : session.example?.layout;
  return layOut(view, hints, { ...chooseMetrics(scene.size, view, hints), upward: picture.look.look.upward }, undefined, before);
}

/** The moment at which the show goes on in another picture. @param {Change} change */
function goingOn({ kind, view, before, moment }) {
  const { moment: stands, length } = player.state;
  if (kind === "values" && before) return stands;
  if (moment !== null && (kind === "graph" || !before)) return moment;
  if (!before || before.steps.length !== length) return 0;
  return (kind === "graph" ? likeMoment : translateMoment)(before, view, stands);
}

/** @param {PlayerState} state @param {import("../types.js").View} view */
function draw(state, view) {
  editor.link({ line: lineOf(state), name: pointed });
  saved.draw(state);
  lab.draw(view, state);
  if (!player.running) remember();
}

/** What is pointed at in the graph, the equation or the program: all three show it. @type {string | null} */
let pointed = null;

/** @param {string | null} id */
function point(id) {
  if (id === pointed) return;
  pointed = id;
  scene.link(id);
  equation.link(id);
  editor.link({ line: lineOf(player.state), name: id });
}

/** @param {PlayerState} state */
const lineOf = ({ current }) => (session.trace ? lineOfStep(session.trace, session.view?.steps[current]) : null);

/** @param {string | null} id */
function selected(id) {
  remember();
  picture.highlight();
  if (id !== null && narrow.matches) fold(true);
}

/** What is wrong now. @type {import("../state/api.js").ApiError | null} */
let problem = null;

/** @param {import("../state/api.js").ApiError | null} error */
function report(error) {
  problem = error;
  const old = error !== null && session.view !== null && error.status !== 0 && !error.ofOutline;
  find("outdated").hidden = !old;
  find("graph").classList.toggle("of-old-program", old);
  editor.setProblem(error);
  notify(error ? [error.message, error.hint].filter(Boolean).join(" ") : "", error?.lang ?? "");
  if (error && !session.view) find("graph").removeAttribute("aria-busy");
}

/** Says where the first NaN or infinity arises. */
function warn() {
  if (!problem) warning.warn(picture.nonfinite);
}

/** Above the graph, where no open program says it already. @param {string} words @param {string} [lang] */
function notify(words, lang = "") {
  const notice = find("notice");
  Object.assign(notice, { textContent: words, lang });
  notice.hidden = words === "" || (problem !== null && session.view !== null && !isFolded());
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let remembering;
let ownFragment = "";
/** Writes the picture's address, once things have come to rest and unless another has been entered meanwhile. */
function remember() {
  clearTimeout(remembering);
  const mine = setTimeout(async () => {
    if (!session.trace) return;
    const { program, values, sizes, example, chosen, step, stored } = session;
    const { moment } = session.lent ?? player.state;
    const { selected } = session.lent ?? session;
    const fragment = await encodePlace({
      ...(example ? { example: example.name } : { program }),
      values, sizes, ...stored, open: chosen, moment,
      select: selected ?? undefined,
      camera: scene.camera.place ?? undefined,
      moves: scene.moves,
      look: lookOf(example),
      panel: lab.open ?? undefined,
      settings: lab.settings,
      step: step?.request,
      tour: guide.at ?? undefined,
    });
    if (mine !== remembering || location.hash.slice(1) !== ownFragment) return;
    history.replaceState(null, "", `#${fragment}`);
    ownFragment = location.hash.slice(1);
  }, 150);
  remembering = mine;
}

/** How the picture is drawn, where that is other than the example proposes. @param {Example | null} example */
function lookOf(example) {
  const { words } = picture.look;
  return words === (example?.look ?? "") ? undefined : words || "plain";
}

/** All examples, which the first picture needs only where the address names another than the first. */
function gather() {
  gathering ??= api.examples().then(
    (all) => {
      examples = all;
      gallery.load(examples);
      gallery.mark(session.example);
    },
    (error) => {
      gathering = undefined;
      report(error);
    },
  );
  return gathering;
}

async function start() {
  ownFragment = location.hash.slice(1);
  const place = await decodePlace(location.hash);
  const isNamed = (/** @type {Example} */ { name }) => name === place.example;
  if (!place.program && !(place.example ? examples.some(isNamed) : examples[0])) await gather();
  const example = place.program ? null : (examples.find(isNamed) ?? examples[0]);
  if (example === undefined) return;
  const program = place.program ?? example?.program ?? "";
  editor.setValue(program);
  lab.take(place.settings ?? {});
  const step = place.step ? { request: place.step, told: null } : null;
  const wish = { ...place, program, example, anew: true };
  let done = await session.run({ ...wish, step });
  if (!done && problem?.status === 422 && (place.values || place.sizes || place.weights || place.target)) {
    done = await session.run({ ...wish, step: null, values: {}, sizes: {}, weights: null, target: null });
    if (done) notify(t("notice.numbers"));
  }
  if (done) await furnish(place);
  await leisure();
  await Promise.all([editor.grow(), gather(), stage.loadInspector(), offerFiles()]);
}

/** What stands around the picture, once that is there. @param {import("../state/url.js").Place} place */
async function furnish({ look, select, panel, tour, camera, moves }) {
  await shown;
  const { trace } = session;
  const drawn = look ?? session.example?.look ?? "";
  if (drawn !== picture.look.words) picture.look.take(drawn);
  if (select && (trace?.nodes.has(select) || trace?.scopes.has(select))) session.select(select);
  if (panel || lab.open) lab.show(panel ?? null);
  if (tour) guide.start(tour);
  if (moves) scene.move(moves);
  if (camera) scene.camera.put(camera);
}

/** Folds the program away, or shows it. @param {boolean} folded */
function fold(folded) {
  document.body.classList.toggle("program-folded", folded);
  if (problem) report(problem);
  find("toggle-program").setAttribute("aria-expanded", String(!folded));
  if (!folded && narrow.matches) session.select(null);
}

const isFolded = () => document.body.classList.contains("program-folded");

function showTheme() {
  find("toggle-theme").setAttribute("aria-label", t(`page.theme.${currentTheme()}`));
}

find("program").querySelector("[data-close]")?.addEventListener("click", () => {
  fold(true);
  find("toggle-program").focus();
});
find("toggle-program").addEventListener("click", () => fold(!isFolded()));
find("open-file").addEventListener("click", async () => (await offerFiles()).choose());
find("toggle-theme").addEventListener("click", () => {
  setTheme(nextTheme());
  showTheme();
});
addEventListener("hashchange", () => {
  if (location.hash.slice(1) !== ownFragment) start();
});

/** The page takes files: by the button, or dropped anywhere on it. */
const offerFiles = async () => (await import("../panels/open.js")).openFiles(find("notice").parentElement, { session, upload: api.upload, write: editor.setValue, problem: () => problem, reveal: () => fold(false) });

showTheme();
offerLanguages(find("language"));
find("gallery").addEventListener("beforetoggle", gather, { once: true });
find("share").addEventListener("beforetoggle", async () => {
  const { createShare } = await import("../panels/share.js");
  createShare({ box: find("share"), graph: find("graph"), session, player, fetchFile: api.file, moves: () => scene.moves });
}, { once: true });
keepHalfTyped(() => {
  const cell = stage.editedCell;
  return cell && session.selected ? { id: session.selected, ...cell } : null;
});
fold(narrow.matches);
narrow.addEventListener("change", ({ matches }) => find("program").contains(document.activeElement) || fold(matches));
start();

/**
 * Memory: what is live at each step of a prediction and of a training step, what is kept for the way back, and what
 * the peaks follow. All of it from the plan; the measured peak stands beside.
 *
 * @import {PlayerState, View} from "../types.js"
 * @import {Bench} from "./lab.js"
 * @import {Key} from "../i18n/strings.js"
 */
import { sum } from "d3-array";
import { formatBytes, formatCount, formatShare } from "../i18n/format.js";
import { setMath } from "../shared/math.js";
import { t } from "../i18n/strings.js";
import { shownAs } from "../state/view.js";
import { drawChart } from "./chart.js";
import { listConditions } from "./conditions.js";
import { choice, field, make, tellProblem } from "../shared/dom.js";
import { setting, tell } from "./settings.js";

const OPTIMIZERS = /** @type {[string, string][]} */ ([["sgd", "SGD"], ["momentum", "Momentum"], ["adagrad", "AdaGrad"], ["rmsprop", "RMSProp"], ["adam", "Adam"], ["adamw", "AdamW"]]);

const PARTS = ["parameters", "data", "optimizer", "gradients", "activations", "intermediate_gradients", "workspace", "rest"];
/** Buffers named one by one; more are counted. */
const NAMED = 12;

const say = (/** @type {string} */ key) => t(/** @type {Key} */ (key));

/**
 * @param {HTMLElement} host
 * @param {Bench} bench
 */
export function createMemoryPanel(host, { api, session, player, light, write }) {
  /** @type {any} */
  let body = null;
  /** @type {any[]} */
  let curve = [];
  let asked = "";
  /** Counts what is asked for, so that an answer that is late is dropped. */
  let [turn, curveTurn] = [0, 0];
  /** @type {number | null} */
  let moment = null;
  /** @type {number | null} */
  let hovered = null;
  /** @type {{ invert: (x: number) => number } | null} */
  let scale = null;
  /** What is to be set once the program's sizes are known. @type {import("./settings.js").Settings | null} */
  let pending = null;

  const trouble = make("p", { class: "trouble", role: "alert", hidden: true });
  const chart = make("canvas", { role: "slider", tabIndex: 0, "aria-label": t("memory.curves"), "aria-valuemin": "1", "aria-valuemax": "1", "aria-valuenow": "1" });
  const where = make("p", { class: "told", "data-part": "moment" });
  const live = make("p", { class: "told", "data-part": "live" });
  const freed = make("p", { class: "told", "data-part": "freed" });
  const optimizer = choice(OPTIMIZERS, t("memory.optimizer.label"));
  const checkpointing = make("input", { type: "checkbox" });
  const cost = make("p", { class: "told", "data-part": "checkpointing", hidden: true });
  const bars = make("div", { class: "bars" });
  const parts = make("table", { class: "parts" });
  const saved = make("table", { class: "saved" });
  const savedTitle = make("h3", {});
  const symbols = make("dl", { class: "symbols" });
  const output = choice([], t("memory.output"));
  const size = choice([], t("memory.size"));
  const slider = make("input", { type: "range", "aria-label": t("memory.size") });
  const sized = make("div", { hidden: true });
  const unnamed = make("p", { class: "told", "data-part": "unnamed" });
  const nameThem = make("button", { type: "button", class: "quiet", "data-action": "name-sizes" }, t("memory.named.write"));
  const naming = make("div", { hidden: true }, unnamed, nameThem);
  const none = make("p", { class: "told" }, t("memory.symbols.none"));
  const peaks = make("canvas", { role: "img", "aria-label": t("memory.size") });
  const point = make("p", { class: "told", "data-part": "point" });
  const measured = make("p", { class: "told", "data-part": "measured" });
  sized.append(make("h3", {}, t("memory.size"), make("span", { class: "pick" }, size)), peaks, slider, point);
  host.append(
    trouble,
    make("h3", {}, t("memory.curves"), make("label", {}, checkpointing, t("memory.checkpointing"))),
    chart,
    where,
    live,
    freed,
    cost,
    make("h3", {}, t("memory.footprint")),
    bars,
    parts,
    field(t("memory.optimizer.label"), optimizer),
    field(t("memory.output"), output),
    measured,
    sized,
    make("h3", {}, t("memory.symbols")),
    symbols,
    none,
    naming,
    savedTitle,
    saved,
  );

  chart.addEventListener("pointermove", ({ offsetX }) => {
    if (!scale || !body) return;
    const { moments } = timeline();
    hovered = Math.min(moments.length - 1, Math.max(0, Math.floor(scale.invert(offsetX))));
    drawCurves();
  });
  for (const type of ["pointerleave", "blur"]) {
    chart.addEventListener(type, () => {
      hovered = null;
      light(null);
      drawCurves();
    });
  }
  chart.addEventListener("keydown", (event) => {
    if (!body) return;
    const last = timeline().moments.length - 1;
    const at = hovered ?? moment ?? timeline().peak;
    const next = { ArrowLeft: at - 1, ArrowDown: at - 1, ArrowRight: at + 1, ArrowUp: at + 1, Home: 0, End: last }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    hovered = Math.min(last, Math.max(0, next));
    drawCurves();
  });
  nameThem.addEventListener("click", () => body?.named && write(body.named));
  optimizer.addEventListener("change", () => load(true));
  checkpointing.addEventListener("change", () => load(true));
  output.addEventListener("change", () => load(true));
  size.addEventListener("change", loadCurve);
  slider.addEventListener("input", drawPeaks);
  slider.addEventListener("keydown", (event) => event.stopPropagation());

  /** Where the slider stands, as the size that it is. @type {import("./settings.js").Setting} */
  const place = {
    tell: () => (curve[Number(slider.value)]?.size === body?.sizes[size.value] ? null : String(curve[Number(slider.value)]?.size)),
    take(text) {
      const wanted = curve.findIndex((one) => String(one.size) === text);
      const usual = curve.findIndex((one) => one.size === body.sizes[size.value]);
      slider.value = String(Math.max(0, wanted < 0 ? usual : wanted));
    },
  };
  const controls = { optimizer: setting(optimizer), checkpointing: setting(checkpointing), size: setting(size), at: place };

  return {
    show: () => load(false),
    draw,
    hide: () => light(null),
    settings: () => pending ?? tell(controls),
    /** @param {import("./settings.js").Settings} given */
    take(given) {
      controls.optimizer.take(given.optimizer ?? null);
      controls.checkpointing.take(given.checkpointing ?? null);
      pending = given;
      asked = "";
    },
  };

  /** @param {boolean} changed whether what is asked for is something else */
  async function load(changed) {
    const key = JSON.stringify([session.program, session.sizes]);
    if (key === asked && !changed) {
      drawCurves();
      return;
    }
    const other = key !== asked;
    asked = key;
    const mine = (turn += 1);
    curveTurn += 1;
    try {
      const found = await api.ask("memory", {
        program: session.program,
        sizes: session.sizes,
        optimizer: { name: optimizer.value },
        ...chosen(other),
        checkpointing: checkpointing.checked,
        measure: true,
        formulas: true,
      });
      if (mine !== turn) return;
      body = found;
      trouble.hidden = true;
    } catch (error) {
      if (mine !== turn) return;
      body = null;
      tellProblem(trouble, error);
      return;
    }
    output.replaceChildren(...body.outputs.map((/** @type {string} */ name) => make("option", { value: name }, name)));
    output.value = body.output;
    drawAll();
    if (other) {
      const names = Object.keys(body.sizes);
      sized.hidden = names.length === 0;
      size.replaceChildren(...names.map((name) => make("option", { value: name }, name)));
      if (pending) controls.size.take(pending.size ?? null);
    }
    if (!sized.hidden) await loadCurve();
    else curve = [];
    pending = null;
  }

  /** The prediction that is asked for; of another program its own. @param {boolean} other */
  function chosen(other) {
    return other || !output.value ? {} : { output: output.value };
  }

  /** The program, or the same with its sizes named. */
  function program() {
    return { program: body?.named ?? session.program, sizes: session.sizes };
  }

  async function loadCurve() {
    const mine = (curveTurn += 1);
    const now = body.sizes[size.value];
    const values = [...new Set([1, 2, 3, 4, 6, 8].map((factor) => Math.max(1, Math.round((now * factor) / 2))))];
    try {
      const found = await api.ask("memory", { ...program(), ...chosen(false), optimizer: { name: optimizer.value }, size: size.value, points: values });
      if (mine !== curveTurn) return;
      curve = found.curve;
    } catch (error) {
      if (mine !== curveTurn) return;
      curve = [];
      point.textContent = /** @type {Error} */ (error).message;
    }
    slider.max = String(Math.max(0, curve.length - 1));
    place.take(pending?.at ?? null);
    drawPeaks();
  }

  function timeline() {
    return body.checkpointed?.timeline ?? body.training;
  }

  function drawAll() {
    draw(/** @type {View} */ (session.view), player.state);
    drawCurves();
    drawFootprint();
    const { checkpointed, measured: real } = body;
    cost.hidden = !checkpointed;
    if (checkpointed) {
      cost.textContent = t("memory.checkpointing.told", {
        segments: checkpointed.segments,
        recomputed: checkpointed.recomputed.length,
        flops: formatCount(checkpointed.extra_flops),
        share: formatShare(checkpointed.extra_flops / Math.max(1, body.training.flops)),
        before: formatBytes(body.training.peak_bytes),
        after: formatBytes(checkpointed.timeline.peak_bytes),
        same: t(checkpointed.same_gradients ? "memory.same" : "memory.other"),
      });
    }
    measured.textContent = t("memory.measured", { measured: formatBytes(real.measured), planned: formatBytes(real.planned) });
    drawSymbols();
    drawSaved();
  }

  /** @param {View | null} view @param {PlayerState} state */
  function draw(view, state) {
    if (!body || !view) return;
    const { moments } = timeline();
    const step = view.steps[state.current];
    const names = step?.phase === "forward" ? step.outputs : [`d${body.target}/d${step?.variable}`];
    const at = step ? moments.findLastIndex((/** @type {any} */ one) => one.phase === step.phase && names.includes(one.name)) : -1;
    if (at >= 0 || !step) moment = at >= 0 ? at : null;
    drawCurves();
  }

  function drawCurves() {
    if (!body || host.hidden) return;
    const { training, prediction, checkpointed } = body;
    const points = (/** @type {any} */ line) => {
      const found = /** @type {[number, number][]} */ (line.moments.map((/** @type {any} */ one, /** @type {number} */ i) => [i, one.live_bytes]));
      return found.length > 0 ? [...found, /** @type {[number, number]} */ ([found.length, found[found.length - 1][1]])] : found;
    };
    const series = [
      { name: t("memory.prediction"), points: points(prediction), ink: "--forward", steps: true },
      { name: t("memory.training"), points: points(training), ink: "--ink", steps: true, ...(checkpointed ? { dash: [3, 3] } : {}) },
    ];
    if (checkpointed) series.push({ name: t("memory.checkpointed"), points: points(checkpointed.timeline), ink: "--ink", steps: true });
    const at = hovered ?? moment;
    scale = drawChart(chart, { series, zero: true, format: formatBytes, mark: at === null ? null : at + 0.5 });
    const line = timeline();
    const peak = line.moments[line.peak];
    const words = peak ? t("memory.peak", { bytes: formatBytes(line.peak_bytes), name: peak.name }) : "";
    chart.setAttribute("aria-label", t("memory.curves.told", { training: words, prediction: formatBytes(prediction.peak_bytes) }));
    chart.setAttribute("aria-valuemax", String(Math.max(1, line.moments.length)));
    chart.setAttribute("aria-valuenow", String((at ?? line.peak) + 1));
    const one = at === null ? null : line.moments[at];
    where.textContent = one
      ? t("memory.moment", { step: Number(at) + 1, count: line.moments.length, name: one.name, bytes: formatBytes(one.live_bytes) })
      : words;
    const buffers = one ? line.buffers.filter((/** @type {any} */ buffer) => buffer.first <= Number(at) && Number(at) <= buffer.last) : [];
    const ending = buffers.filter((/** @type {any} */ buffer) => buffer.last === at && buffer.kind !== "result");
    live.textContent = one ? t("memory.live", { names: listed(buffers) }) : t("memory.hint");
    freed.textContent = ending.length > 0 ? t("memory.freed", { names: listed(ending) }) : "";
    chart.setAttribute("aria-valuetext", `${where.textContent} ${one ? live.textContent : ""}`);
    if (hovered !== null) lightUp(buffers);
  }

  /** The marks of live buffers stand out. @param {{ name: string }[]} buffers */
  function lightUp(buffers) {
    const { view } = session;
    const ids = view ? buffers.map(({ name }) => (view.trace.nodes.has(name) ? shownAs(view, name) : null)) : [];
    light(new Set(ids.filter((id) => id !== null)));
  }

  function drawFootprint() {
    const { footprint } = body;
    const training = { ...footprint, rest: footprint.training - sum(PARTS, (part) => footprint[part] ?? 0) };
    const forward = /** @type {Record<string, number>} */ ({ parameters: footprint.prediction_parameters, data: footprint.prediction_data, activations: footprint.prediction_activations, workspace: footprint.prediction_workspace });
    const most = Math.max(footprint.training, footprint.prediction);
    const shown = PARTS.filter((part) => training[part] > 0 || forward[part] > 0);
    bars.replaceChildren(
      make("span", {}, t("memory.training")),
      bar(shown.map((part) => [part, training[part]]), most),
      make("span", {}, t("memory.prediction")),
      bar(shown.map((part) => [part, forward[part] ?? 0]), most),
    );
    const figure = (/** @type {number} */ value) => make("td", {}, value > 0 ? formatBytes(value) : "\u2013");
    const head = make("tr", {}, make("td", {}), make("th", { scope: "col" }, t("memory.training")), make("th", { scope: "col" }, t("memory.prediction")));
    const rows = shown.map((part) => {
      const name = make("th", { scope: "row" }, make("i", { class: `part-${part}` }), say(`memory.${part}`));
      return make("tr", { "data-bytes": String(training[part]), "data-name": part }, name, figure(training[part]), figure(forward[part] ?? 0));
    });
    const total = make("tr", { class: "total" }, make("th", { scope: "row" }, t("memory.total")), figure(footprint.training), figure(footprint.prediction));
    parts.replaceChildren(make("thead", {}, head), make("tbody", {}, ...rows, total));
  }

  function drawSymbols() {
    const found = body.symbolic;
    const { named } = body;
    naming.hidden = !named;
    if (named) {
      const own = new Set(session.program.split("\n"));
      unnamed.textContent = t("memory.named", { line: named.split("\n").find((/** @type {string} */ line) => !own.has(line)) ?? "" });
    }
    symbols.hidden = !found;
    none.hidden = Boolean(found);
    if (!found) return;
    symbols.replaceChildren(
      ...found.formulas.flatMap((/** @type {any} */ one) => {
        const formula = make("dd", {});
        setMath(formula, `${one.latex} ${one.here ? `= ${one.count}` : ""}`);
        if (!one.here) formula.append(` ${t("memory.formula.here", { count: formatCount(one.count) })}`);
        if (!one.everywhere) formula.append(` ${t("memory.formula.near")}`);
        formula.append(...listConditions(one.conditions));
        return [make("dt", {}, say(`memory.formula.${one.name}`)), formula];
      }),
    );
  }

  function drawSaved() {
    const total = sum(body.saved, (/** @type {any} */ one) => one.bytes);
    savedTitle.replaceChildren(t("memory.saved"), make("span", { class: "told" }, t("memory.saved.total", { bytes: formatBytes(total) })));
    saved.replaceChildren(
      ...body.saved.map((/** @type {any} */ one) =>
        make(
          "tr",
          { "data-name": one.name },
          make("td", {}, make("code", {}, one.name)),
          make("td", {}, one.bytes ? formatBytes(one.bytes) : t("memory.saved.none")),
          make("td", {}, t("memory.saved.by", { operators: one.by.join(t("step.comma")) })),
        ),
      ),
    );
  }

  function drawPeaks() {
    const one = curve[Number(slider.value)];
    if (!one || host.hidden) return;
    const points = (/** @type {string} */ of) => /** @type {[number, number][]} */ (curve.map((found) => [found.size, found[of]]));
    drawChart(peaks, {
      zero: true,
      format: formatBytes,
      mark: one.size,
      series: [
        { name: t("memory.training"), points: points("training"), ink: "--ink" },
        { name: t("memory.prediction"), points: points("prediction"), ink: "--forward" },
      ],
    });
    point.textContent = t("memory.size.at", { size: size.value, value: one.size, training: formatBytes(one.training), prediction: formatBytes(one.prediction) });
    peaks.setAttribute("aria-label", point.textContent);
    slider.setAttribute("aria-valuetext", point.textContent);
  }
}

/** @param {[string, number][]} pieces @param {number} most */
function bar(pieces, most) {
  const made = make("div", { class: "bar" });
  for (const [part, value] of pieces) {
    if (value === 0) continue;
    const piece = make("i", { class: `part-${part}`, title: `${say(`memory.${part}`)}: ${formatBytes(value)}` });
    piece.style.width = `${(100 * value) / most}%`;
    made.append(piece);
  }
  return made;
}

/** Buffers with their bytes, the largest first. @param {{ name: string, bytes: number }[]} buffers */
function listed(buffers) {
  const largest = [...buffers].sort((a, b) => b.bytes - a.bytes);
  const names = largest.slice(0, NAMED).map((one) => `${one.name} ${formatBytes(one.bytes)}`);
  if (largest.length > NAMED) names.push(t("memory.more", { count: largest.length - NAMED }));
  return names.join(t("step.comma"));
}

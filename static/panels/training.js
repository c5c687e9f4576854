/**
 * Training: data, an optimiser and a run, told by its loss, its gradients' norms and a picture of what it predicts.
 * Every step can be opened in the player, which shows its two passes; its update stands here.
 *
 * @import {Bench} from "./lab.js"
 */
import { setMath } from "../shared/math.js";
import { formatCount, formatNumber, formatShare, wishedWriting } from "../i18n/format.js";
import { createRun } from "../state/training-run.js";
import { createTrainingStream } from "../state/page-training.js";
import { known, t } from "../i18n/strings.js";
import { readSafetensors, saveFile, toSafetensors } from "../shared/array-files.js";
import { isSummary, toNumber } from "../shared/tensor.js";
import { choice, field, make, number } from "../shared/dom.js";
import { createCharts } from "./training-charts.js";
import { setting, take, tell } from "./settings.js";
import { differences, tellDifferences } from "./training-compare.js";
import { createRemedy } from "./training-remedy.js";
import { describeDivergence, hasGrown } from "./training-trouble.js";
import { programThatFits } from "./training-table.js";
import { createSweepPart } from "./training-sweep.js";

/** Histograms in a whole run: more columns could not be told apart. */
const COLUMNS = 80;

/** Settings beside the learning rate, with the engine's defaults. @type {Record<string, Record<string, number>>} */
const OPTIMIZERS = {
  sgd: { weight_decay: 0 },
  momentum: { momentum: 0.9, weight_decay: 0 },
  nesterov: { momentum: 0.9, weight_decay: 0 },
  adagrad: { weight_decay: 0 },
  rmsprop: { decay: 0.99, weight_decay: 0 },
  adam: { beta1: 0.9, beta2: 0.999, weight_decay: 0 },
  adamw: { beta1: 0.9, beta2: 0.999, weight_decay: 0.01 },
};

/** @type {Record<string, Record<string, number>>} */
const SCHEDULES = { constant: {}, step: { every: 100, decay: 0.5 }, exponential: { decay: 0.99 }, cosine: { steps: 1000, floor: 0 }, warmup: { steps: 100 } };

const NAMES = /** @type {Record<string, string>} */ ({
  sgd: "SGD", momentum: "Momentum", nesterov: "Nesterov", adagrad: "AdaGrad", rmsprop: "RMSProp", adam: "Adam", adamw: "AdamW",
});

/** The graph follows a run at every so many steps, where its variables have no more numbers than this. */
const EVERY = 10;
const MOST_NUMBERS = 20_000;

/** @param {import("../types.js").NestedTensor} value @returns {number[]} its shape */
const sizesOf = (value) => (Array.isArray(value) ? [value.length, ...(value.length > 0 ? sizesOf(value[0]) : [])] : []);

/** What a number's field says; left empty, it says what is proposed. @param {HTMLInputElement} input */
const filled = ({ value, defaultValue }) => Number(value || defaultValue);

const round = (/** @type {unknown} */ value) => formatNumber(toNumber(/** @type {any} */ (value)));

/**
 * @param {HTMLElement} host
 * @param {Bench} bench
 */
export function createTrainingPanel(host, { api, session, player, write }) {
  const run = createRun(createTrainingStream(api));
  let program = "";
  let seed = 0;
  /** What the parameters start from: the numbers of the page when the run began. @type {Record<string, any>} */
  let first = {};
  /** What is to be set once it is known what there is to choose from. @type {import("./settings.js").Settings | null} */
  let pending = null;
  /** Whether it is known what there is to train on. */
  let ready = false;
  /** The frame in which the graph and the charts follow the run. */
  let frame = 0;
  /** The opened step whose update is on show. @type {any} */
  let shownStep = null;
  /** @type {any[]} */
  let sets = [];
  /** The run that the present one is compared with. @type {import("./training-compare.js").Kept | null} */
  let kept = null;
  let turn = 0;

  const data = choice([], t("training.data"));
  const count = number("200", t("training.count"), { min: "1", step: "1" });
  const noise = number("", t("training.noise"), { min: "0" });
  const dataSeed = number("0", t("training.seed"), { min: "0", step: "1" });
  const csv = make("textarea", { "aria-label": t("training.csv.text"), spellcheck: false, placeholder: "x1,x2,y\n0.5,1.2,1" });
  const target = make("input", { type: "text", "aria-label": t("training.csv.target") });
  const standardize = make("input", { type: "checkbox", "aria-label": t("training.standardize") });
  const own = make("div", { class: "wide", hidden: true }, csv, field(t("training.csv.target"), target));
  const optimizer = choice(Object.keys(OPTIMIZERS).map((name) => [name, NAMES[name]]), t("training.optimizer"));
  const rate = number("0.1", t("training.rate"), { placeholder: "0.1" });
  const schedule = choice(Object.keys(SCHEDULES).map((name) => [name, t(/** @type {import("../i18n/strings.js").Key} */ (`training.schedule.${name}`))]), t("training.schedule"));
  const batch = number("", t("training.batch"), { min: "1", step: "1", placeholder: t("training.batch.own") });
  const clip = number("", t("training.clip"), { min: "0", placeholder: t("training.clip.none") });
  const steps = number("1000", t("training.steps"), { min: "1", step: "1" });
  const details = make("div", { class: "fields wide" });

  const go = make("button", { type: "button", class: "primary", "data-action": "train" }, t("training.run"));
  const [once, again, reset, use, save, load, keep, open] = /** @type {const} */ ([
    ["step", "training.step"], ["again", "training.again"], ["reset", "training.reset"], ["use", "training.use"], ["save", "training.save"], ["load", "training.load"], ["keep", "training.compare"], ["open", "training.open"],
  ]).map(([action, key]) => make("button", { type: "button", class: "quiet", "data-action": `train-${action}` }, t(key)));
  const trouble = make("p", { class: "trouble", role: "alert", hidden: true });
  const remedy = createRemedy({ resize, nameSizes, fitSize, editTable: (edit) => ((csv.value = edit(csv.value)), void fresh()) });
  const status = make("p", { class: "told", "data-part": "status" });
  const metrics = make("p", { class: "told", "data-part": "metrics" });
  const compared = make("p", { class: "told", "data-part": "compare", role: "status", hidden: true });
  const charts = createCharts();
  const update = make("div", { "data-part": "update" });
  const swept = createSweepPart(api, () => ({ ...asked(), steps: last(), validate_every: 10 }), () => Object.entries(run.start?.sizes ?? {}).map(([name, value]) => ({ name, value })));

  host.append(
    make(
      "div",
      { class: "fields" },
      field(t("training.data"), data),
      field(t("training.count"), count),
      field(t("training.noise"), noise),
      field(t("training.seed"), dataSeed),
      own,
      make("label", { class: "wide check" }, standardize, t("training.standardize")),
      field(t("training.optimizer"), optimizer),
      field(t("training.rate"), rate),
      field(t("training.schedule"), schedule),
      field(t("training.batch"), batch),
      details,
    ),
    make("div", { class: "controls" }, go, once, again, reset, open, use, save, load, keep),
    trouble,
    remedy.button,
    status,
    metrics,
    compared,
    update,
    ...charts.parts,
    swept.part,
  );

  const request = () => ({ ...asked(), surface: 40, validate_every: 10, values_every: isSmall() ? EVERY : 0, histogram_every: Math.max(1, Math.round(last() / COLUMNS)) });
  const last = () => Math.max(1, Number(steps.value) || 1);
  go.addEventListener("click", () => {
    if (run.running) return run.pause();
    player.seek(player.state.length);
    begin(() => run.play(request, last));
  });
  once.addEventListener("click", () => begin(() => run.once(request)));
  again.addEventListener("click", fresh);
  keep.addEventListener("click", () => {
    if (kept) {
      kept = null;
      draw();
      return;
    }
    const { reports, surface, start } = run;
    kept = { reports, surface, start, settings: settled(), told: told() };
    fresh();
  });
  reset.addEventListener("click", () => {
    seed += 1;
    first = {};
    fresh();
  });
  open.addEventListener("click", openStep);
  save.title = t("training.save.words");
  save.addEventListener("click", () => saveFile("values.safetensors", toSafetensors(run.state?.parameters ?? parameters())));
  const file = make("input", { type: "file", accept: ".safetensors" });
  file.addEventListener("change", loadValues);
  load.title = t("training.load.words");
  load.addEventListener("click", () => file.click());
  use.title = t("training.use.words");
  use.addEventListener("click", () => run.state && session.setValues({ ...session.values, ...run.state.parameters }));
  optimizer.addEventListener("change", chooseOptimizer);
  schedule.addEventListener("change", listDetails);
  data.addEventListener("change", () => {
    noise.value = "";
    chooseData();
  });
  for (const control of [count, noise, dataSeed, csv, target, standardize]) control.addEventListener("change", fresh);
  for (const control of [steps, rate, details]) control.addEventListener("change", draw);
  batch.addEventListener("change", () => resize(batch.value));
  run.on(draw).onLive(() => {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      follow();
      draw();
    });
  });
  listDetails();

  return {
    show,
    settings: () => pending ?? { ...tell(controls()), ...(seed > 0 ? { start: String(seed) } : {}) },
    /** @param {import("./settings.js").Settings} given */
    take(given) {
      pending = given;
      program = "";
    },
  };

  async function show() {
    if (session.program === program) {
      const edited = session.values !== first && !session.step;
      if (edited && seed === 0 && run.state === null && !run.running) await fresh();
      else draw();
      return;
    }
    program = session.program;
    seed = 0;
    batch.value = "";
    kept = null;
    ready = false;
    run.reset();
    const asked = program;
    try {
      const found = (await api.ask("train/data", { program })).datasets;
      if (asked !== program) return;
      sets = found;
    } catch (error) {
      run.problem = /** @type {Error} */ (error);
      sets = [];
    }
    ready = true;
    const options = [...sets.map(({ name }) => [name, known(`data.${name}`, name)]), ["csv", t("training.csv")]];
    data.replaceChildren(...options.map(([value, name]) => make("option", { value }, name)));
    noise.value = "";
    if (pending) settle(pending);
    chooseData(session.step?.request ?? null);
  }

  /** Every control by the name under which its setting is kept. */
  function controls() {
    /** @type {Record<string, HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement>} */
    const named = { data, count, noise, seed: dataSeed, csv, target, standardize, optimizer, schedule, rate, batch, clip, steps, log: charts.log };
    for (const input of details.querySelectorAll("input")) {
      for (const of of ["optimizer", "schedule"]) if (input.dataset[of]) named[`${of}.${input.dataset[of]}`] = input;
    }
    return Object.fromEntries(Object.entries(named).map(([name, control]) => [name, setting(control)]));
  }

  /** @param {import("./settings.js").Settings} given */
  function settle(given) {
    // What else there is to set follows from these two.
    take({ optimizer: setting(optimizer), schedule: setting(schedule) }, given);
    chooseOptimizer();
    take(controls(), given);
    seed = Math.max(0, Math.round(Number(given.start) || 0));
    pending = null;
  }

  function chooseOptimizer() {
    rate.value = rate.defaultValue = rate.placeholder = optimizer.value.startsWith("adam") ? "0.01" : "0.1";
    listDetails();
  }

  /** @param {Record<string, any> | null} [from] the step of a run that is opened, which goes on from there */
  function chooseData(from = null) {
    const set = sets.find(({ name }) => name === data.value);
    own.hidden = set !== undefined;
    for (const control of [count, noise, dataSeed, batch]) control.disabled = set?.name === "own";
    for (const control of [count, noise]) control.disabled ||= set === undefined;
    noise.placeholder = set && set.name !== "own" ? String(set.noise) : "";
    trouble.dataset.none = String(sets.length === 0);
    fresh(from);
  }

  /**
   * Back to the start, or to where a run was opened: the examples are there already, and what is predicted of them so far.
   *
   * @param {Record<string, any> | null} [from]
   */
  async function fresh(from = null) {
    run.reset();
    session.preview(null);
    const mine = (turn += 1);
    if (from) {
      first = from.values;
      run.state = from.state;
    }
    if (sets.length === 0 && csv.value.trim() === "") return;
    if (data.value === "csv" && csv.value.trim() === "") return;
    begin(() => {});
    try {
      const found = await api.ask("train/start", { ...asked(), surface: 40 });
      if (mine !== turn || run.reports.length > 0 || run.running) return;
      run.start = found;
      run.surface = found.surface;
      swept.show();
    } catch (error) {
      if (mine !== turn || run.running) return;
      run.problem = /** @type {Error} */ (error);
    }
    draw();
  }

  /** Another size of the minibatches: a run under way goes on with it, one that could not start may start now. */
  function resize(/** @type {string} */ size) {
    batch.value = size;
    run.problem = null;
    if (run.start === null) fresh();
    else draw();
  }

  /** The program with names in place of the numbers in its declarations, and the same settings as now. */
  async function nameSizes() {
    try {
      const { named } = await api.ask("memory", { program, formulas: true });
      if (!named) return;
      pending = tell(controls());
      await write(named);
    } catch (error) {
      run.problem = /** @type {Error} */ (error);
      draw();
    }
  }

  /** The program with another number for one of its sizes, as the data need it. @param {number} from @param {number} to @param {string} code */
  async function fitSize(from, to, code) {
    const changed = await programThatFits(program, from, to, code, (text) => api.ask("train/start", { ...asked(), program: text, values: {} }));
    pending = tell(controls());
    if (changed) return void (await write(changed));
    run.problem = new Error(t("training.size.none", { from: String(from), to: String(to) }));
    draw();
  }

  /** The parameters' values on show. @returns {Record<string, import("../types.js").NestedTensor>} */
  function parameters() {
    const found = [...(session.trace?.nodes.values() ?? [])].flatMap((node) => (node.kind === "variable" && node.role === "parameter" && !isSummary(node.value) ? [[node.id, node.value]] : []));
    return Object.fromEntries(found);
  }

  /** Values of a file, for the variables that the program declares. */
  async function loadValues() {
    const chosen = file.files?.[0];
    if (!chosen) return;
    file.value = "";
    try {
      const found = Object.entries(readSafetensors(await chosen.arrayBuffer())).filter(([id]) => session.trace?.nodes.has(id));
      if (found.length === 0) throw new Error();
      await session.setValues({ ...session.values, ...Object.fromEntries(found) });
    } catch {
      run.problem = new Error(t("training.load.wrong"));
      draw();
    }
  }

  /** Whether the graph is small enough to follow the run. */
  function isSmall() {
    const leaves = [...(session.trace?.nodes.values() ?? [])].flatMap((node) => (node.kind === "variable" && node.role !== "intermediate" ? [node] : []));
    return leaves.reduce((total, { shape }) => total + shape.reduce((a, b) => a * b, 1), 0) <= MOST_NUMBERS;
  }

  /** The graph shows the step that comes next: its minibatch where that has the graph's sizes, and the parameters. */
  function follow() {
    const { values } = run;
    if (!values || !session.trace) return;
    const { nodes } = session.trace;
    const shapeOf = (/** @type {string} */ id) => /** @type {import("../types.js").VariableNode | undefined} */ (nodes.get(id))?.shape;
    const fits = Object.entries(values).every(([id, value]) => !nodes.has(id) || String(shapeOf(id)) === String(sizesOf(value)));
    const trained = Object.keys(run.start?.parameters ?? {});
    session.preview(fits ? values : Object.fromEntries(Object.entries(values).filter(([id]) => trained.includes(id))));
  }

  /** What is asked for, by the names of the controls. */
  function settled() {
    const controls = /** @type {NodeListOf<HTMLInputElement | HTMLSelectElement>} */ (host.querySelectorAll(".fields :is(input, select)"));
    const found = [...controls].map((control) => {
      const value = control instanceof HTMLSelectElement ? (control.selectedOptions[0]?.textContent ?? "") : control.value || control.placeholder;
      return [control.getAttribute("aria-label") ?? "", value];
    });
    return Object.fromEntries([...found, [t("training.start"), String(seed + 1)]]);
  }

  /** The settings of the chosen optimiser and schedule; how many steps there are to be. */
  function listDetails() {
    const settings = { ...OPTIMIZERS[optimizer.value] };
    const inputs = Object.entries(settings).map(([name, value]) => detail("optimizer", name, value));
    const others = Object.entries(SCHEDULES[schedule.value]).map(([name, value]) => detail("schedule", name, value));
    details.replaceChildren(...inputs, ...others, field(t("training.clip"), clip), field(t("training.steps"), steps));
  }

  /** @param {"optimizer" | "schedule"} of @param {string} name @param {number} value */
  function detail(of, name, value) {
    const label = t(/** @type {import("../i18n/strings.js").Key} */ (`training.setting.${name}`));
    return field(label, number(String(value), label, { [`data-${of}`]: name, min: "0", placeholder: String(value) }));
  }

  /** @param {"optimizer" | "schedule"} of */
  function settings(of) {
    const inputs = /** @type {NodeListOf<HTMLInputElement>} */ (details.querySelectorAll(`[data-${of}]`));
    return Object.fromEntries([...inputs].map((input) => [input.dataset[of], filled(input)]));
  }

  /** The request of a run as the controls have it now. */
  function asked() {
    const set = sets.find(({ name }) => name === data.value);
    const examples = set
      ? { name: set.name, classes: set.classes, features: set.features, count: Number(count.value), noise: noise.value === "" ? null : Number(noise.value) }
      : { csv: csv.value, target_column: target.value || null };
    return {
      program,
      ...(session.target && { target: session.target }),
      values: first,
      seed,
      data: { ...examples, seed: Number(dataSeed.value), ...(standardize.checked && { standardize: true }) },
      optimizer: { name: optimizer.value, settings: { learning_rate: filled(rate), ...settings("optimizer") } },
      schedule: { name: schedule.value, settings: settings("schedule") },
      batch_size: batch.value === "" ? null : Number(batch.value),
      clip_norm: clip.value === "" ? null : Number(clip.value),
      state: run.state,
    };
  }

  /** @param {() => void} start */
  function begin(start) {
    if (run.state === null && seed === 0 && !session.step) first = session.values;
    start();
  }

  async function openStep() {
    begin(() => {});
    try {
      const { program: text, ...request } = asked();
      const told = await api.ask("train/step", { program: text, ...request, ...wishedWriting() });
      player.pause();
      await session.run({ program, values: told.values, sizes: told.sizes, example: session.example, moment: 0, step: { request, told } });
      draw();
    } catch (error) {
      run.problem = /** @type {Error} */ (error);
      draw();
    }
  }

  /** The update of the opened step, as long as that is on show. */
  function showUpdate() {
    const step = session.step?.told ?? null;
    if (step === shownStep) return;
    shownStep = step;
    if (step === null) {
      update.replaceChildren();
      return;
    }
    const parts = step.update.map((/** @type {any} */ one) => {
      const lines = [...one.symbolic, one.numeric].map((latex, index) => {
        const formula = make("div", { class: index < one.symbolic.length ? "symbolic" : "numeric" });
        setMath(formula, latex);
        return formula;
      });
      return make("div", { class: "update", "data-variable": one.variable, tabIndex: 0, "aria-label": one.text }, ...lines);
    });
    const averaged = step.averaged > 1 ? t("training.update.averaged", { count: step.averaged }) : "";
    const words = make("p", { class: "told" }, [averaged, t("training.update.next")].filter(Boolean).join(t("step.space")));
    update.replaceChildren(make("h3", {}, t("training.update", { step: step.step })), ...parts, words);
  }

  function draw() {
    if (host.hidden) return;
    const { reports, problem, divergence } = run;
    const report = reports[reports.length - 1];
    go.textContent = t(run.running ? "training.pause" : "training.run");
    go.disabled = !ready || (!run.running && run.step >= last());
    once.disabled = !ready;
    again.disabled = run.state === null;
    use.disabled = run.state === null || run.running;
    keep.disabled = kept === null && reports.length === 0;
    keep.textContent = t(kept ? "training.compare.drop" : "training.compare");
    const words = [problem?.message, /** @type {any} */ (problem)?.hint, divergence && describeDivergence(session.trace, divergence), !problem && !divergence && filled(rate) > 0 && hasGrown(reports) && t("training.grown")].filter(Boolean);
    if (sets.length === 0 && words.length === 0 && csv.value === "") words.push(t("training.none"));
    trouble.hidden = words.length === 0;
    trouble.textContent = words.join("\n");
    trouble.lang = /** @type {any} */ (problem)?.lang ?? "";
    remedy.show(problem);
    status.textContent = report
      ? (filled(rate) < 0 ? `${t("training.ascent")} ` : "") + t("training.status", { step: formatCount(report.step), epoch: formatCount(report.epoch), rate: round(report.rate) })
      : run.state
        ? t("training.status.opened", { step: formatCount(run.step) })
        : t("training.status.start");
    if (ready && run.state && !run.running && run.step >= last()) status.textContent += t("step.space") + t("training.more");
    metrics.textContent = report ? told() : t(run.start?.examples ? "training.hint" : "training.hint.plain");
    compared.hidden = kept === null;
    if (kept) compared.textContent = `${t("training.compare.told", { words: kept.told })}${t("step.space")}${tellDifferences(differences(kept.settings, settled()))}`;
    showUpdate();
    charts.draw(run, kept, last());
  }

  function told() {
    const report = run.reports[run.reports.length - 1];
    const held = run.reports.findLast(({ validation_loss: value }) => value !== undefined);
    const words = [t("training.told", { name: t("training.loss.train"), value: round(report.loss) })];
    if (held) words.push(t("training.told", { name: t("training.loss.held"), value: round(held.validation_loss) }));
    const { accuracy, rmse } = held?.validation_metrics ?? report.metrics;
    const finite = Number.isFinite(toNumber(/** @type {any} */ (report.loss))) && (!held || Number.isFinite(toNumber(/** @type {any} */ (held.validation_loss))));
    if (!finite) return words.join(t("step.comma"));
    if (accuracy !== undefined) words.push(t("training.accuracy", { share: formatShare(accuracy) }));
    if (rmse !== undefined) words.push(t("training.rmse", { value: round(rmse) }));
    return words.join(t("step.comma"));
  }
}

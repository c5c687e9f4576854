/**
 * The same training for several learning rates, seeds and sizes: one job, its progress, all curves in one chart, and
 * a table that names the best.
 */
import { formatCount, formatNumber } from "../i18n/format.js";
import { t } from "../i18n/strings.js";
import { toNumber } from "../shared/tensor.js";
import { createSweep } from "../state/sweep.js";
import { drawChart } from "./chart.js";
import { choice, field, make, tellProblem } from "../shared/dom.js";

/** @typedef {import("../state/sweep.js").Result} Result */

const INKS = 8;

/** Numbers in a text, whatever stands between them. @param {string} text */
export const numbersIn = (text) => text.split(/[\s,;，；、]+/).filter(Boolean).map(Number);

/** What runs are compared by: the last loss of the validation examples, where there are any. @param {Result} one */
export function lossOf({ points, validation, reason }) {
  const last = (validation.length > 0 ? validation : points).at(-1)?.[1];
  const value = last === undefined ? NaN : toNumber(/** @type {any} */ (last));
  return reason === "diverged" || !Number.isFinite(value) ? Infinity : value;
}

/**
 * @param {ReturnType<typeof import("../state/api.js").createApi>} api
 * @param {() => Record<string, any>} asked the run as the other controls have it
 * @param {() => { name: string, value: number }[]} sizes named sizes of the program
 */
export function createSweepPart(api, asked, sizes) {
  const sweep = createSweep((body, onEvent, signal) => api.stream("sweep", body, onEvent, signal));
  const text = (/** @type {string} */ value, /** @type {string} */ label, /** @type {string} */ name) =>
    make("input", { type: "text", value, "aria-label": label, name, inputMode: "decimal", spellcheck: false });
  const rates = text("0.01, 0.1, 1", t("training.sweep.rates"), "rates");
  const seeds = text("0", t("training.sweep.seeds"), "seeds");
  const size = choice([], t("training.sweep.size"));
  const widths = text("", t("training.sweep.widths"), "widths");
  const go = make("button", { type: "button", class: "primary", "data-action": "sweep" }, t("training.sweep.run"));
  const resume = make("button", { type: "button", class: "quiet", "data-action": "sweep-resume", hidden: true }, t("training.sweep.resume"));
  const trouble = make("p", { class: "trouble", role: "alert", hidden: true });
  const progress = make("progress", { max: "1", value: "0", "aria-label": t("training.sweep.progress"), hidden: true });
  const status = make("p", { class: "told", "data-part": "sweep-status", role: "status" });
  const canvas = make("canvas", { role: "img", class: "sweep", "aria-label": t("training.sweep.title"), hidden: true });
  const table = make("table", { class: "strategies sweep" });
  const part = make(
    "details",
    { class: "sweep", "data-part": "sweep" },
    make("summary", {}, t("training.sweep.title")),
    make("p", { class: "told" }, t("training.sweep.hint")),
    make("div", { class: "fields two" }, field(t("training.sweep.rates"), rates), field(t("training.sweep.seeds"), seeds), field(t("training.sweep.size"), size), field(t("training.sweep.widths"), widths)),
    make("div", { class: "controls" }, go, resume),
    trouble,
    progress,
    status,
    canvas,
    table,
  );
  go.addEventListener("click", () => (sweep.running ? sweep.stop() : sweep.start(request())));
  resume.addEventListener("click", () => sweep.resume());
  part.addEventListener("toggle", show);
  sweep.on(draw);

  return { part, show };

  /** The program's sizes may be others now. */
  function show() {
    if (!part.open) return;
    const chosen = size.value;
    const found = sizes();
    size.replaceChildren(...[{ name: "", value: 0 }, ...found].map(({ name, value }) => make("option", { value: name }, name === "" ? t("training.sweep.none") : `${name} = ${value}`)));
    size.value = found.some(({ name }) => name === chosen) ? chosen : "";
    draw();
  }

  function request() {
    const tried = numbersIn(widths.value);
    return {
      ...asked(),
      state: undefined,
      learning_rates: numbersIn(rates.value),
      seeds: numbersIn(seeds.value),
      widths: size.value !== "" && tried.length > 0 ? { [size.value]: tried } : {},
    };
  }

  function draw() {
    if (!part.open) return;
    const { results, running, problem, end } = sweep;
    go.textContent = t(running ? "training.sweep.stop" : "training.sweep.run");
    resume.hidden = !sweep.open;
    trouble.hidden = problem === null;
    if (problem) tellProblem(trouble, problem);
    progress.hidden = results.length === 0;
    progress.max = Math.max(1, results.length);
    progress.value = sweep.done;
    const best = bestOf(results);
    const words = [results.length > 0 ? t("training.sweep.status", { done: formatCount(sweep.done), total: formatCount(results.length) }) : ""];
    if (best) words.push(t("training.sweep.best", { run: nameOf(best), loss: formatNumber(lossOf(best)) }));
    if (end?.reason === "time" || end?.reason === "shutdown") words.push(t("training.sweep.left"));
    status.textContent = words.filter(Boolean).join(t("step.space"));
    canvas.hidden = results.length === 0;
    if (results.length > 0) {
      drawChart(canvas, {
        log: true,
        blank: { last: 1, words: t("training.blank") },
        series: results.map((one) => ({ name: one === best ? t("training.sweep.mark") : "", points: numeric(one.points), ink: inkOf(one), share: one === best || !best ? 1 : 0.6 })),
      });
      canvas.setAttribute("aria-label", [t("training.sweep.title"), status.textContent].join(": "));
    }
    list(results, best);
  }

  /** @param {Result[]} results @param {Result | null} best */
  function list(results, best) {
    if (results.length === 0) {
      table.replaceChildren();
      return;
    }
    const named = Object.keys(results[0].widths);
    const heads = [t("training.rate"), t("training.seed"), ...named, t("training.loss")];
    const head = make("thead", {}, make("tr", {}, ...heads.map((name) => make("th", { scope: "col" }, name))));
    const rows = results.map((one) => {
      const swatch = make("i", { class: "swatch" });
      swatch.style.background = `var(${inkOf(one)})`;
      const rate = one.learning_rate === null ? "" : formatNumber(one.learning_rate);
      const loss = one.reason === "diverged" || one.reason === "refused" ? t(`training.sweep.${one.reason}`) : Number.isFinite(lossOf(one)) ? formatNumber(lossOf(one)) : "";
      const cells = [make("th", { scope: "row" }, make("span", {}, swatch, rate)), ...[String(one.seed), ...named.map((name) => String(one.widths[name])), loss].map((words) => make("td", {}, words))];
      const row = make("tr", { "data-run": String(one.run), "data-reason": one.reason ?? "", "data-points": String(one.points.length) }, ...cells);
      if (one === best) row.lastElementChild?.classList.add("best");
      return row;
    });
    table.replaceChildren(head, make("tbody", {}, ...rows));
  }
}

/** @param {[number, any][]} points @returns {[number, number][]} */
const numeric = (points) => points.map(([step, value]) => [step, toNumber(value)]);

/** @param {Result} one */
const inkOf = ({ run }) => `--device-${run % INKS}`;

/** The run that ended with the least loss. @param {Result[]} results @returns {Result | null} */
function bestOf(results) {
  const ended = results.filter((one) => one.reason === "finished" && lossOf(one) < Infinity);
  return ended.reduce((/** @type {Result | null} */ best, one) => (best === null || lossOf(one) < lossOf(best) ? one : best), null);
}

/** @param {Result} one */
function nameOf({ learning_rate: rate, seed, widths }) {
  const parts = [rate === null ? "" : `${t("training.rate")} ${formatNumber(rate)}`, `${t("training.seed")} ${seed}`, ...Object.entries(widths).map(([name, value]) => `${name} = ${value}`)];
  return parts.filter(Boolean).join(t("step.comma"));
}

/**
 * What a run looks like: its loss, what it predicts, the norm of every layer's gradient, and how parameters and
 * gradients are spread over time; beside a run that was kept, where there is one.
 *
 * @import {Report} from "../state/training-run.js"
 * @import {Kept} from "./training-compare.js"
 */
import { formatNumber } from "../i18n/format.js";
import { known, t } from "../i18n/strings.js";
import { toNumber } from "../shared/tensor.js";
import { drawChart } from "./chart.js";
import { choice, make } from "../shared/dom.js";
import { drawSpread } from "./training-spread.js";
import { drawSurface } from "./training-surface.js";

/** A first layer's gradient so much smaller, or larger, than the last one's is said to vanish, or to explode. */
const FAR = 1e3;

const round = (/** @type {unknown} */ value) => formatNumber(toNumber(/** @type {any} */ (value)));

export function createCharts() {
  const log = make("input", { type: "checkbox" });
  const canvas = (/** @type {string} */ name) => make("canvas", { role: "img", class: name, "aria-label": known(`training.${name.split(" ")[0]}`, name) });
  const [loss, norms, now, before, numbers, slopes] = ["loss", "norms", "surface", "surface earlier", "spread", "spread gradients"].map(canvas);
  const surfaceTitle = make("h3", { hidden: true });
  const keptFigure = make("figure", { class: "pictured", hidden: true }, before, make("figcaption", {}, t("training.compare.kept")));
  const nowWords = make("figcaption", { hidden: true }, t("training.compare.now"));
  const surfaces = make("div", { class: "surfaces" }, keptFigure, make("figure", { class: "pictured" }, now, nowWords));
  const verdict = make("p", { class: "told", "data-part": "norms" });
  const parameter = choice([], t("training.spread.of"));
  const spread = make(
    "div",
    { hidden: true },
    make("h3", {}, t("training.spread"), make("span", { class: "pick" }, parameter)),
    make("p", { class: "told" }, t("training.spread.parameter")),
    numbers,
    make("p", { class: "told" }, t("training.spread.gradient")),
    slopes,
  );
  /** @type {Parameters<typeof draw> | null} */
  let drawn = null;
  const again = () => drawn && draw(...drawn);
  log.addEventListener("change", again);
  parameter.addEventListener("change", again);

  return {
    /** Whether losses are on a logarithmic scale. */
    log,
    parts: [
      make(
        "div",
        { class: "curves" },
        make("div", {}, make("h3", {}, t("training.loss"), make("label", {}, log, t("training.log"))), loss),
        make("div", {}, surfaceTitle, surfaces),
      ),
      make("h3", {}, t("training.norms")),
      norms,
      verdict,
      spread,
    ],
    draw,
  };

  /**
   * @param {{ reports: Report[], surface: any, start: any }} run
   * @param {Kept | null} kept
   * @param {number} last the step that the run is to end with
   */
  function draw(run, kept, last) {
    drawn = [run, kept, last];
    // The surface, where there is one, takes half the width.
    drawSurfaces(run, kept);
    drawLoss(run.reports, kept?.reports ?? [], last);
    drawNorms(run.reports, last);
    listSpreads(run.reports, last);
  }

  /** @param {Report[]} reports @param {Report[]} earlier @param {number} last */
  function drawLoss(reports, earlier, last) {
    const [trained, held] = lossesOf(reports);
    const [trainedBefore, heldBefore] = lossesOf(earlier);
    const label = sentence(t("training.loss"), trained);
    loss.setAttribute("aria-label", earlier.length > 0 ? `${label}; ${sentence(t("training.compare.kept"), trainedBefore)}` : label);
    const kept = t("training.compare.kept");
    drawChart(loss, {
      log: log.checked,
      zero: !log.checked,
      blank: { last, words: t("training.blank") },
      series: [
        { name: heldBefore.length > 0 ? "" : kept, points: trainedBefore, ink: "--class-0", share: 0.5 },
        { name: kept, points: heldBefore, ink: "--class-0", dash: [4, 3] },
        { name: t("training.loss.train"), points: trained, ink: "--ink", share: 0.7 },
        { name: t("training.loss.held"), points: held, ink: "--ink", dash: [4, 3] },
      ],
    });
  }

  /** @param {{ surface: any, start: any }} run @param {Kept | null} kept */
  function drawSurfaces({ surface, start }, kept) {
    const shown = Boolean(surface && start?.examples);
    surfaces.hidden = surfaceTitle.hidden = !shown;
    if (!shown) return;
    const beside = Boolean(kept?.surface && kept.start?.examples);
    surfaces.classList.toggle("two", beside);
    keptFigure.hidden = nowWords.hidden = !beside;
    const title = t(surface.axes.length === 1 ? "training.fit" : "training.surface");
    surfaceTitle.textContent = title;
    now.setAttribute("aria-label", title);
    drawSurface(now, surface, start.examples);
    if (!kept || !beside) return;
    before.setAttribute("aria-label", `${title}: ${t("training.compare.kept")}`);
    drawSurface(before, kept.surface, kept.start.examples);
  }

  /** @param {Report[]} reports @param {number} last */
  function drawNorms(reports, last) {
    const layered = reports.filter((report) => report.layer_norms);
    const stacked = Object.keys(layered[0]?.layer_norms ?? {}).length > Object.keys(reports[0]?.gradient_norms ?? {}).length;
    const found = stacked
      ? layered.map(({ step, layer_norms: of }) => ({ step, of: /** @type {Record<string, number>} */ (of) }))
      : reports.map(({ step, gradient_norms: of }) => ({ step, of }));
    const names = Object.keys(found[0]?.of ?? {});
    const series = names.map((name, index) => ({
      name,
      points: /** @type {[number, number][]} */ (found.map(({ step, of }) => [step, of[name]])),
      ink: "--backward",
      share: 1 - (0.6 * index) / Math.max(1, names.length - 1),
    }));
    norms.setAttribute("aria-label", series.map(({ name, points }) => sentence(name, points)).join("; ") || t("training.norms"));
    drawChart(norms, { log: true, series, blank: { last, words: t("training.blank.norms") } });
    verdict.textContent = compareLayers(names, found[found.length - 1]?.of ?? {});
  }

  /** @param {Report[]} reports @param {number} last */
  function listSpreads(reports, last) {
    const spreads = reports.flatMap(({ step, histograms }) => (histograms ? [{ step, histograms }] : []));
    spread.hidden = spreads.length === 0;
    if (spreads.length === 0) return;
    const names = Object.keys(spreads[0].histograms);
    if (parameter.options.length !== names.length || names.some((name, index) => parameter.options[index].value !== name)) {
      parameter.replaceChildren(...names.map((name) => make("option", { value: name }, name)));
    }
    const name = parameter.value;
    for (const [canvas, of, ink] of /** @type {const} */ ([[numbers, "parameter", "--ink"], [slopes, "gradient", "--backward"]])) {
      const columns = spreads.map(({ step, histograms }) => ({ step, spread: histograms[name][of] }));
      const { spread: latest, step } = columns[columns.length - 1];
      canvas.setAttribute("aria-label", t("training.spread.label", { name: of === "gradient" ? t("training.diverged.gradient", { variable: name }) : name, low: round(latest.low), high: round(latest.high), step }));
      drawSpread(canvas, columns, { ink, last: Math.max(step, Math.min(last, reports[reports.length - 1].step + 1)) });
    }
  }
}

/** @param {Report[]} reports @returns {[[number, number][], [number, number][]]} the losses of training and of validation */
function lossesOf(reports) {
  return [
    reports.map(({ step, loss: value }) => [step, value]),
    reports.flatMap(({ step, validation_loss: value }) => (value === undefined ? [] : [[step, value]])),
  ];
}

/** Whether gradients vanish or explode on the way back. @param {string[]} names @param {Record<string, number>} of */
function compareLayers(names, of) {
  const [first, last] = [names[0], names[names.length - 1]];
  if (names.length < 3 || !(of[first] > 0) || !(of[last] > 0)) return "";
  const ratio = of[first] / of[last];
  if (ratio < 1 / FAR) return t("training.norms.vanishing", { first, last, ratio: round(1 / ratio) });
  return ratio > FAR ? t("training.norms.exploding", { first, last, ratio: round(ratio) }) : "";
}

/** @param {string} name @param {[number, number][]} points */
function sentence(name, points) {
  if (points.length === 0) return name;
  const [[from, start]] = points;
  const [to, end] = points[points.length - 1];
  return t("training.chart", { name, from, first: round(start), to, last: round(end) });
}

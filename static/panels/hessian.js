/**
 * The Hessian at the point that the parameters stand at: its numbers as a picture, its eigenvalues, the target's
 * curve against the gradient, and Newton's step beside a gradient step.
 *
 * @import {NestedTensor} from "../types.js"
 * @import {Key} from "../i18n/strings.js"
 */
import { formatCount, formatNumber } from "../i18n/format.js";
import { shade } from "../scene/heatmap.js";
import { t } from "../i18n/strings.js";
import { toNumber } from "../shared/tensor.js";
import { drawChart, FONT, GAP, leftOf, prepare } from "./chart.js";
import { field, make, number, tellProblem } from "../shared/dom.js";
import { sliceOf } from "./numbers.js";
import { setting } from "./settings.js";

/** Room for the names of parameters at the left and above. */
const EDGE = { left: 44, top: 18 };
const SHADES = 12;
const LARGEST_CELL = 56;
const say = (/** @type {string} */ key) => t(/** @type {Key} */ (key));

/**
 * @param {HTMLElement} host
 * @param {object} options
 * @param {(more: object) => Promise<any>} options.ask
 * @param {(name: string, wrt: string, slice: string) => Promise<NestedTensor>} options.block a slice of a block
 * @param {(parameters: Record<string, any>) => void} options.onStep
 */
export function createHessian(host, { ask, block, onStep }) {
  /** @type {any} */
  let body = null;
  /** @type {Float64Array} */
  let matrix = new Float64Array();
  /** The entry that is told. @type {[number, number] | null} */
  let cell = null;
  /** The picture without what is pointed at. */
  const ground = document.createElement("canvas");
  let turn = 0;
  let program = "";

  const trouble = make("p", { class: "trouble", role: "alert", hidden: true });
  const map = make("canvas", { class: "hessian", role: "img", tabIndex: 0, "aria-label": t("curvature.hessian") });
  const told = make("p", { class: "told", "data-part": "entry", role: "status" });
  const eigen = make("canvas", { class: "eigenvalues", role: "img", "aria-label": t("curvature.eigenvalues") });
  const meaning = make("p", { class: "told", "data-part": "eigenvalues" });
  const whole = make("div", {}, make("h3", {}, t("curvature.hessian")), map, told, make("h3", {}, t("curvature.eigenvalues")), eigen, meaning);
  const excess = make("p", { class: "told", "data-part": "too-large", hidden: true });
  const [rows, columns] = [make("select", { "aria-label": t("curvature.block.rows") }), make("select", { "aria-label": t("curvature.block.columns") })];
  const sliced = make("div", {});
  const path = make("canvas", { role: "img", class: "path", "aria-label": t("curvature.line") });
  const line = make("p", { class: "told", "data-part": "line" });
  const rate = number("0.1", t("training.rate"), { min: "0", step: "any" });
  const damping = number("0", t("curvature.damping"), { min: "0", step: "any" });
  const steps = make("table", { class: "levels steps" });
  const note = make("p", { class: "told", "data-part": "steps" });
  host.append(
    trouble,
    whole,
    excess,
    make("h3", {}, t("curvature.block"), make("span", { class: "pick" }, rows, columns)),
    sliced,
    make("h3", {}, t("curvature.line")),
    path,
    line,
    make("h3", {}, t("curvature.steps")),
    make("div", { class: "fields two" }, field(t("training.rate"), rate), field(t("curvature.damping"), damping)),
    steps,
    note,
  );
  for (const input of [rate, damping]) {
    input.addEventListener("change", () => load(program));
    input.addEventListener("keydown", (event) => event.stopPropagation());
  }
  for (const select of [rows, columns]) select.addEventListener("change", showBlock);
  map.addEventListener("pointermove", ({ offsetX, offsetY }) => {
    const found = place(map, offsetX, offsetY, body?.size ?? 0);
    if (found) point(found);
  });
  map.addEventListener("keydown", (event) => {
    const move = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (!move || !body?.hessian) return;
    event.preventDefault();
    event.stopPropagation();
    const [row, column] = cell ?? [0, -1];
    const within = (/** @type {number} */ at) => Math.min(body.size - 1, Math.max(0, at));
    point([within(row + move[0]), within(column + move[1])]);
  });

  return { load, draw, settings: { rate: setting(rate), damping: setting(damping) } };

  /** @param {string} of the program: another one starts with no entry told */
  async function load(of) {
    const mine = (turn += 1);
    if (of !== program) cell = null;
    program = of;
    try {
      const found = await ask({ arrays: "base64", learning_rate: Number(rate.value) || 0.1, damping: Math.max(0, Number(damping.value) || 0) });
      if (mine !== turn) return;
      body = found;
      matrix = body.hessian ? numbers(body.hessian.matrix) : new Float64Array();
      trouble.hidden = true;
    } catch (error) {
      if (mine !== turn) return;
      body = null;
      tellProblem(trouble, error);
    }
    for (const part of host.children) if (part !== trouble) /** @type {HTMLElement} */ (part).hidden = body === null;
    listBlocks();
    draw();
  }

  /** The parameters whose second derivatives can be looked at as numbers. */
  function listBlocks() {
    const names = Object.keys(body?.shapes ?? {});
    for (const select of [rows, columns]) {
      const before = select.value;
      select.replaceChildren(...names.map((name) => make("option", { value: name }, name)));
      if (names.includes(before)) select.value = before;
    }
    showBlock();
  }

  function showBlock() {
    const [name, wrt] = [rows.value, columns.value];
    if (!name) return;
    const shape = [...body.shapes[name], ...body.shapes[wrt]];
    sliced.replaceChildren(sliceOf({ name: t("curvature.block.of", { name, wrt }), shape, onEdit: null }, (slice) => block(name, wrt, slice)));
  }

  function draw() {
    if (!body || host.clientWidth === 0) return;
    const found = body.hessian;
    whole.hidden = !found;
    excess.hidden = Boolean(found);
    if (found) {
      drawMatrix();
      drawEigenvalues(numbers(found.eigenvalues));
    } else {
      const { quantity, value, limit } = body.too_large;
      const words = { value: formatCount(value), limit: formatCount(limit), numbers: formatCount(body.size ** 2) };
      excess.textContent = t(quantity === "parameters" ? "curvature.large.parameters" : "curvature.large.work", words);
    }
    drawLine();
    listSteps();
  }

  function drawMatrix() {
    const { size, slices } = body;
    const side = sideOf(map, size);
    map.style.height = `${Math.ceil(EDGE.top + side) + 2}px`;
    const { context, ink } = prepare(map);
    const unit = side / size;
    let scale = 0;
    for (const entry of matrix) scale = Math.max(scale, Math.abs(entry));
    const paints = new Map();
    for (let level = -SHADES; level <= SHADES; level += 1) {
      paints.set(level, level === 0 ? ink("--zero") : ink(level < 0 ? "--negative" : "--positive", Math.abs(level) / SHADES));
    }
    for (let row = 0; row < size; row += 1) {
      for (let column = 0; column < size; column += 1) {
        context.fillStyle = paints.get(shade(matrix[row * size + column], scale) ?? 0);
        context.fillRect(EDGE.left + column * unit, EDGE.top + row * unit, unit + 0.5, unit + 0.5);
      }
    }
    context.strokeStyle = ink("--ink-soft");
    context.fillStyle = ink("--ink-soft");
    context.font = FONT;
    context.lineWidth = 1;
    for (const [name, [from, to]] of Object.entries(slices)) {
      const at = (/** @type {number} */ edge, /** @type {number} */ index) => Math.round(edge + index * unit) + 0.5;
      context.strokeRect(at(EDGE.left, 0), at(EDGE.top, from), side, (to - from) * unit);
      context.strokeRect(at(EDGE.left, from), at(EDGE.top, 0), (to - from) * unit, side);
      const middle = ((from + to) / 2) * unit;
      if ((to - from) * unit < 11) continue;
      context.textBaseline = "middle";
      context.textAlign = "right";
      context.fillText(name, EDGE.left - 6, EDGE.top + middle, EDGE.left - 8);
      context.textAlign = "center";
      context.fillText(name, EDGE.left + middle, EDGE.top - 9, (to - from) * unit);
    }
    ground.width = map.width;
    ground.height = map.height;
    ground.getContext("2d")?.drawImage(map, 0, 0);
    if (cell) point(cell);
    map.setAttribute("aria-label", t("curvature.hessian.label", { size, scale: formatNumber(scale) }));
    if (!cell) told.textContent = t("curvature.hessian.hint", { size, scale: formatNumber(scale) });
  }

  /** @param {[number, number]} at */
  function point(at) {
    cell = at;
    const [row, column] = at;
    const value = formatNumber(matrix[row * body.size + column]);
    told.textContent = t("curvature.entry", { row: parameter(row), column: parameter(column), value });
    const { context, width, height, ink } = prepare(map);
    context.drawImage(ground, 0, 0, width, height);
    const unit = sideOf(map, body.size) / body.size;
    context.strokeStyle = ink("--ink");
    context.lineWidth = 2;
    context.strokeRect(EDGE.left + column * unit - 1, EDGE.top + row * unit - 1, Math.max(4, unit + 2), Math.max(4, unit + 2));
  }

  /** A row's parameter, as in W1[2, 0]. @param {number} row */
  function parameter(row) {
    const [name, [from]] = Object.entries(body.slices).find(([, [first, end]]) => first <= row && row < end) ?? ["", [0]];
    const index = [];
    let rest = row - from;
    for (const length of [...body.shapes[name]].reverse()) {
      index.unshift(rest % length);
      rest = Math.floor(rest / length);
    }
    return index.length > 0 ? `${name}[${index.join(", ")}]` : name;
  }

  /** @param {Float64Array} values ascending */
  function drawEigenvalues(values) {
    const { context, width, height, ink } = prepare(eigen);
    const [right, top, bottom] = [width - 4, 8, height - 8];
    const [low, high] = [Math.min(0, values[0]), Math.max(0, values[values.length - 1])];
    const y = (/** @type {number} */ value) => bottom - ((value - low) / (high - low || 1)) * (bottom - top);
    const labels = [0, ...[low, high].filter((value) => Math.abs(y(value) - y(0)) > 12)].map((at) => ({ at, label: formatNumber(at) }));
    context.font = FONT;
    const left = leftOf(context, labels, EDGE.left);
    const step = Math.min(LARGEST_CELL, (right - left) / values.length);
    const gap = step > 4 ? 1 : 0;
    values.forEach((value, index) => {
      context.fillStyle = ink(value < 0 ? "--negative" : "--positive");
      const [from, to] = [y(Math.max(0, value)), y(Math.min(0, value))];
      context.fillRect(left + index * step, from, Math.max(0.5, step - gap), Math.max(1, to - from));
    });
    context.fillStyle = ink("--ink-soft");
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (const { at, label } of labels) context.fillText(label, left - GAP, y(at));
    context.fillRect(left, y(0), right - left, 1);
    const largest = Math.max(Math.abs(values[0]), Math.abs(values[values.length - 1]));
    const flat = values.filter((value) => Math.abs(value) <= largest * 1e-10).length;
    const counts = {
      positive: values.filter((value) => value > largest * 1e-10).length,
      negative: values.filter((value) => value < -largest * 1e-10).length,
      flat,
    };
    const range = t("curvature.eigenvalues.range", { low: formatNumber(values[0]), high: formatNumber(values[values.length - 1]) });
    const words = say(`curvature.${body.hessian.definite}`);
    const condition = flat > 0 ? "" : t("curvature.condition", { value: formatNumber(toNumber(body.hessian.condition)) });
    meaning.textContent = [t("curvature.eigenvalues.counts", counts), words, condition].filter(Boolean).join(t("step.space"));
    eigen.setAttribute("aria-label", `${t("curvature.eigenvalues")}: ${range}`);
  }

  function drawLine() {
    const { path: found, line: bent, target } = body;
    const points = (/** @type {any[]} */ values) => /** @type {[number, number][]} */ (values.map((value, index) => [found.rates[index], toNumber(value)]));
    const now = Number(rate.value);
    drawChart(path, {
      real: true,
      mark: now <= found.rates[found.rates.length - 1] ? now : null,
      series: [
        { name: target, points: points(found.target), ink: "--ink" },
        { name: t("curvature.parabola"), points: points(found.parabola), ink: "--backward", dash: [4, 3] },
      ],
    });
    const figures = { slope: formatNumber(toNumber(bent.slope)), curvature: formatNumber(toNumber(bent.curvature)) };
    const end =
      bent.best === null
        ? t("curvature.line.none")
        : t("curvature.line.best", { rate: formatNumber(bent.best), promised: formatNumber(toNumber(bent.change)), actual: formatNumber(toNumber(bent.actual)) });
    line.textContent = `${t("curvature.line.told", figures)}${t("step.space")}${end}`;
    path.setAttribute("aria-label", `${t("curvature.line")}. ${line.textContent}`);
  }

  function listSteps() {
    const head = ["step", "length", "before", "after", ""].map((name) => name ? make("th", { scope: "col" }, t(/** @type {Key} */ (`curvature.steps.${name}`), { target: body.target })) : make("td", {}));
    const rows = body.steps.map((/** @type {any} */ one) => {
      const button = make("button", { type: "button", class: "quiet small", "data-step": one.name, "aria-label": t("curvature.take.label", { name: say(`curvature.${one.name}`) }) }, t("curvature.take"));
      button.addEventListener("click", () => onStep(Object.fromEntries(Object.entries(one.parameters).map(([name, array]) => [name, nested(array)]))));
      const [before, after] = [toNumber(one.before), toNumber(one.after)];
      return make(
        "tr",
        { "data-step": one.name, "data-after": String(one.after) },
        make("th", { scope: "row" }, say(`curvature.${one.name}`)),
        make("td", {}, formatNumber(toNumber(one.length))),
        make("td", {}, formatNumber(before)),
        make("td", {}, make("strong", {}, formatNumber(after))),
        make("td", {}, button),
      );
    });
    steps.hidden = note.hidden = rows.length === 0;
    steps.replaceChildren(make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows));
    const definite = body.hessian?.definite;
    note.textContent = definite ? say(`curvature.newton.${definite}`) : "";
  }
}

/** @param {HTMLCanvasElement} map @param {number} size how many rows it is to show */
function sideOf(map, size) {
  return Math.min(map.clientWidth - EDGE.left - 1, size * LARGEST_CELL);
}

/** The entry of a picture of `size` rows that lies at a place, or null. @param {HTMLCanvasElement} map @param {number} x @param {number} y @param {number} size @returns {[number, number] | null} */
function place(map, x, y, size) {
  const side = sideOf(map, size);
  const column = Math.floor(((x - EDGE.left) / side) * size);
  const row = Math.floor(((y - EDGE.top) / side) * size);
  return row >= 0 && column >= 0 && row < size && column < size ? [row, column] : null;
}

/** A typed buffer's numbers. @param {{ base64: string }} buffer */
function numbers({ base64 }) {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return new Float64Array(bytes.buffer);
}

/** A typed buffer as nested lists. @param {{ base64: string, shape: number[] }} buffer @returns {any} */
function nested(buffer) {
  const flat = numbers(buffer);
  let at = 0;
  /** @param {number[]} shape @returns {any} */
  const build = ([length, ...rest]) => (length === undefined ? flat[at++] : Array.from({ length }, () => build(rest)));
  return build(buffer.shape);
}

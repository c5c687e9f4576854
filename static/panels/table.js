/**
 * The whole graph as a table: every variable with its figures, sorted by any of them, for who would rather read
 * than look.
 *
 * @import {Trace, VariableNode} from "../types.js"
 */
import { button, icon, make } from "../shared/dom.js";
import { formatNumber } from "../i18n/format.js";
import { spokenNames } from "../i18n/spoken.js";
import { setMath } from "../shared/math.js";
import { statisticsOf } from "../shared/statistics.js";
import { roleName, t } from "../i18n/strings.js";
import { formatShape } from "../shared/tensor.js";

const MOST = 500;

/**
 * @typedef {object} Row
 * @property {string} id
 * @property {Record<Column, string | number | null>} cells
 */
/** @typedef {"name" | "role" | "shape" | "made" | "gradient" | "gradientLargest" | "norm" | "mean" | "std" | "min" | "max" | "zeros"} Column */

/** @type {Column[]} */
const COLUMNS = ["name", "gradient", "gradientLargest", "norm", "mean", "std", "min", "max", "zeros", "shape", "role", "made"];

/** @param {Trace} trace @returns {Row[]} */
export function rowsOf(trace) {
  /** @type {Map<string, string>} */
  const makers = new Map();
  for (const { source, target } of trace.edges) {
    const node = trace.nodes.get(source);
    if (node?.kind === "operator") makers.set(target, node.symbol);
  }
  const names = spokenNames(trace);
  return [...trace.nodes.values()].filter((node) => node.kind === "variable").map((variable) => row(variable, names.get(variable.id) ?? variable.id, makers));
}

/** @param {VariableNode} variable @param {string} name @param {Map<string, string>} makers signs of operators in LaTeX @returns {Row} */
function row(variable, name, makers) {
  const { id, role, shape, value, gradient } = variable;
  const figures = statisticsOf(value);
  const other = gradient === null ? null : statisticsOf(gradient);
  return {
    id,
    cells: {
      name,
      role: roleName(role),
      shape: formatShape(shape),
      made: makers.get(id) ?? "",
      gradient: other?.norm ?? null,
      gradientLargest: other ? Math.max(Math.abs(other.min), Math.abs(other.max)) : null,
      norm: figures.norm,
      mean: figures.mean,
      std: figures.std,
      min: figures.min,
      max: figures.max,
      zeros: figures.zeros < 0 ? null : figures.zeros,
    },
  };
}

/**
 * @param {Row[]} rows
 * @param {Column} column
 * @param {boolean} descending
 * @returns {Row[]} what has no figure comes last, either way
 */
export function sortRows(rows, column, descending) {
  const sign = descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [x, y] = [a.cells[column], b.cells[column]];
    const [xMissing, yMissing] = [x === null || Number.isNaN(x), y === null || Number.isNaN(y)];
    if (xMissing || yMissing) return Number(xMissing) - Number(yMissing);
    if (typeof x === "number" && typeof y === "number") return sign * (x - y);
    return sign * String(x).localeCompare(String(y), undefined, { numeric: true });
  });
}

/** @param {{ onSelect: (id: string) => void }} options */
export function createTable({ onSelect }) {
  const filter = make("input", { type: "search", placeholder: t("table.filter"), "aria-label": t("table.filter") });
  const caption = make("caption");
  const head = make("tr");
  const body = make("tbody");
  const more = make("p", { class: "note" });
  const close = button("", () => dialog.close(), { class: "close", "aria-label": t("table.close") });
  close.append(icon("close"));
  const dialog = make(
    "dialog",
    { class: "table-view", "aria-label": t("table.title") },
    make("div", { class: "panel-head" }, make("h2", {}, t("table.title")), filter, close),
    make("div", { class: "table-frame", tabIndex: 0, role: "region", "aria-label": t("table.title") }, make("table", {}, caption, make("thead", {}, head), body), more),
  );
  document.body.append(dialog);
  /** @type {Row[]} */
  let rows = [];
  /** @type {{ column: Column, descending: boolean }} */
  let order = { column: "gradient", descending: true };
  filter.addEventListener("input", draw);
  for (const column of COLUMNS) {
    const sorter = button(t(`table.${column}`), () => {
      order = { column, descending: order.column === column ? !order.descending : typeof rows[0]?.cells[column] === "number" };
      draw();
    });
    head.append(make("th", { scope: "col", "data-column": column }, sorter));
  }

  function draw() {
    for (const cell of head.children) {
      const isOrder = cell.getAttribute("data-column") === order.column;
      if (isOrder) cell.setAttribute("aria-sort", order.descending ? "descending" : "ascending");
      else cell.removeAttribute("aria-sort");
    }
    const wanted = filter.value.trim().toLowerCase();
    const kept = rows.filter(({ id, cells }) => `${id} ${cells.name}`.toLowerCase().includes(wanted));
    caption.textContent = t(kept.length === rows.length ? "table.count" : "table.part", { count: kept.length, all: rows.length });
    more.textContent = kept.length > MOST ? t("table.more", { count: MOST }) : "";
    body.replaceChildren(...sortRows(kept, order.column, order.descending).slice(0, MOST).map(line));
  }

  /** @param {Row} row */
  function line({ id, cells }) {
    const entries = COLUMNS.slice(1).map((column) => {
      const entry = cells[column];
      const text = entry === null ? "\u2013" : typeof entry === "number" ? formatNumber(entry) : entry;
      const isSign = column === "made" && text !== "";
      const cell = make("td", { class: typeof entry === "string" ? "words" : "figure" }, isSign ? "" : text);
      if (isSign) setMath(cell, text, { spoken: true });
      return cell;
    });
    const go = button(String(cells.name), () => {
      dialog.close();
      onSelect(id);
    });
    return make("tr", { "data-row": id }, make("th", { scope: "row" }, go), ...entries);
  }

  return {
    /** @param {Trace} trace */
    open(trace) {
      rows = rowsOf(trace);
      draw();
      dialog.showModal();
    },
  };
}

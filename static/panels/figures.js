/**
 * An array in figures: its statistics and a histogram of its entries.
 *
 * @import {Tensor} from "../types.js"
 */
import { make } from "../shared/dom.js";
import { formatNumber } from "../i18n/format.js";
import { statisticsOf } from "../shared/statistics.js";
import { t } from "../i18n/strings.js";

const FIGURES = /** @type {const} */ (["min", "max", "mean", "std", "norm", "zeros", "nonfinite"]);

/** @param {Tensor} tensor @returns {HTMLElement} folded away at first */
export function figures(tensor) {
  const found = statisticsOf(tensor);
  const list = make("dl", { class: "statistics" });
  for (const name of FIGURES) {
    if (found[name] < 0 && name === "zeros") continue;
    list.append(make("dt", {}, t(`figures.${name}`)), make("dd", { "data-figure": name }, formatNumber(found[name])));
  }
  return make("details", { class: "figures" }, make("summary", {}, t("figures.title")), list, histogram(found.histogram));
}

/** @param {{ counts: number[], edges: number[] }} histogram */
function histogram({ counts, edges }) {
  const most = Math.max(1, ...counts);
  const [from, to] = [formatNumber(edges[0] ?? 0), formatNumber(edges[edges.length - 1] ?? 0)];
  const bars = counts.map((count, i) => {
    const middle = ((edges[i] ?? 0) + (edges[i + 1] ?? 0)) / 2;
    const bar = make("i", { class: middle < 0 ? "negative" : "", title: t("figures.bar", { count, from: formatNumber(edges[i]), to: formatNumber(edges[i + 1]) }) });
    bar.style.height = `${(100 * count) / most}%`;
    return bar;
  });
  return make(
    "figure",
    { class: "histogram" },
    make("div", { class: "bars", role: "img", "aria-label": t("figures.histogram", { from, to }) }, ...bars),
    make("figcaption", {}, make("span", {}, from), make("span", {}, to)),
  );
}

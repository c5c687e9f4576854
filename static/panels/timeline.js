/**
 * Who does what when, as bars: a row a device, its computing above, what it sends below. Bars are reached by the
 * keyboard one after another, and say what they are.
 */
import { select } from "d3-selection";
import { scaleLinear } from "d3-scale";
import { formatBytes, formatSeconds } from "../i18n/format.js";
import { t } from "../i18n/strings.js";

/** @typedef {{ device: number, kind: string, start: number, end: number, microbatch: number, target: number | null, bytes: number }} Bar */

const ROW = { height: 36, compute: 18, send: 7, gap: 3 };
const MARGIN = { left: 28, right: 8, bottom: 20 };
const LEAST = 1.5;

/**
 * @param {HTMLElement} host
 * @param {(bar: Bar | null) => void} onPoint the bar that is pointed at or that the keyboard has come to
 */
export function createTimeline(host, onPoint) {
  const svg = select(host).append("svg").attr("class", "timeline-bars").attr("role", "group");
  const grid = svg.append("g").attr("aria-hidden", "true");
  const layer = svg.append("g");
  /** @type {{ bars: Bar[], devices: number, total: number, microbatches: number, label: string } | null} */
  let shown = null;
  new ResizeObserver(() => shown && draw()).observe(host);
  svg.on("keydown", (/** @type {KeyboardEvent} */ event) => walk(event));

  return {
    /** @param {NonNullable<typeof shown>} next */
    show(next) {
      shown = next;
      draw();
    },

    /** @param {((bar: Bar) => boolean) | null} chosen bars that stand out */
    light(chosen) {
      layer.selectAll("g.beat").classed("faded", (bar) => chosen !== null && !chosen(/** @type {Bar} */ (bar)));
    },
  };

  function draw() {
    if (!shown || host.clientWidth === 0) return;
    const { bars, devices, total, label } = shown;
    const width = host.clientWidth;
    const height = devices * ROW.height + MARGIN.bottom;
    const x = scaleLinear([0, total || 1], [MARGIN.left, width - MARGIN.right]);
    svg.attr("width", width).attr("height", height).attr("viewBox", `0 0 ${width} ${height}`).attr("aria-label", label);
    drawGrid(x, height);
    const ordered = [...bars].sort((a, b) => a.device - b.device || a.start - b.start);
    layer
      .selectAll("g.beat")
      .data(ordered)
      .join((entering) => {
        const group = entering.append("g").attr("role", "img");
        group.append("rect");
        group.append("text").attr("aria-hidden", "true");
        return group;
      })
      .attr("class", (bar) => `beat ${bar.kind}`)
      .attr("tabindex", (_, i) => (i === 0 ? 0 : -1))
      .attr("data-device", (bar) => bar.device)
      .style("--tint", (bar) => `var(--device-${bar.device % 8})`)
      .attr("aria-label", words)
      .on("pointerenter focus", (event, bar) => {
        if (event.type === "focus") enter(/** @type {SVGGElement} */ (event.currentTarget));
        onPoint(bar);
      })
      .on("pointerleave blur", () => onPoint(null));
    layer.selectAll("g.beat").each(function (datum) {
      const bar = /** @type {Bar} */ (datum);
      const sends = bar.target !== null;
      const top = bar.device * ROW.height + (sends ? ROW.gap + ROW.compute + 2 : ROW.gap);
      const long = Math.max(LEAST, x(bar.end) - x(bar.start) - 0.5);
      const group = select(/** @type {SVGGElement} */ (this));
      group.select("rect").attr("x", x(bar.start)).attr("y", top).attr("width", long).attr("height", sends ? ROW.send : ROW.compute);
      const sign = !sends && shown && shown.microbatches > 1 && long > 14 && bar.kind !== "update" ? String(bar.microbatch + 1) : "";
      group.select("text").text(sign).attr("x", x(bar.start) + long / 2).attr("y", top + ROW.compute / 2);
    });
  }

  /** @param {import("d3-scale").ScaleLinear<number, number>} x @param {number} height */
  function drawGrid(x, height) {
    const { devices = 0 } = shown ?? {};
    const ticks = x.ticks(4);
    const lines = grid.selectAll("g.tick").data(ticks).join((entering) => {
      const group = entering.append("g").attr("class", "tick");
      group.append("line");
      group.append("text");
      return group;
    });
    lines.select("line").attr("x1", x).attr("x2", x).attr("y1", 0).attr("y2", height - MARGIN.bottom + 4);
    lines.select("text").attr("x", x).attr("y", height - 5).text((tick) => formatSeconds(tick));
    const names = grid.selectAll("g.row").data(Array.from({ length: devices }, (_, i) => i)).join((entering) => {
      const group = entering.append("g").attr("class", "row");
      group.append("rect").attr("rx", 9).attr("width", 18).attr("height", 18).attr("x", 2);
      group.append("text").attr("x", 11);
      return group;
    });
    names.style("--tint", (i) => `var(--device-${i % 8})`);
    names.select("rect").attr("y", (i) => i * ROW.height + ROW.gap);
    names.select("text").attr("y", (i) => i * ROW.height + ROW.gap + 9).text((i) => String(i + 1));
  }

  /** The one bar that the Tab key stops at. @param {SVGGElement} bar */
  function enter(bar) {
    layer.selectAll("g.beat").attr("tabindex", -1);
    bar.setAttribute("tabindex", "0");
  }

  /** @param {KeyboardEvent} event */
  function walk(event) {
    const all = /** @type {SVGGElement[]} */ (layer.selectAll("g.beat").nodes());
    const here = /** @type {SVGGElement | null} */ (event.target instanceof Element ? event.target.closest("g.beat") : null);
    const at = here ? all.indexOf(here) : -1;
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = {
      ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: all.length - 1, ArrowUp: above(all, at, -1), ArrowDown: above(all, at, 1),
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    all[next]?.focus();
  }
}

/** The bar on another device that begins nearest in time. @param {SVGGElement[]} all @param {number} at @param {number} by */
function above(all, at, by) {
  const datum = (/** @type {SVGGElement} */ node) => /** @type {Bar} */ (select(node).datum());
  const here = datum(all[at]);
  const found = all.map((node, i) => ({ bar: datum(node), i })).filter(({ bar }) => bar.device === here.device + by);
  found.sort((a, b) => Math.abs(a.bar.start - here.start) - Math.abs(b.bar.start - here.start));
  return found[0]?.i ?? at;
}

/** @param {Bar} bar */
export function words(bar) {
  const place = { device: bar.device + 1, start: formatSeconds(bar.start), end: formatSeconds(bar.end), number: bar.microbatch + 1 };
  if (bar.target !== null) return t("devices.bar.sends", { ...place, target: bar.target + 1, bytes: formatBytes(bar.bytes) });
  const kind = t(/** @type {import("../i18n/strings.js").Key} */ (`devices.bar.${bar.kind}`));
  return t("devices.bar.computes", { ...place, kind });
}

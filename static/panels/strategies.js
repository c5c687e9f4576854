/**
 * The strategies beside each other: one row each, the best of every column marked, and under it what speaks for it
 * and against it, in numbers.
 */
import { max, sum } from "d3-array";
import { formatBytes, formatSeconds, formatShare, formatTimes } from "../i18n/format.js";
import { t } from "../i18n/strings.js";
import { make } from "../shared/dom.js";

/** @typedef {import("../i18n/strings.js").Key} Key */

const COLUMNS = /** @type {const} */ (["memory", "moved", "time", "busy"]);
/** Differences smaller than this are none. */
const SAME = 0.03;

/**
 * @param {HTMLTableElement} table
 * @param {any} body of the API's answer
 * @param {{ chosen: string, limit: number, onChoose: (name: string) => void }} how
 */
export function drawStrategies(table, body, { chosen, limit, onChoose }) {
  const rows = body.strategies.map((/** @type {any} */ one) => ({ one, figures: figuresOf(one, body.examples) }));
  const fitting = rows.filter((/** @type {any} */ { one }) => one.fits);
  const best = Object.fromEntries(
    COLUMNS.map((name) => {
      const values = fitting.map((/** @type {any} */ { figures }) => figures[name]);
      return [name, name === "busy" ? Math.max(...values) : Math.min(...values)];
    }),
  );
  const heads = COLUMNS.map((name) => make("th", { scope: "col" }, t(`devices.column.${name}`)));
  const head = make("tr", {}, make("th", { scope: "col" }, t("devices.column.strategy")), ...heads);
  const focused = table.contains(document.activeElement);
  const bodies = rows.map((/** @type {any} */ { one, figures }) => {
    const radio = make("input", { type: "radio", name: "strategy", value: one.name });
    radio.checked = one.name === chosen;
    radio.addEventListener("change", () => onChoose(one.name));
    radio.addEventListener("keydown", (event) => event.stopPropagation());
    const cells = COLUMNS.map((name) => {
      const over = name === "memory" && !one.fits;
      const cell = make("td", { class: over ? "over" : figures[name] === best[name] && one.fits ? "best" : "" }, say(name, figures[name]));
      if (over) cell.append(make("span", {}, t("devices.over", { limit: formatBytes(limit) })));
      return cell;
    });
    const name = make("th", { scope: "row" }, make("label", {}, radio, nameOf(one.name)));
    const told = make("tr", { class: "why" }, make("td", { colSpan: 5 }, ...speaking(one, body)));
    return make("tbody", { "data-strategy": one.name, "data-seconds": String(one.seconds) }, make("tr", {}, name, ...cells), told);
  });
  /** @type {Map<string, string[]>} */
  const reasons = new Map();
  for (const [name, why] of Object.entries(body.missing)) {
    const reason = reasonOf(name, String(why), body);
    reasons.set(reason, [...(reasons.get(reason) ?? []), name]);
  }
  const missing = [...reasons].map(([reason, names]) => {
    const row = make("tr", {}, make("th", { scope: "rowgroup", colSpan: 5 }, names.map(nameOf).join(t("step.comma"))));
    return make("tbody", { "data-missing": names.join(",") }, row, make("tr", { class: "why" }, make("td", { colSpan: 5 }, reason)));
  });
  table.replaceChildren(make("thead", {}, head), ...bodies, ...missing);
  if (focused) /** @type {HTMLElement | null} */ (table.querySelector("input:checked"))?.focus();
}

/** @param {string} name */
export function nameOf(name) {
  return t(/** @type {Key} */ (`devices.strategy.${name.replaceAll(" ", "_")}`));
}

/** @param {any} one @param {number} examples */
function figuresOf(one, examples) {
  const steps = one.examples ? Math.ceil(examples / one.examples) : 1;
  return { memory: Math.max(...one.memory_bytes), moved: one.moved_bytes, time: one.seconds * steps, busy: one.utilisation };
}

/** @param {typeof COLUMNS[number]} name @param {number} value */
function say(name, value) {
  if (name === "busy") return formatShare(value);
  return name === "time" ? formatSeconds(value) : formatBytes(value);
}

/** What speaks for a strategy and against it. @param {any} one @param {any} body @returns {HTMLElement[]} */
function speaking(one, body) {
  const [single] = body.strategies;
  const note = make("span", {}, t(/** @type {Key} */ (`devices.about.${one.name.replaceAll(" ", "_")}`), {
    devices: one.devices, count: one.microbatches, products: one.divided.length, examples: one.examples, whole: body.examples,
  }));
  if (one === single) return [note];
  const here = figuresOf(one, body.examples);
  const there = figuresOf(single, body.examples);
  const memory = here.memory / there.memory;
  const time = there.time / here.time;
  const told = [
    memory < 1 - SAME && ["for", t("devices.for.memory", { share: formatShare(memory) })],
    memory > 1 - SAME && ["against", t("devices.against.memory", { share: formatShare(memory) })],
    time > 1 + SAME && ["for", t("devices.for.time", { times: formatTimes(time) })],
    time < 1 - SAME && ["against", t("devices.against.time", { times: formatTimes(1 / time) })],
    here.moved === 0 && ["for", t("devices.for.moved")],
    here.moved > 0 && ["against", t("devices.against.moved", { bytes: formatBytes(here.moved), share: formatShare(sending(one)) })],
    here.busy < 1 - SAME && ["against", t("devices.against.bubble", { share: formatShare(1 - here.busy) })],
    one.examples > 0 && one.examples < body.examples && ["against", t("devices.against.steps", { steps: Math.ceil(body.examples / one.examples) })],
  ];
  return [note, ...told.filter((one) => one !== false).map(([side, words]) => make("span", { class: side }, words))];
}

/** The share of a step in which something is under way between devices. @param {any} one */
function sending(one) {
  const sent = bars(one).filter(({ target }) => target !== null);
  let [total, until] = [0, 0];
  for (const { start, end } of sent.sort((a, b) => a.start - b.start)) {
    total += Math.max(0, end - Math.max(start, until));
    until = Math.max(until, end);
  }
  return one.seconds ? total / one.seconds : 0;
}

/** @param {any} one @returns {import("./timeline.js").Bar[]} */
const bars = (one) => one.events;

/** Why a strategy cannot be had. @param {string} name @param {string} why @param {any} body */
function reasonOf(name, why, body) {
  if (body.devices === 0 && ["model parallel", "pipeline"].includes(name)) {
    return t("devices.missing.memory", { bytes: formatBytes(body.needs[body.asked - 1]), devices: body.asked });
  }
  if (body.batch === null && name !== "tensor parallel") return t("devices.missing.batch");
  if (name === "tensor parallel") return t("devices.missing.products", { devices: body.asked });
  if (name === "data parallel") return t("devices.missing.examples", { examples: body.examples, devices: body.asked });
  return why;
}

/** A timeline in words, a line a device: computing, sending and waiting. @param {any} one @returns {string[]} */
export function tellTimeline(one) {
  const total = one.seconds || 1;
  return Array.from({ length: one.devices }, (_, device) => {
    const mine = bars(one).filter((bar) => bar.device === device);
    const works = mine.filter((bar) => bar.target === null && bar.end > bar.start);
    const spent = (/** @type {string} */ kind) => sum(works, (bar) => (bar.kind === kind ? bar.end - bar.start : 0));
    return t("devices.timeline.row", {
      device: device + 1,
      start: formatSeconds(works[0]?.start ?? 0),
      end: formatSeconds(max(works, ({ end }) => end) ?? 0),
      forward: formatSeconds(spent("forward")),
      backward: formatSeconds(spent("backward")),
      bytes: formatBytes(sum(mine, ({ bytes: sent }) => sent)),
      share: formatShare((spent("forward") + spent("backward") + spent("update")) / total),
    });
  });
}

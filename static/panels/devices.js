/**
 * Devices: the graph split over several of them under a memory limit, its timeline, and what every other way to make
 * a training step costs. All of it is computed by the engine; the picture shows where each operator runs.
 *
 * @import {Bench} from "./lab.js"
 */
import { sum } from "d3-array";
import { formatBytes, formatQuantity, formatSeconds, formatShare } from "../i18n/format.js";
import { setMath } from "../shared/math.js";
import { t } from "../i18n/strings.js";
import { shownAs } from "../state/view.js";
import { choice, field, make, tellProblem } from "../shared/dom.js";
import { devicesOf, paintDevices } from "./devices-picture.js";
import { setting, take, tell } from "./settings.js";
import { createSlider, decades } from "./slider.js";
import { drawStrategies, nameOf, tellTimeline } from "./strategies.js";
import { createTimeline, words } from "./timeline.js";

/** @typedef {import("./timeline.js").Bar} Bar */

const PAUSE = 150;
const MOST = 8;
/** How many devices proposals are made for, whatever their number is then set to. */
const USUAL = 4;
/** A rate is first proposed at which a step takes about so long on one device. */
const STEP_SECONDS = 1e-3;
const NO_LIMIT = Infinity;

/**
 * @param {HTMLElement} host
 * @param {Bench} bench
 */
export function createDevicesPanel(host, { api, session, stage, paint, light }) {
  /** @type {any} */
  let body = null;
  let asked = "";
  let chosen = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let waiting;
  let turn = 0;
  /** The program whose limits and rates are being proposed. */
  let beginning = "";
  let looking = false;
  /** What is to be set once the program's own proposals are known. @type {import("./settings.js").Settings | null} */
  let pending = null;

  const trouble = make("p", { class: "trouble", role: "alert", hidden: true });
  const verdict = make("p", { class: "told", "data-part": "verdict", "aria-live": "polite" });
  const algorithm = make("p", { class: "told", "data-part": "algorithm" });
  const count = createSlider(t("devices.count"), String, later);
  const memory = createSlider(t("devices.memory"), (value) => (value === NO_LIMIT ? t("devices.memory.none") : formatBytes(value)), later);
  const rate = createSlider(t("devices.rate"), (value) => formatQuantity(value, "FLOP/s"), later);
  const bandwidth = createSlider(t("devices.bandwidth"), (value) => formatQuantity(value, "B/s"), later);
  const latency = createSlider(t("devices.latency"), formatSeconds, later);
  const parts = createSlider(t("devices.microbatches"), String, later);
  const optimizer = choice([["sgd", "SGD"], ["momentum", "Momentum"], ["adam", "Adam"]], t("devices.optimizer"));
  const stages = make("ul", { class: "stages" });
  const linksTitle = make("h4", {}, t("devices.links"));
  const links = make("ul", { class: "links" });
  const name = make("span", { class: "told", "data-part": "strategy" });
  const chart = make("div", { class: "gantt" });
  const pointed = make("p", { class: "told", "data-part": "bar" }, t("devices.timeline.hint"));
  const spoken = make("ul", { class: "told" });
  const inWords = make("details", { class: "in-words" }, make("summary", {}, t("devices.timeline.words")), spoken);
  const table = make("table", { class: "strategies" });
  const check = make("button", { type: "button", class: "quiet", "data-action": "verify" }, t("devices.verify"));
  const verified = make("p", { class: "told", "data-part": "verified", role: "status" });
  const execute = make("button", { type: "button", class: "quiet", "data-action": "execute", hidden: true }, t("devices.execute"));
  const executed = make("p", { class: "told", "data-part": "executed", role: "status" });
  const measured = make("div", { class: "measured", hidden: true });
  const answer = make("div", {});
  answer.append(
    make("h3", {}, t("devices.timeline"), name), chart, pointed, inWords,
    make("h3", {}, t("devices.compare")), table,
    make("h3", {}, t("devices.stages")), stages, linksTitle, links, algorithm,
    make("div", { class: "controls" }, check, execute), verified, executed, measured,
  );
  const sliders = [count, memory, parts, rate, bandwidth, latency].map((one) => one.host);
  host.append(make("div", { class: "sliders" }, ...sliders, field(t("devices.optimizer"), optimizer)), trouble, verdict, answer);
  const timeline = createTimeline(chart, point);
  const swatches = make("p", { class: "gantt-key", "aria-hidden": "true" });
  for (const kind of /** @type {const} */ (["forward", "backward", "update", "transfer"])) {
    swatches.append(make("i", { "data-kind": kind }), make("span", {}, t(`devices.bar.${kind}`)));
  }
  chart.after(swatches);

  optimizer.addEventListener("change", later);
  check.addEventListener("click", verify);
  execute.addEventListener("click", runOnCluster);
  for (const [type, on] of /** @type {const} */ ([["pointerover", true], ["pointerout", false], ["focusin", true], ["focusout", false]])) {
    stage.addEventListener(type, ({ target }) => looking && look(on && target instanceof Element ? target.closest("[data-id]") : null));
  }

  const strategySetting = { tell: () => chosen || null, take: (/** @type {string | null} */ text) => (chosen = text ?? "") };
  const controls = {
    count: count.setting, memory: memory.setting, microbatches: parts.setting, rate: rate.setting, bandwidth: bandwidth.setting,
    latency: latency.setting, optimizer: setting(optimizer), strategy: strategySetting,
  };

  return {
    show,
    hide,
    settings: () => pending ?? tell(controls),
    /** @param {import("./settings.js").Settings} given */
    take(given) {
      pending = given;
      asked = "";
    },
  };

  function show() {
    looking = true;
    const key = JSON.stringify([session.program, session.sizes]);
    if (key !== asked) begin(key);
    else if (body) drawChosen();
  }

  function hide() {
    looking = false;
    paint(null);
  }

  /** Another program: limits and rates are proposed at which its splitting is worth looking at. @param {string} key */
  async function begin(key) {
    asked = beginning = key;
    count.set(Array.from({ length: MOST }, (_, i) => i + 1), USUAL, count.value || USUAL);
    bandwidth.set(decades(3, 12), 1e9, bandwidth.value || 1e9);
    latency.set(decades(-9, -1), 1e-5, latency.value || 1e-5);
    const found = await ask({ devices: USUAL });
    if (beginning === key) beginning = "";
    if (!found || key !== asked) return;
    const least = found.needs[MOST - 1];
    const most = found.needs[0];
    const stops = Array.from({ length: 41 }, (_, i) => Math.round(least + ((most * 1.1 - least) * i) / 40));
    memory.set([...new Set(stops), NO_LIMIT], (found.needs[USUAL - 1] + most) / 2);
    rate.set(decades(3, 15), found.flops / STEP_SECONDS);
    const divisors = Array.from({ length: Math.min(64, found.examples) }, (_, i) => i + 1).filter((one) => found.examples % one === 0);
    parts.set(divisors.length > 0 ? divisors : [1], Math.max(1, ...divisors.filter((one) => one <= USUAL)));
    chosen = "";
    if (pending) take(controls, pending);
    pending = null;
    load();
  }

  function later() {
    clearTimeout(waiting);
    waiting = setTimeout(load, PAUSE);
  }

  function settings() {
    const limit = memory.value === NO_LIMIT ? {} : { memory: memory.value };
    const microbatches = parts.value > 1 ? { microbatches: parts.value } : {};
    return {
      ...limit, ...microbatches, devices: count.value, flop_rate: rate.value, bandwidth: bandwidth.value, latency: latency.value,
      optimizer: { name: optimizer.value },
    };
  }

  /** @param {object} more @returns {Promise<any>} null where there is no answer, or a later one is awaited */
  async function ask(more) {
    const mine = (turn += 1);
    const { program, sizes, values } = session;
    try {
      const found = await api.ask("partition", { program, sizes, ...("verify" in more || "execute" in more ? { values } : {}), ...more });
      if (mine !== turn) return null;
      trouble.hidden = true;
      answer.hidden = false;
      return found;
    } catch (error) {
      if (mine !== turn) return null;
      body = null;
      paint(null);
      verdict.textContent = "";
      answer.hidden = true;
      tellProblem(trouble, error);
      return null;
    }
  }

  async function load() {
    if (beginning) return;
    const devices = count.value;
    const found = await ask(settings());
    if (!found) return;
    body = { ...found, asked: devices };
    verified.textContent = executed.textContent = "";
    measured.hidden = true;
    draw();
  }

  async function verify() {
    verified.textContent = t("devices.verify.running");
    const found = await ask({ ...settings(), verify: true });
    const { same = false, compared = [], differing = [] } = found?.verified ?? {};
    if (!found?.verified) verified.textContent = "";
    else if (same) verified.textContent = t("devices.verify.same", { count: compared.length, names: compared.join(t("step.comma")) });
    else verified.textContent = t("devices.verify.other", { names: differing.join(t("step.comma")) });
  }

  /** The stages on the workers of the server's cluster: what was planned beside what was measured. */
  async function runOnCluster() {
    executed.textContent = t("devices.execute.running");
    measured.hidden = true;
    const shown = body;
    const found = await ask({ ...settings(), execute: true });
    if (!found) {
      // The placement stays on show: the cluster has failed, not the plan.
      body = shown;
      answer.hidden = false;
      executed.textContent = "";
      draw();
      return;
    }
    const { same, links: moved, phases, microbatches } = found.executed;
    executed.textContent = t(same ? "devices.execute.same" : "devices.execute.other", { workers: new Set(phases.map((/** @type {any} */ one) => one.worker)).size, microbatches });
    executed.dataset.same = String(same);
    measured.hidden = false;
    measured.replaceChildren(linksMeasured(moved), timesMeasured(phases, found));
  }

  /** @param {any[]} moved */
  function linksMeasured(moved) {
    const rows = moved.map((one) => row([badge(one.source), " \u2192 ", badge(one.target)], [formatBytes(one.planned_bytes), formatBytes(one.moved_bytes)]));
    return tableOf([t("devices.links"), t("devices.planned"), t("devices.moved")], rows);
  }

  /** Seconds of each device, forward and backward: as the strategy in stages plans them, and as its worker took. @param {any[]} phases @param {any} found */
  function timesMeasured(phases, found) {
    const planned = found.strategies.find((/** @type {any} */ one) => one.name === (found.executed.microbatches > 1 ? "pipeline" : "model parallel"))?.events ?? [];
    const rows = [];
    for (const { device } of found.stages) {
      for (const kind of /** @type {const} */ (["forward", "backward"])) {
        const mine = (/** @type {any} */ one) => one.device === device && (one.kind ?? one.phase) === kind;
        const expected = sum(planned.filter(mine), (/** @type {any} */ one) => one.end - one.start);
        const taken = sum(phases.filter(mine), (/** @type {any} */ one) => one.seconds);
        rows.push(row([badge(device), ` ${t(`devices.bar.${kind}`)}`], [formatSeconds(expected), formatSeconds(taken)]));
      }
    }
    return tableOf([t("devices.stages"), t("devices.planned"), t("devices.measured")], rows);
  }

  /** The strategy on show: the one that was chosen, if there is it. */
  function strategy() {
    const all = body.strategies;
    const wanted = chosen || (body.batch ? "pipeline" : "model parallel");
    return all.find((/** @type {any} */ one) => one.name === wanted) ?? all.find((/** @type {any} */ one) => one.placed === "stages") ?? all[0];
  }

  function draw() {
    const fits = body.devices > 0;
    const limit = memory.value;
    const figures = { whole: formatBytes(body.needs[0]), asked: body.asked, used: body.devices, least: formatBytes(body.needs[body.asked - 1]), limit: limit === NO_LIMIT ? "" : formatBytes(limit) };
    const why = !fits ? "over" : limit === NO_LIMIT ? "free" : body.needs[0] <= limit ? "one" : "split";
    verdict.textContent = t(`devices.verdict.${/** @type {"over" | "free" | "one" | "split"} */ (why)}`, figures);
    verdict.dataset.fits = String(fits);
    const fewer = fits && body.devices < body.asked ? t("devices.fewer", figures) : "";
    algorithm.textContent = [t("devices.algorithm"), fewer].filter(Boolean).join(t("step.space"));
    check.disabled = execute.disabled = !fits;
    execute.hidden = !body.cluster;
    parts.host.hidden = body.batch === null;
    drawStages(limit);
    drawChosen();
  }

  function drawChosen() {
    const one = strategy();
    name.textContent = nameOf(one.name);
    timeline.show({
      bars: one.events, devices: one.devices, total: one.seconds, microbatches: one.microbatches,
      label: t("devices.timeline.label", { strategy: nameOf(one.name), devices: one.devices, time: formatSeconds(one.seconds), share: formatShare(one.utilisation) }),
    });
    spoken.replaceChildren(...tellTimeline(one).map((line) => make("li", {}, line)));
    drawStrategies(table, body, { chosen: one.name, limit: memory.value, onChoose: (next) => {
      chosen = next;
      drawChosen();
    } });
    dress();
  }

  /** @param {number} limit */
  function drawStages(limit) {
    const most = Math.max(...body.stages.map((/** @type {any} */ one) => one.bytes), limit === NO_LIMIT ? 0 : limit);
    stages.replaceChildren(
      ...body.stages.map((/** @type {any} */ one) => {
        const fill = make("i", {});
        fill.style.width = `${(100 * one.bytes) / most}%`;
        const room = make("span", { class: "room" }, fill);
        if (limit !== NO_LIMIT) {
          const mark = make("b", {});
          mark.style.left = `${(100 * limit) / most}%`;
          room.append(mark);
        }
        const share = (one.forward_flops + one.backward_flops) / Math.max(1, body.flops);
        const row = make("li", { "data-device": String(one.device) }, badge(one.device), room, make("span", {}, formatBytes(one.bytes)), make("span", {}, t("devices.work", { share: formatShare(share) })));
        row.title = one.parameters.length > 0 ? t("devices.updates", { names: one.parameters.join(t("step.comma")) }) : "";
        return row;
      }),
    );
    linksTitle.hidden = body.links.length === 0;
    links.replaceChildren(
      ...body.links.map((/** @type {any} */ link) => {
        const kinds = /** @type {const} */ (["forward", "backward", "parameter"]);
        const sizes = kinds.filter((kind) => link[`${kind}_bytes`] > 0).map((kind) => t(`devices.link.${kind}`, { bytes: formatBytes(link[`${kind}_bytes`]) }));
        const names = make("span", { class: "names" });
        setMath(names, link.names.map(latexOf).join(",\\,"));
        return make("li", {}, badge(link.source), "\u2192", badge(link.target), make("span", {}, sizes.join(t("step.comma"))), names);
      }),
    );
  }

  /** A variable's sign, or its gradient's. @param {string} name */
  function latexOf(name) {
    const nodes = session.trace?.nodes;
    const own = nodes?.get(name);
    const [before, of] = [`d${body.target}/d`, nodes?.get(name.slice(body.target.length + 3))];
    if (own) return own.latex;
    if (!of || !name.startsWith(before)) return `\\text{${name.replaceAll("_", "\\_")}}`;
    const below = of.kind === "variable" && of.named === false ? `(${of.latex})` : of.latex;
    return `\\partial ${nodes?.get(body.target)?.latex} / \\partial ${below}`;
  }

  /** The picture in the devices' colours. */
  function dress() {
    if (!looking || !body || !session.view) return;
    const one = strategy();
    paint(one.fits || chosen ? paintDevices(session.view, body, one) : null);
  }

  /** A bar is pointed at: what it says, and its nodes. @param {Bar | null} bar */
  function point(bar) {
    pointed.textContent = bar ? words(bar) : t("devices.timeline.hint");
    const { view } = session;
    if (!bar || !view || !body) {
      light(null);
      return;
    }
    const one = strategy();
    if (bar.target !== null && one.placed === "stages") {
      const ends = body.cuts.filter((/** @type {any} */ cut) => new Set([cut.sender, cut.receiver, bar.device, bar.target]).size === 2);
      light(new Set(ends.flatMap((/** @type {any} */ cut) => [shownAs(view, cut.source), shownAs(view, cut.target)]).filter((/** @type {string | null} */ id) => id !== null)));
      return;
    }
    const there = [...devicesOf(view, body, one)].filter(([, places]) => places.includes(bar.device)).map(([id]) => id);
    light(new Set(there));
  }

  /** A mark of the picture is pointed at: the bars of its devices. @param {Element | null} mark */
  function look(mark) {
    const { view } = session;
    if (!mark || !view || !body) {
      timeline.light(null);
      return;
    }
    const places = devicesOf(view, body, strategy()).get(mark.getAttribute("data-id") ?? "") ?? [];
    timeline.light((bar) => places.includes(bar.device));
  }
}

/** @param {string[]} heads @param {HTMLElement[]} rows */
function tableOf(heads, rows) {
  const head = make("tr", {}, ...heads.map((name) => make("th", { scope: "col" }, name)));
  return make("table", { class: "strategies" }, make("thead", {}, head), make("tbody", {}, ...rows));
}

/** @param {(Node | string)[]} name @param {string[]} cells */
function row(name, cells) {
  return make("tr", {}, make("th", { scope: "row" }, ...name), ...cells.map((words) => make("td", {}, words)));
}

/** @param {number} device */
function badge(device) {
  const made = make("span", { class: "device" }, String(device + 1));
  made.style.setProperty("--tint", `var(--device-${device % 8})`);
  return made;
}

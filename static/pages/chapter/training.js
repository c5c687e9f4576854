/**
 * Training by hand: forward, backward, update, in turn, each shown in the figure; the numbers are those of a run of
 * `/api/v1/train` on the example of the figures before.
 *
 * @import {Graph} from "./figures.js"
 */
import { createTrace } from "../../state/trace.js";
import { drawChart } from "../../panels/chart.js";
import { formatNumber, wishedWriting } from "../../i18n/format.js";
import { toNumber } from "../../shared/tensor.js";
import { createView, momentOf } from "../../state/view.js";
import { line } from "./equations.js";
import { find, say } from "./messages.js";

const STEP = 240;
const calm = matchMedia("(prefers-reduced-motion: reduce)");

/**
 * @param {HTMLElement} bench
 * @param {Graph} graph
 * @param {object} page
 * @param {ReturnType<typeof import("../../state/api.js").createApi>} page.api
 * @param {string} page.program
 * @param {import("../../state/session.js").Session} page.network whose numbers it begins with
 */
export function createTraining(bench, graph, { api, program, network }) {
  const told = find(bench, "[data-told]");
  const live = find(bench, "[data-live]");
  const chart = /** @type {HTMLCanvasElement} */ (find(bench, "[data-chart]"));
  const button = (/** @type {string} */ name) => /** @type {HTMLButtonElement} */ (find(bench, `[data-do="${name}"]`));
  /** Where the run stands, as the engine hands it out. @type {any} */
  let state = null;
  /** The step that is being shown. @type {any} */
  let step = null;
  /** @type {import("../../types.js").View | null} */
  let view = null;
  /** @type {[number, number][]} */
  let objective = [];
  let busy = false;
  let showing = 0;

  const actions = { forward, backward, update, ten, again };
  for (const [name, act] of Object.entries(actions)) {
    button(name).addEventListener("click", async () => {
      if (busy || button(name).getAttribute("aria-disabled") === "true") return;
      busy = true;
      try {
        await act();
      } catch (error) {
        told.textContent = say(bench, "failed", { message: /** @type {Error} */ (error).message });
      }
      busy = false;
    });
  }
  let first = JSON.stringify(network.values);
  network.on("change", () => {
    if (JSON.stringify(network.values) === first) return;
    first = JSON.stringify(network.values);
    again();
  });
  tell("start");
  offer("forward");
  new ResizeObserver(draw).observe(chart);

  function request() {
    return {
      program,
      state,
      values: network.values,
      data: { name: "own" },
      validation: 0,
      optimizer: { name: "sgd", settings: { learning_rate: 0.1 } },
    };
  }

  async function forward() {
    step = await api.ask("train/step", { ...request(), ...wishedWriting() });
    view = createView(createTrace(await api.trace({ program, values: step.values })), new Set());
    graph.seek(0);
    graph.setAttribute("values", JSON.stringify(step.values));
    live.replaceChildren();
    const found = view.trace.nodes.get("J");
    const J = found?.kind === "variable" ? toNumber(/** @type {number} */ (found.value)) : NaN;
    add(turn(), J);
    show(0, momentOf(view, "value J"));
    tell("forward", { J: formatNumber(J) });
    offer("backward");
  }

  async function backward() {
    if (view) show(momentOf(view, "value J"), view.steps.length);
    tell("backward");
    offer("update");
  }

  async function update() {
    live.replaceChildren(...step.update.flatMap((/** @type {any} */ one) => [...one.symbolic, one.numeric].map(line)));
    tell("update");
    state = await train(1);
    offer("forward");
  }

  async function ten() {
    state = await train(10, (report) => add(report.step + 1, report.loss));
    live.replaceChildren();
    await forward();
  }

  function again() {
    showing += 1;
    state = step = view = null;
    objective = [];
    graph.setAttribute("values", JSON.stringify(network.values));
    graph.seek(0);
    live.replaceChildren();
    tell("start");
    offer("forward");
    draw();
  }

  /** @param {number} steps @param {(report: any) => void} [onReport] */
  async function train(steps, onReport) {
    let end = state;
    await api.stream("train", { ...request(), steps }, (name, body) => {
      if (name === "step") onReport?.(body);
      if (name === "end") end = body.state;
    });
    return end;
  }

  /** Which turn this is, counted from 1. */
  function turn() {
    return (state?.step ?? 0) + 1;
  }

  /** @param {number} from @param {number} to */
  function show(from, to) {
    const mine = (showing += 1);
    if (calm.matches) {
      graph.seek(to);
      return;
    }
    const advance = () => {
      if (mine !== showing) return;
      graph.seek((from += 1));
      if (from < to) setTimeout(advance, STEP);
    };
    advance();
  }

  /** @param {number} at @param {number} J */
  function add(at, J) {
    objective = [...objective.filter(([known]) => known !== at), [at, J]];
    draw();
  }

  /** @param {"forward" | "backward" | "update"} next */
  function offer(next) {
    for (const phase of ["forward", "backward", "update"]) {
      button(phase).setAttribute("aria-disabled", String(phase !== next));
      button(phase).classList.toggle("primary", phase === next);
    }
  }

  /** @param {string} name @param {Record<string, string>} [blanks] */
  function tell(name, blanks = {}) {
    told.textContent = say(bench, name, { turn: turn(), ...blanks });
  }

  function draw() {
    chart.hidden = objective.length < 2;
    if (chart.hidden) return;
    const first = formatNumber(objective[0][1]);
    const last = formatNumber(objective[objective.length - 1][1]);
    chart.setAttribute("aria-label", say(bench, "chart", { first, last }));
    drawChart(chart, { series: [{ name: say(bench, "objective"), points: objective, ink: "--ink" }], zero: true });
  }
}

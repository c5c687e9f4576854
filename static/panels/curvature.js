/**
 * Second derivatives: the page's main picture as the graph of a level of differentiation, what each level costs as a
 * multiple of the value, and what the Hessian says of the point that the parameters stand at.
 *
 * @import {Bench} from "./lab.js"
 * @import {Key} from "../i18n/strings.js"
 */
import { formatAbout, formatCount, formatSeconds, formatTimes, wishedWriting } from "../i18n/format.js";
import { t } from "../i18n/strings.js";
import { make, tellProblem } from "../shared/dom.js";
import { createHessian } from "./hessian.js";
import { take, tell } from "./settings.js";

const LEVELS = ["value", "gradient", "hessian-vector product", "hessian"];

const say = (/** @type {string} */ key) => t(/** @type {Key} */ (key));
/** A level's key among the strings. @param {string} level */
const key = (level) => `curvature.level.${level.replace("hessian-vector product", "product")}`;

/**
 * @param {HTMLElement} host
 * @param {Bench} bench
 */
export function createCurvaturePanel(host, { api, session, player }) {
  let asked = "";
  let chosen = "value";
  /** What the picture on show was asked for. */
  let pictured = "";
  let looked = false;
  /** @type {any} */
  let costs = null;

  const trouble = make("p", { class: "trouble", role: "alert", hidden: true });
  const segments = make("div", { class: "segments", role: "radiogroup", "aria-label": t("curvature.picture") });
  const buttons = LEVELS.map((level) => {
    const input = make("input", { type: "radio", name: "level", value: level, checked: level === "value" });
    input.addEventListener("change", () => choose(level));
    input.addEventListener("keydown", (event) => event.stopPropagation());
    segments.append(make("label", {}, input, make("span", {}, say(key(level)))));
    return input;
  });
  const told = make("p", { class: "told", "data-part": "picture", role: "status" });
  const table = make("table", { class: "levels" });
  const expected = make("p", { class: "told", "data-part": "expected" });
  const point = make("div", {});
  const hessian = createHessian(point, {
    ask: (more) => api.ask("curvature", { ...request(), ...more }),
    block: async (name, wrt, slice) => (await api.ask("tensor", { ...request(), name, wrt, of: "hessian", slice })).data,
    onStep: stepTo,
  });
  host.append(
    make("h3", {}, t("curvature.picture")),
    segments,
    told,
    trouble,
    make("h3", {}, t("curvature.costs"), again()),
    table,
    expected,
    point,
  );

  const levelSetting = {
    tell: () => (chosen === "value" ? null : chosen),
    take(/** @type {string | null} */ text) {
      chosen = text !== null && LEVELS.includes(text) ? text : "value";
      pictured = "";
    },
  };
  const controls = { level: levelSetting, ...hessian.settings };

  return {
    show,
    hide,
    settings: () => tell(controls),
    /** @param {import("./settings.js").Settings} given */
    take(given) {
      take(controls, given);
      asked = "";
    },
  };

  function again() {
    const button = make("button", { type: "button", class: "quiet small" }, t("curvature.again"));
    button.addEventListener("click", () => measure(asked));
    return button;
  }

  function request() {
    return { program: session.program, values: session.values, sizes: session.sizes };
  }

  async function show() {
    looked = true;
    const now = JSON.stringify(request());
    if (now === asked) {
      if (costs) list();
      hessian.draw();
      if (chosen !== "value" && pictured !== picture()) await draw();
      return;
    }
    asked = now;
    trouble.hidden = true;
    await Promise.all([measure(now), chosen === "value" ? tellLevel() : draw(), hessian.load(JSON.stringify([session.program, session.sizes]))]);
  }

  /** Another panel is looked at, or none: the program's own picture comes back. */
  function hide() {
    looked = false;
    restore();
  }

  /** What the picture is asked for: the level, of what, how its numbers are written. */
  function picture() {
    return JSON.stringify([chosen, asked, wishedWriting()]);
  }

  function restore() {
    pictured = "";
    session.restore();
  }

  /** @param {string} level */
  async function choose(level) {
    chosen = level;
    trouble.hidden = true;
    if (level === "value") {
      restore();
      tellLevel();
    } else {
      await draw();
    }
  }

  async function draw() {
    const [level, now] = [chosen, asked];
    pictured = picture();
    try {
      const body = await api.ask("levels/picture", { ...request(), ...wishedWriting(), level });
      if (level !== chosen || now !== asked || !looked) return;
      session.lend(body, (session.lent ?? player.state).moment);
      tellLevel();
    } catch (error) {
      if (level !== chosen || now !== asked) return;
      tellProblem(trouble, error);
      chosen = "value";
      buttons[0].checked = true;
      restore();
      tellLevel();
    }
  }

  function tellLevel() {
    const { trace } = session;
    if (!trace) return;
    for (const input of buttons) input.checked = input.value === chosen;
    told.textContent = say(`${key(chosen)}.told`);
  }

  /** @param {string} now */
  async function measure(now) {
    try {
      const found = await api.ask("levels", request());
      if (now !== asked) return;
      costs = found;
      list();
    } catch (error) {
      if (now !== asked) return;
      costs = null;
      table.replaceChildren();
      expected.textContent = /** @type {Error} */ (error).message;
    }
  }

  function list() {
    const most = Math.max(...costs.levels.flatMap((/** @type {any} */ one) => [one.ratio, one.time_ratio ?? 1]), 10);
    const head = ["level", "nodes", "flops", "bytes", "time"].map((name) => make("th", { scope: "col" }, say(`curvature.${name}`)));
    const rows = costs.levels.map((/** @type {any} */ one) =>
      make(
        "tr",
        { "data-level": one.name, "data-flops": String(one.flops), "data-operators": String(one.operators) },
        make("th", { scope: "row" }, say(key(one.name))),
        make("td", { title: t("curvature.nodes.told", { operators: one.operators, variables: one.variables }) }, `${one.name === "hessian" && costs.size > 1 ? `${formatAbout(costs.size)} \u00d7 ` : ""}${one.operators + one.variables}`),
        multiple(one.ratio, most, formatAbout(one.flops), formatCount(one.flops)),
        make("td", { title: formatCount(one.bytes) }, formatAbout(one.bytes)),
        multiple(one.time_ratio, most, one.seconds === null ? "" : `${one.measured ? "" : "\u2248 "}${formatSeconds(one.seconds)}`, t(one.measured ? "curvature.measured" : "curvature.reckoned", { count: costs.size })),
      ),
    );
    table.replaceChildren(make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows));
    const times = (/** @type {string} */ name) => written(costs.levels.find((/** @type {any} */ one) => one.name === name)?.ratio ?? NaN);
    expected.textContent = t("curvature.expected", { gradient: times("gradient"), product: times("hessian-vector product"), count: formatCount(costs.size) });
  }

  /** @param {Record<string, any>} parameters */
  function stepTo(parameters) {
    session.setValues({ ...session.values, ...parameters });
  }
}

/** @param {number} ratio */
const written = (ratio) => (ratio >= 100 ? formatAbout(ratio) : formatTimes(ratio, 2));

/**
 * How many times the value's, with a bar on a logarithmic scale.
 *
 * @param {number | null} ratio
 * @param {number} most
 * @param {string} figure
 * @param {string} title
 */
function multiple(ratio, most, figure, title) {
  const cell = make("td", { class: "multiple", title });
  if (ratio === null) return cell;
  const bar = make("i", {});
  bar.style.width = `${Math.max(2, (100 * Math.log10(1 + 9 * ratio)) / Math.log10(1 + 9 * most))}%`;
  cell.append(make("strong", {}, `\u00d7\u2009${written(ratio)}`), make("span", {}, figure), bar);
  return cell;
}

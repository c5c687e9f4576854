/**
 * Shapes of derivatives: of a variable's gradient, and of the full Jacobian of what is computed from it, in words, as
 * equations and as pictures.
 *
 * @import {Bench} from "./lab.js"
 */
import { formatCount, formatNumber } from "../i18n/format.js";
import { setMath } from "../shared/math.js";
import { t } from "../i18n/strings.js";
import { isSummary, toNumber } from "../shared/tensor.js";
import { drawBlocks, entryAt } from "./blocks.js";
import { choice, make } from "../shared/dom.js";

const TALLEST = { gradient: 160, jacobian: 360 };

/**
 * @param {HTMLElement} host
 * @param {Bench} bench
 */
export function createShapesPanel(host, { api, session }) {
  let program = "";
  let name = "";
  let of = "";
  let asked = "";
  /** The variable that is proposed. */
  let usual = "";
  /** @type {any} */
  let body = null;
  /** What an address asks for, until it is known whether there is it. @type {import("./settings.js").Settings | null} */
  let wished = null;
  /** @type {[number, number] | null} */
  let marked = null;
  /** @type {ReturnType<typeof drawBlocks> | null} */
  let places = null;

  const trouble = make("p", { class: "trouble", role: "alert", hidden: true });
  const variable = choice([], t("shapes.variable"));
  const whole = choice([], t("shapes.of"));
  const gradientTitle = make("span", {});
  const jacobianTitle = make("span", {});
  const [entry, jacobianEntry, product] = [0, 1, 2].map(() => make("div", { class: "formula", tabIndex: 0, role: "group" }));
  const [rule, jacobianRule, productRule] = ["gradient", "jacobian", "product"].map((part) => make("p", { class: "rule", "data-part": part }));
  const gradient = make("canvas", { role: "img", class: "blocks", "aria-label": t("shapes.variable") });
  const jacobian = make("canvas", { role: "img", class: "blocks", tabIndex: 0, "aria-label": t("shapes.of") });
  const told = make("p", { class: "told", "data-part": "entry", role: "status" });
  const rest = make("div", {}, make("h3", {}, jacobianTitle, make("span", { class: "pick" }, whole)), jacobianRule, jacobianEntry, jacobian, told, make("h3", {}, t("shapes.product")), product, productRule);
  const all = make("div", {}, make("h3", {}, gradientTitle, make("span", { class: "pick" }, variable)), rule, entry, gradient, rest);
  host.append(trouble, all);

  variable.addEventListener("change", () => {
    name = variable.value;
    of = "";
    load();
  });
  whole.addEventListener("change", () => {
    of = whole.value;
    load();
  });
  session.on("select", (id) => {
    if (id !== null && session.trace?.nodes.get(id)?.kind === "variable" && !session.lent) {
      name = id;
      of = "";
    }
  });
  jacobian.addEventListener("pointermove", ({ offsetX, offsetY }) => {
    const found = places && cellAt(places, offsetX, offsetY);
    if (found) point(found);
  });
  jacobian.addEventListener("keydown", (event) => {
    const move = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (!move || !places || !body?.jacobian?.values) return;
    event.preventDefault();
    event.stopPropagation();
    const [row, column] = marked ?? [0, -1];
    const limits = [places.rows * places.down - 1, places.columns * places.across - 1];
    const within = (/** @type {number} */ at, /** @type {number} */ most) => Math.min(most, Math.max(0, at));
    point([within(row + move[0], limits[0]), within(column + move[1], limits[1])]);
  });

  return {
    show,
    settings: () => wished ?? { ...(name === usual ? {} : { name }), ...(of ? { of } : {}) },
    /** @param {import("./settings.js").Settings} given */
    take(given) {
      wished = given;
      program = "";
    },
  };

  async function show() {
    const { trace } = session;
    if (!trace || session.lent) return;
    const names = [...trace.nodes.values()].flatMap((node) => (node.kind === "variable" && node.role !== "constant" ? [node] : []));
    usual = (names.find(({ role }) => role === "parameter") ?? names[0])?.id ?? "";
    const there = (/** @type {string | null | undefined} */ wanted) => names.some(({ id }) => id === wanted);
    if (session.program !== program || !there(name)) {
      program = session.program;
      name = [wished?.name, session.selected].find(there) ?? usual;
      of = name === (wished?.name ?? usual) ? (wished?.of ?? "") : "";
      wished = null;
    }
    variable.replaceChildren(...names.map(({ id }) => make("option", { value: id }, id)));
    variable.value = name;
    await load();
  }

  async function load() {
    variable.value = name;
    const request = { program: session.program, values: session.values, sizes: session.sizes, name, ...(of ? { of } : {}) };
    const now = JSON.stringify(request);
    if (now === asked) {
      draw();
      return;
    }
    asked = now;
    marked = null;
    try {
      const found = await api.ask("shapes", request);
      if (now !== asked) return;
      body = found;
    } catch (error) {
      if (now !== asked) return;
      if (of) {
        of = "";
        return void load();
      }
      body = null;
      trouble.textContent = [/** @type {Error} */ (error).message, /** @type {any} */ (error).hint].filter(Boolean).join(" ");
    }
    trouble.hidden = body !== null;
    all.hidden = body === null;
    draw();
  }

  function draw() {
    if (!body || host.clientWidth === 0) return;
    const { shape, latex, target, target_latex: goal, reaches, jacobians } = body;
    derivative(gradientTitle, goal, latex);
    rule.textContent = ruleOfGradient();
    formula(entry, `${kindOf(goal, latex, shape)} \\left(${fraction(goal, latex)}\\right)${index(body.entry)} = ${body.entry}`);
    gradient.setAttribute("aria-label", t("shapes.gradient.label", { name, shape: spelled(shape) }));
    const slopes = flat(body.gradient);
    drawBlocks(gradient, [], shape, slopes, { height: TALLEST.gradient });
    gradient.hidden = slopes === null || !reaches;
    rest.hidden = jacobians.length === 0;
    if (jacobians.length === 0) return;
    whole.replaceChildren(...jacobians.map((/** @type {any} */ one) => make("option", { value: one.of }, one.direct ? one.of : `${one.of} \u2026`)));
    const found = jacobians.find((/** @type {any} */ one) => one.of === body.jacobian.of);
    whole.value = found.of;
    drawJacobian(found);
    formula(product, found.product);
    productRule.textContent = t("shapes.product.told", { target, of: found.of, name, gradient: formatCount(body.size), jacobian: formatCount(found.size) });
  }

  function ruleOfGradient() {
    const { shape, size, target, reaches, role } = body;
    const words = { target, name, shape: spelled(shape), count: formatCount(size) };
    const told = t(shape.length === 0 ? "shapes.gradient.scalar" : "shapes.gradient.told", words);
    if (!reaches) return `${told}${t("step.space")}${t("shapes.gradient.zero", words)}`;
    return role === "parameter" && shape.length > 0 ? `${told}${t("step.space")}${t("shapes.gradient.update", words)}` : told;
  }

  /** @param {any} found */
  function drawJacobian(found) {
    derivative(jacobianTitle, found.latex, body.latex);
    const outer = found.shape.slice(0, found.shape.length - body.shape.length);
    const words = { of: found.of, name, outer: spelled(outer), inner: spelled(body.shape), shape: spelled(found.shape), count: formatCount(found.size) };
    const key = outer.length === 0 ? "shapes.jacobian.scalar" : body.shape.length === 0 ? "shapes.jacobian.of" : "shapes.jacobian.told";
    jacobianRule.textContent = `${t(key, words)}${found.direct ? "" : t("step.space") + t("shapes.jacobian.through", words)}`;
    formula(jacobianEntry, `${kindOf(found.latex, body.latex, found.shape)} \\left(${fraction(found.latex, body.latex)}\\right)${index(found.entry, true)} = ${found.entry}`);
    const { values, zeros, too_large: excess } = body.jacobian;
    const numbers = values === null ? null : flat(values);
    places = drawBlocks(jacobian, outer, body.shape, numbers, { height: TALLEST.jacobian, marked });
    jacobian.setAttribute("aria-label", t("shapes.jacobian.label", words));
    if (marked) return void point(marked);
    const counted = numbers ? t("shapes.jacobian.zeros", { zeros: formatCount(zeros), count: words.count }) : "";
    const large = excess ? t("shapes.jacobian.large", { count: words.count, limit: formatCount(excess.limit) }) : "";
    told.textContent = [counted || large, outer.length > 0 && numbers ? t("shapes.jacobian.blocks", words) : ""].filter(Boolean).join(t("step.space"));
  }

  /** @param {[number, number]} cell */
  function point(cell) {
    const numbers = body?.jacobian?.values && flat(body.jacobian.values);
    const found = body?.jacobians.find((/** @type {any} */ one) => one.of === body.jacobian.of);
    if (!numbers || !found || !places) return;
    marked = cell;
    const { y, x, flat: at } = entryAt(places, ...cell);
    const outer = found.shape.slice(0, found.shape.length - body.shape.length);
    told.textContent = t("shapes.entry", { of: `${found.of}${spot(outer, y)}`, name: `${name}${spot(body.shape, x)}`, value: formatNumber(numbers[at]) });
    drawBlocks(jacobian, outer, body.shape, numbers, { height: TALLEST.jacobian, marked });
  }
}

/** A derivative as the title of a part. @param {HTMLElement} title @param {string} above @param {string} below */
function derivative(title, above, below) {
  setMath(title, fraction(above, below));
}

/** @param {string} above @param {string} below */
function fraction(above, below) {
  return `\\frac{\\partial ${above}}{\\partial ${below}}`;
}

/** @param {HTMLElement} place @param {string} latex */
function formula(place, latex) {
  const inner = make("span", {});
  place.replaceChildren(inner);
  setMath(inner, `\\displaystyle ${latex}`);
}

/**
 * The index of an entry on its left side: its letters, gathered from above and below the line.
 *
 * @param {string} entry
 * @param {boolean} [both]
 */
function index(entry, both = false) {
  const letters = [...entry.matchAll(/\}_\{([a-z_{}\d]+?)\}(?=\}|$)/g)].map((match) => match[1]);
  const chosen = both ? letters : letters.slice(-1);
  return chosen.length > 0 ? `_{${chosen.join("\\,")}}` : "";
}

/** What a derivative is an element of. @param {string} above @param {string} below @param {number[]} shape */
function kindOf(above, below, shape) {
  return `${fraction(above, below)} \\in \\mathbb{R}${shape.length > 0 ? `^{${shape.join(" \\times ")}}` : ""}, \\quad`;
}

/** @param {number[]} shape */
function spelled(shape) {
  return shape.length === 0 ? t("shapes.number") : shape.join("\u00a0\u00d7\u00a0");
}

/** The numbers of a tensor in a row; null for a summary. @param {any} tensor @returns {number[] | null} */
function flat(tensor) {
  return isSummary(tensor) ? null : [tensor].flat(Infinity).map((entry) => toNumber(/** @type {any} */ (entry)));
}

/** An index as in [2, 0]. @param {number[]} shape @param {number} at */
function spot(shape, at) {
  const found = [];
  let rest = at;
  for (const length of [...shape].reverse()) {
    found.unshift(rest % length);
    rest = Math.floor(rest / length);
  }
  return found.length > 0 ? `[${found.join(", ")}]` : "";
}

/** @param {ReturnType<typeof drawBlocks>} places @param {number} x @param {number} y @returns {[number, number] | null} */
function cellAt({ rows, columns, down, across, cell, gap }, x, y) {
  const along = (/** @type {number} */ at, /** @type {number} */ inner, /** @type {number} */ blocks) => {
    const block = Math.floor(at / (inner * cell + gap));
    const within = Math.floor((at - block * (inner * cell + gap)) / cell);
    return block >= 0 && block < blocks && within >= 0 && within < inner ? block * inner + within : -1;
  };
  const [row, column] = [along(y - 1, down, rows), along(x - 1, across, columns)];
  return row >= 0 && column >= 0 ? [row, column] : null;
}

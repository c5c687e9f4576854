/**
 * Building a graph by hand: operators and variables are dragged into the picture, and what one computes is connected to
 * what another reads. Every step is a line of the program, so the graph follows the text, and its undo is the editor's.
 * Whatever can be dragged can be pressed as well: a press picks a variable, another connects it.
 *
 * @import {Bench} from "./lab.js"
 */
import { button, make, tellProblem } from "../shared/dom.js";
import { setMath } from "../shared/math.js";
import { formatShape } from "../shared/tensor.js";
import { roleName, t } from "../i18n/strings.js";
import { followPointer } from "./builder-drag.js";
import { createOperatorCard, createVariableCard } from "./builder-card.js";

/** @typedef {import("./builder-card.js").Card} Card */
/** @typedef {{ name: string, signature: string, doc: string, family: string, latex: string }} Operator */

/** What a first network is made of; the search finds all others. */
const FIRST = [
  "matmul", "add", "subtract", "multiply", "divide", "power", "relu", "sigmoid", "tanh", "softmax", "exp", "log", "sum", "mean",
  "squared_error", "cross_entropy", "concatenate", "transpose",
];
const ROLES = /** @type {const} */ (["input", "target", "parameter", "constant"]);
const MOST = 60;

/**
 * @param {HTMLElement} host
 * @param {Bench} bench
 */
export function createBuilderPanel(host, { api, session, write, undo, stage, light }) {
  const narrow = matchMedia("(max-width: 899px)");
  /** @type {Operator[]} */
  let operators = [];
  /** @type {Set<Card>} */
  const cards = new Set();
  /** The variable that the next press connects. @type {string | null} */
  let picked = null;
  /** @type {AbortController | null} */
  let listening = null;

  addStyles();
  const layer = make("div", { class: "parts-layer" });
  stage.parentElement?.append(layer);
  const tray = make("div", { class: "parts-tray" });
  const trouble = make("p", { class: "trouble", role: "alert", hidden: true });
  const told = make("p", { class: "told", "data-part": "built", role: "status" });
  const undoing = button(t("builder.undo"), () => undo(), { class: "quiet", "data-action": "builder-undo", hidden: true });
  const choice = make("div", { class: "picked", "data-part": "picked", hidden: true });
  const roles = make("div", { class: "palette-roles", role: "group", "aria-label": t("builder.variables") });
  const filter = make("input", { type: "search", "aria-label": t("builder.search"), placeholder: t("builder.search"), autocomplete: "off", spellcheck: false });
  const list = make("ul", { class: "palette", "aria-label": t("builder.operators") });
  const count = make("p", { class: "visually-hidden", role: "status" });
  host.append(
    make("p", { class: "told" }, t("builder.how")),
    trouble, tray, choice, make("div", { class: "built" }, told, undoing),
    make("h3", {}, t("builder.variables")), roles,
    make("h3", {}, t("builder.operators")), filter, count, list,
  );

  for (const role of ROLES) {
    const made = button(roleName(role), () => placeVariable(role), { class: "palette-role", "data-role": role });
    made.prepend(make("i", { class: `swatch ${role === "parameter" ? "parameter" : "variable"}`, "aria-hidden": "true" }));
    dragOut(made, made, (at) => placeVariable(role, at));
    roles.append(made);
  }
  filter.addEventListener("input", drawPalette);
  filter.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "Enter") return;
    event.preventDefault();
    const first = list.querySelector("button");
    if (event.key === "Enter") first?.click();
    else first?.focus();
  });
  list.addEventListener("keydown", (event) => {
    const buttons = [...list.querySelectorAll("button")];
    const at = buttons.indexOf(/** @type {HTMLButtonElement} */ (event.target));
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    (buttons[to] ?? (to < 0 ? filter : buttons[at])).focus();
  });
  narrow.addEventListener("change", () => cards.forEach((card) => put(card, null)));

  return {
    async show() {
      if (!listening) listen();
      layer.hidden = false;
      for (const card of cards) card.refresh();
      if (operators.length > 0) return;
      try {
        operators = /** @type {Operator[]} */ (await api.operators());
        drawPalette();
      } catch (error) {
        tellProblem(trouble, error);
      }
    },
    hide() {
      listening?.abort();
      listening = null;
      layer.hidden = true;
      pick(null);
      document.body.classList.remove("building");
    },
  };

  // The palette

  function drawPalette() {
    const words = filter.value.trim().toLowerCase();
    const found = words === "" ? FIRST.flatMap((name) => operators.filter((op) => op.name === name)) : ranked(words);
    list.replaceChildren(...found.slice(0, MOST).map(row));
    count.textContent = words ? t("builder.found", { count: found.length }) : "";
  }

  /** @param {string} words */
  function ranked(words) {
    const rank = (/** @type {Operator} */ { name, doc, family }) =>
      name === words ? 0 : name.startsWith(words) ? 1 : name.includes(words) ? 2 : `${doc} ${family}`.toLowerCase().includes(words) ? 3 : 4;
    return operators.filter((op) => rank(op) < 4).sort((a, b) => rank(a) - rank(b));
  }

  /** @param {Operator} op */
  function row(op) {
    const grip = make("span", { class: "grip", "aria-hidden": "true" }, "\u283f");
    const made = button("", () => placeOperator(op.name), { class: "palette-row", "data-operator": op.name, title: op.signature });
    const formula = make("span", { class: "formula", "aria-hidden": "true" });
    setMath(formula, op.latex);
    made.append(grip, make("code", {}, op.name), formula, make("small", {}, op.doc));
    dragOut(made, grip, (at) => placeOperator(op.name, at));
    return make("li", {}, made);
  }

  /**
   * Dragging something from the palette into the picture; a finger drags by the grip, so that the list still scrolls.
   *
   * @param {HTMLElement} from
   * @param {HTMLElement} grip
   * @param {(at: { x: number, y: number }) => void} drop
   */
  function dragOut(from, grip, drop) {
    followPointer(from, (event) => {
      if (event.pointerType === "touch" && grip !== from && !(event.target instanceof Node && grip.contains(event.target))) return null;
      const ghost = make("div", { class: "ghost", "aria-hidden": "true" }, from.dataset.operator ?? from.textContent ?? "");
      return {
        move({ x, y }) {
          if (!ghost.isConnected) document.body.append(ghost);
          ghost.style.transform = `translate(${x}px, ${y}px)`;
          ghost.classList.toggle("over", over({ x, y }));
        },
        drop: (at) => over(at) && drop(at),
        end: () => ghost.remove(),
      };
    });
  }

  /** Whether a place in the window is one to drop a part at. @param {{ x: number, y: number }} at */
  function over({ x, y }) {
    const places = narrow.matches ? [stage, tray] : [stage];
    return places.some((place) => {
      const { left, right, top, bottom } = place.getBoundingClientRect();
      return x >= left && x <= right && y >= top && y <= bottom;
    });
  }

  // Cards: parts that are not lines yet, and operators whose inputs are being changed

  /** @param {string} name @param {{ x: number, y: number }} [at] */
  function placeOperator(name, at) {
    const card = createOperatorCard({ operator: name, ask: api.ask, source: () => ({ program: session.program, sizes: session.sizes }), picked: () => picked, textOf, build, onClose: close });
    add(card, at);
  }

  /** @param {typeof ROLES[number]} role @param {{ x: number, y: number }} [at] */
  function placeVariable(role, at) {
    add(createVariableCard({ role, name: freeName(role), build, onClose: close }), at);
  }

  /** @param {string} id of an operator in the picture @param {string | null} [source] a variable that was dropped on it */
  async function open(id, source = null) {
    const known = [...cards].find((card) => card.id === id);
    if (known) {
      if (source) known.offer(source);
      known.focus();
      return;
    }
    const card = createOperatorCard({ id, operator: id, ask: api.ask, source: () => ({ program: session.program, sizes: session.sizes }), picked: () => picked, textOf, build, onClose: close });
    const mark = stage.querySelector(`[data-id="${CSS.escape(id)}"]`)?.getBoundingClientRect();
    try {
      await card.refresh(true);
    } catch (error) {
      tellProblem(trouble, error);
      return;
    }
    trouble.hidden = true;
    for (const other of cards) if (other.id) close(other);
    add(card, mark && { x: mark.right + 12, y: mark.top });
    if (source) card.offer(source);
  }

  /** @param {Card} card @param {{ x: number, y: number }} [at] in the window */
  function add(card, at) {
    trouble.hidden = true;
    cards.add(card);
    put(card, at ?? null);
    if (card.id) card.focus();
    else card.refresh().then(card.focus);
  }

  /** Puts a card into the picture, or above the palette where there is little room. @param {Card} card @param {{ x: number, y: number } | null} at */
  function put(card, at) {
    if (narrow.matches) {
      card.element.removeAttribute("style");
      tray.append(card.element);
      card.element.scrollIntoView({ block: "nearest" });
      return;
    }
    layer.append(card.element);
    const { left, top, width, height } = layer.getBoundingClientRect();
    const shift = 28 * (cards.size - 1);
    const x = at ? at.x - left : width / 2 - 140 + shift;
    const y = at ? at.y - top : height / 3 - 60 + shift;
    const { offsetWidth, offsetHeight } = card.element;
    card.element.style.left = `${Math.max(8, Math.min(x, width - offsetWidth - 8))}px`;
    card.element.style.top = `${Math.max(8, Math.min(y, height - offsetHeight - 8))}px`;
    followPointer(card.handle, (event) => {
      const start = { x: event.clientX - card.element.offsetLeft, y: event.clientY - card.element.offsetTop };
      return {
        move(to) {
          card.element.style.left = `${to.x - start.x}px`;
          card.element.style.top = `${to.y - start.y}px`;
        },
      };
    });
  }

  /** @param {Card} card */
  function close(card) {
    const inside = card.element.contains(document.activeElement);
    cards.delete(card);
    card.element.remove();
    if (inside) filter.focus();
  }

  /** A free name for a variable of a role. @param {string} role */
  function freeName(role) {
    const stem = { input: "x", target: "y", parameter: "W", constant: "c" }[role] ?? "v";
    const used = new Set([...(session.trace?.nodes.keys() ?? []), ...session.program.split(/\W+/)]);
    if (!used.has(stem)) return stem;
    for (let number = role === "parameter" ? 1 : 2; ; number += 1) if (!used.has(`${stem}${number}`)) return `${stem}${number}`;
  }

  // Steps

  /**
   * One step: the program after it is written into the editor, and the graph follows.
   *
   * @param {object} step
   * @returns {Promise<{ program: string, line: number, text: string, id: string }>}
   */
  async function build(step) {
    const built = await api.ask("build", { program: session.program, sizes: session.sizes, ...step });
    await write(built.program);
    told.textContent = t(built.text ? "builder.line" : "builder.removed", { line: built.line, text: built.text });
    undoing.hidden = false;
    pick(null);
    for (const card of cards) card.refresh();
    return built;
  }

  /**
   * What a line writes to read a variable of the picture. A result without a name is given one first.
   *
   * @param {string} id
   * @param {{ name: string, id: string }[]} readable
   */
  async function textOf(id, readable) {
    const known = readable.find((one) => one.id === id);
    return known ? known.name : (await build({ name: id })).id;
  }

  // Variables in the picture

  function listen() {
    listening = new AbortController();
    const how = { signal: listening.signal, capture: true };
    document.body.classList.add("building");
    /** @param {Event} event */
    const variable = ({ target }) => (target instanceof Element ? target.closest(".node[data-kind=variable]")?.getAttribute("data-id") : null) ?? null;
    /** @param {Event} event */
    const operator = ({ target }) => (target instanceof Element ? target.closest(".node[data-kind=operator]")?.getAttribute("data-id") : null) ?? null;
    // The picture would move the mark, and itself.
    for (const name of ["mousedown", "touchstart"]) stage.addEventListener(name, (event) => variable(event) && event.stopPropagation(), how);
    stage.addEventListener("pointerdown", (event) => {
      const id = variable(event);
      if (!id || event.button !== 0 || !event.isPrimary) return;
      event.stopPropagation();
      wire(event, id);
    }, how);
    /** @param {Event} event */
    const press = (event) => {
      const id = variable(event);
      const op = operator(event);
      if (!id && (!op || !editable(op))) return;
      event.stopPropagation();
      event.preventDefault();
      if (id) pick(picked === id ? null : id);
      else if (op) open(op, picked);
    };
    stage.addEventListener("click", press, how);
    stage.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") press(event);
      else if (event.key === "Escape" && picked) pick(null);
      else if ((event.key === "Delete" || event.key === "Backspace") && (variable(event) ?? operator(event))) {
        event.preventDefault();
        remove(/** @type {string} */ (variable(event) ?? operator(event)));
      }
    }, how);
  }

  /** An operator opens its card; a function, a loop or a block opens in the picture. @param {string} id */
  function editable(id) {
    const scope = session.trace?.scopes.get(id);
    return !scope || scope.kind === "operator";
  }

  /** A wire from a variable to a port. @param {PointerEvent} event @param {string} id */
  function wire(event, id) {
    const mark = stage.querySelector(`[data-id="${CSS.escape(id)}"] .shape`)?.getBoundingClientRect();
    if (!mark) return;
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("class", "wire");
    svg.setAttribute("aria-hidden", "true");
    const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
    svg.append(line);
    const from = { x: mark.left + mark.width / 2, y: mark.top + mark.height / 2 };
    /** @type {{ card: Card, port: number } | null} */
    let at = null;
    /** @type {string | null} */
    let onto = null;
    followPointer(stage, () => ({
      move({ x, y }) {
        if (!svg.isConnected) {
          document.body.append(svg);
          for (const card of cards) card.refresh();
        }
        line.setAttribute("d", `M${from.x},${from.y}C${(from.x + x) / 2},${from.y} ${(from.x + x) / 2},${y} ${x},${y}`);
        const under = document.elementFromPoint(x, y);
        const place = under?.closest("[data-port]");
        const card = place && [...cards].find(({ element }) => element.contains(place));
        const next = card && place ? { card, port: Number(/** @type {HTMLElement} */ (place).dataset.port) } : null;
        if (at && (at.card !== next?.card || at.port !== next.port)) at.card.aim(at.port, null);
        at = next;
        const fits = at ? at.card.aim(at.port, id) : null;
        onto = at ? null : (under?.closest(".node[data-kind=operator]")?.getAttribute("data-id") ?? null);
        light(onto ? new Set([id, onto]) : null);
        svg.dataset.fits = String(fits);
      },
      drop() {
        if (at) at.card.connect(at.port, id, true);
        else if (onto && editable(onto)) open(onto, id);
      },
      end() {
        svg.remove();
        light(null);
        at?.card.aim(at.port, null);
      },
    }), event);
  }

  /** @param {string | null} id of the variable that is picked to be connected */
  function pick(id) {
    picked = id;
    for (const mark of stage.querySelectorAll(".node.source")) mark.classList.remove("source");
    choice.hidden = id === null;
    for (const card of cards) card.offered(id);
    if (id === null) return;
    stage.querySelector(`[data-id="${CSS.escape(id)}"]`)?.classList.add("source");
    const node = session.trace?.nodes.get(id);
    const shape = node?.kind === "variable" ? formatShape(node.shape) : "";
    choice.replaceChildren(
      make("p", { role: "status" }, t("builder.picked", { name: id, shape })),
      button(t("builder.inspect"), () => session.select(id), { class: "quiet" }),
      button(t("builder.remove"), () => remove(id), { class: "quiet" }),
    );
  }

  /** @param {string} id */
  async function remove(id) {
    try {
      trouble.hidden = true;
      await build({ remove: id });
      for (const card of cards) if (card.id === id) close(card);
    } catch (error) {
      tellProblem(trouble, error);
    }
  }
}

/** The styles that only this panel needs. */
function addStyles() {
  const href = new URL("static/builder.css", document.baseURI).href;
  if (!document.querySelector(`link[href="${href}"]`)) document.head.append(make("link", { rel: "stylesheet", href }));
}

/**
 * Cards of parts in the picture: an operator with its ports, or a variable that is to be declared. A card that is complete
 * becomes a line of the program; one of an operator that is already a line changes what its ports read.
 */
import { button, make } from "../shared/dom.js";
import { roleName, t } from "../i18n/strings.js";
import { formatShape } from "../shared/tensor.js";

/**
 * @typedef {object} Fit
 * @property {string} name
 * @property {string} id
 * @property {number[]} shape
 * @property {boolean | null} fits
 * @property {number[] | null} result
 * @property {string | null} problem
 * @property {string | null} hint
 */

/** @typedef {{ name: string, required: boolean, text: string }} Port */

/**
 * @typedef {object} Card
 * @property {HTMLElement} element
 * @property {HTMLElement} handle by which it is moved
 * @property {string | null} id of the operator in the picture, where it is a line already
 * @property {(first?: boolean) => Promise<void>} refresh the program is another
 * @property {(port: number, id: string, byDrag: boolean) => Promise<void>} connect
 * @property {(port: number, id: string | null) => boolean | null} aim a variable is held over a port: whether it fits; null: not known
 * @property {(id: string) => void} offer a variable is to be connected to one of its ports
 * @property {(id: string | null) => void} offered a variable is picked: its ports say that they would take it
 * @property {() => void} focus
 */

let number = 0;

/**
 * @param {object} options
 * @param {string} options.operator its name, or its id in the picture
 * @param {string} [options.id]
 * @param {(path: string, body: object) => Promise<any>} options.ask
 * @param {() => { program: string, sizes: Record<string, number> }} options.source the program on show
 * @param {() => string | null} options.picked
 * @param {(id: string, readable: Fit[]) => Promise<string>} options.textOf
 * @param {(step: object) => Promise<any>} options.build
 * @param {(card: Card) => void} options.onClose
 * @returns {Card}
 */
export function createOperatorCard({ operator, id, ask, source, picked, textOf, build, onClose }) {
  const key = (number += 1);
  /** What the ports read, as a line writes it. @type {string[]} */
  let texts = [];
  /** @type {Port[]} */
  let ports = [];
  /** Which variables fit, by port. @type {Fit[][]} */
  let fits = [];
  let variadic = false;
  /** The port that was connected last: what does not fit is said there. */
  let last = 0;
  let turn = 0;
  /** @type {Record<string, string>} */
  const attributes = {};

  const name = make("code", {}, id ? (operator.split(":")[0] ?? operator) : operator);
  const handle = make("header", {}, name, make("span", { class: "signature" }), button("\u00d7", () => onClose(card), { class: "close", "aria-label": t("builder.close") }));
  const rows = make("ul", { class: "ports" });
  const more = make("details", { hidden: true }, make("summary", {}, t("builder.attributes")));
  const shape = make("output", {});
  const title = make("input", { type: "text", "aria-label": t("builder.result"), placeholder: t("builder.result"), autocomplete: "off", spellcheck: false });
  const placing = button(t("builder.place"), () => place(), { class: "primary" });
  const removing = button(t("builder.remove"), () => remove(), { class: "quiet" });
  const problem = make("p", { class: "part-problem", role: "alert", hidden: true });
  const element = make("section", { class: "part-card", "aria-label": operator, "data-card": operator }, handle, rows, more, make("footer", {}, ...(id ? [shape, removing] : [title, shape, placing])), problem);
  element.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") onClose(card);
    else if (event.key === "Enter" && event.target instanceof HTMLInputElement) {
      event.preventDefault();
      enter(event.target);
    }
  });

  /** @type {Card} */
  const card = { element, handle, id: id ?? null, refresh, connect, aim, offer, offered, focus: () => (rows.querySelector("input") ?? title).focus() };
  return card;

  /** Asks what fits, port by port. @param {boolean} [first] an operator whose inputs cannot be changed is refused */
  async function refresh(first = false) {
    const mine = (turn += 1);
    const about = { ...source(), operator, ...(id && (first || !changed()) ? {} : { inputs: texts }), attributes };
    try {
      const answer = await ask("parts", { ...about, port: 0 });
      if (mine !== turn) return;
      variadic = answer.variadic;
      if (ports.length === 0) describe(answer);
      ports = answer.ports;
      const before = texts;
      texts = ports.map(({ text }) => text);
      const others = await Promise.all(ports.slice(1).map((_, at) => ask("parts", { ...about, port: at + 1 })));
      if (mine !== turn) return;
      fits = [answer.fits, ...others.map((one) => one.fits)];
      draw(before);
      shape.textContent = answer.shape ? formatShape(answer.shape) : "";
      say(answer.problem ?? wrong(), answer.hint, answer.problem_port ?? last);
    } catch (error) {
      if (first) throw error;
      if (mine === turn) say(/** @type {any} */ (error).message, /** @type {any} */ (error).hint);
    }
  }

  /** Whether a port of an operator of the program is to read something else. */
  function changed() {
    return texts.some((text, at) => text !== ports[at]?.text);
  }

  /** What the last connection of an operator of the program has against it. */
  function wrong() {
    const one = fits[last]?.find((fit) => fit.name === texts[last]);
    return one?.fits === false && id ? one.problem : null;
  }

  /** @param {{ operator: string, signature: string, doc: string, attributes: Record<string, string> }} answer */
  function describe(answer) {
    name.textContent = answer.operator;
    name.title = `${answer.signature}\n${answer.doc}`;
    const names = Object.entries(answer.attributes);
    more.hidden = names.length === 0 || id !== undefined;
    for (const [attribute, standard] of names) {
      const field = make("input", { type: "text", placeholder: standard, autocomplete: "off", spellcheck: false });
      field.addEventListener("change", () => {
        attributes[attribute] = field.value;
        refresh();
      });
      more.append(make("label", {}, make("span", {}, attribute), field));
    }
    if (Object.values(answer.attributes).some((standard) => standard === "")) /** @type {HTMLDetailsElement} */ (more).open = true;
  }

  /** One row for each port; rows that are there stay, with the focus and a half-typed text. @param {string[]} before what the ports read until now */
  function draw(before) {
    while (rows.children.length > ports.length) rows.lastElementChild?.remove();
    for (let at = rows.children.length; at < ports.length; at += 1) rows.append(row(ports[at], at));
    ports.forEach((_, at) => {
      const mine = rows.children[at];
      const field = /** @type {HTMLInputElement} */ (mine.querySelector("input"));
      const typing = field === document.activeElement && field.value.trim() !== (before[at] ?? "");
      if (!typing) field.value = texts[at];
      const options = (fits[at] ?? []).filter((fit) => fit.fits !== false).map((fit) => make("option", { value: fit.name }, formatShape(fit.shape)));
      mine.querySelector("datalist")?.replaceChildren(...options);
      mine.querySelector(".port-dot")?.classList.toggle("filled", texts[at] !== "");
    });
    offered(picked());
  }

  /** @param {Port} port @param {number} at */
  function row(port, at) {
    const options = make("datalist", { id: `fits-${key}-${at}` });
    const field = make("input", { type: "text", "aria-label": t("builder.port", { name: port.name }), autocomplete: "off", spellcheck: false, placeholder: t(port.required ? "builder.drop" : "builder.optional") });
    field.setAttribute("list", options.id);
    field.addEventListener("change", () => {
      if (field.value.trim() === texts[at]) return;
      texts[at] = field.value.trim();
      last = at;
      settle(false);
    });
    const dot = button("", () => {
      const source = picked();
      if (source) connect(at, source, true);
      else field.focus();
    }, { class: "port-dot", "aria-label": t("builder.connect", { name: port.name }) });
    return make("li", { "data-port": String(at) }, dot, make("label", {}, make("span", {}, port.name), field), options, make("p", { class: "part-problem", id: `problem-${key}-${at}`, role: "alert", hidden: true }));
  }

  /** Says what does not fit, at the port that it came with. @param {string | null} words @param {string | null} [hint] @param {number} [port] */
  function say(words, hint, port = last) {
    [...rows.children].forEach((row, at) => {
      const field = /** @type {HTMLInputElement} */ (row.querySelector("input"));
      const place = /** @type {HTMLElement} */ (row.querySelector(".part-problem"));
      const here = words !== null && at === Math.min(port, ports.length - 1) && texts[at] !== "";
      place.hidden = !here;
      place.textContent = here ? [words, hint].filter(Boolean).join(" ") : "";
      field.setAttribute("aria-invalid", String(here));
      if (here) field.setAttribute("aria-describedby", place.id);
      else field.removeAttribute("aria-describedby");
    });
    const nowhere = words !== null && !texts[Math.min(port, ports.length - 1)];
    problem.hidden = !nowhere;
    problem.textContent = nowhere ? [words, hint].filter(Boolean).join(" ") : "";
    placing.disabled = words !== null || !complete();
  }

  function complete() {
    return ports.length > 0 && ports.every(({ required }, at) => !required || texts[at] !== "");
  }

  /** @param {number} port @param {string} source @param {boolean} byDrag */
  async function connect(port, source, byDrag) {
    try {
      const text = await textOf(source, fits[port] ?? fits[0] ?? []);
      texts[port] = text;
      last = port;
      const field = rows.children[port]?.querySelector("input");
      if (field) field.value = text;
      await settle(byDrag);
    } catch (error) {
      last = port;
      say(/** @type {any} */ (error).message, /** @type {any} */ (error).hint);
    }
  }

  /** A port reads something else: it is checked, and written where nothing is missing. @param {boolean} byDrag */
  async function settle(byDrag) {
    if (id) {
      const port = last;
      const text = texts[port];
      await refresh();
      if (rows.children[port]?.querySelector("[aria-invalid=true]") || text === "") return;
      try {
        await build({ connect: { id, port, text } });
      } catch (error) {
        say(/** @type {any} */ (error).message, /** @type {any} */ (error).hint);
      }
      return;
    }
    await refresh();
    if (byDrag && !variadic && !placing.disabled) await place();
  }

  /** Enter goes to the next port that is empty; where there is none, the line is written. @param {HTMLInputElement} field */
  async function enter(field) {
    const fields = [...rows.querySelectorAll("input")];
    const next = fields.find((one, at) => one !== field && one.value === "" && ports[at].required);
    if (next && fields.includes(field)) {
      next.focus();
      return;
    }
    field.dispatchEvent(new Event("change"));
    if (id) return;
    await refresh();
    if (!placing.disabled) await place();
  }

  async function place() {
    try {
      const inputs = variadic ? texts.filter(Boolean) : texts;
      await build({ place: { operator, inputs, attributes, name: title.value.trim() } });
      onClose(card);
    } catch (error) {
      say(/** @type {any} */ (error).message, /** @type {any} */ (error).hint);
    }
  }

  async function remove() {
    try {
      await build({ remove: id });
      onClose(card);
    } catch (error) {
      problem.hidden = false;
      problem.textContent = [/** @type {any} */ (error).message, /** @type {any} */ (error).hint].filter(Boolean).join(" ");
    }
  }

  /** @param {number} port @param {string | null} source */
  function aim(port, source) {
    const row = rows.children[port];
    if (!(row instanceof HTMLElement)) return null;
    const place = /** @type {HTMLElement} */ (row.querySelector(".part-problem"));
    const found = source === null ? null : (fits[port]?.find((fit) => fit.id === source) ?? null);
    row.classList.toggle("aimed", source !== null);
    row.dataset.fits = String(found?.fits ?? null);
    if (source === null) {
      if (row.querySelector("[aria-invalid=true]") === null) place.hidden = true;
      return null;
    }
    place.hidden = found?.fits !== false;
    if (found?.fits === false) place.textContent = [found.problem, found.hint].filter(Boolean).join(" ");
    return found ? found.fits : null;
  }

  /** @param {string} source */
  function offer(source) {
    if (ports.length === 1) connect(0, source, true);
    else {
      offered(source);
      /** @type {HTMLElement | null} */ (rows.querySelector(".port-dot"))?.focus();
    }
  }

  /** @param {string | null} source */
  function offered(source) {
    [...rows.children].forEach((row, at) => {
      const found = source === null ? undefined : fits[at]?.find((fit) => fit.id === source);
      row.classList.toggle("offered", source !== null);
      /** @type {HTMLElement} */ (row).dataset.fits = String(found?.fits ?? null);
      const dot = /** @type {HTMLElement} */ (row.querySelector(".port-dot"));
      dot.setAttribute("aria-label", source === null ? t("builder.connect", { name: ports[at].name }) : t("builder.connect.picked", { source, name: ports[at].name }));
    });
  }
}

/**
 * @param {object} options
 * @param {string} options.role
 * @param {string} options.name proposed
 * @param {(step: object) => Promise<any>} options.build
 * @param {(card: Card) => void} options.onClose
 * @returns {Card}
 */
export function createVariableCard({ role, name, build, onClose }) {
  const field = (/** @type {string} */ label, /** @type {string} */ value, /** @type {string} */ placeholder) => {
    const input = make("input", { type: "text", value, placeholder, autocomplete: "off", spellcheck: false });
    return { input, label: make("label", {}, make("span", {}, t(`builder.${label}`)), input) };
  };
  const title = field("name", name, "W1");
  const shape = field("shape", "", role === "parameter" ? "5, 4" : "4");
  const value = field("value", "", role === "constant" ? "0.1" : t("builder.drawn"));
  const problem = make("p", { class: "part-problem", role: "alert", id: `problem-${(number += 1)}`, hidden: true });
  const handle = make("header", {}, make("i", { class: `swatch ${role === "parameter" ? "parameter" : "variable"}`, "aria-hidden": "true" }), make("strong", {}, roleName(role)), button("\u00d7", () => onClose(card), { class: "close", "aria-label": t("builder.close") }));
  const form = make("form", { noValidate: true }, title.label, ...(role === "constant" ? [] : [shape.label]), value.label, problem, make("footer", {}, make("button", { type: "submit", class: "primary" }, t("builder.place"))));
  const element = make("section", { class: "part-card variable-card", "aria-label": roleName(role), "data-card": role }, handle, form);
  element.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") onClose(card);
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await build({ declare: { role, name: title.input.value.trim(), shape: role === "constant" ? "" : shape.input.value, value: value.input.value } });
      onClose(card);
    } catch (error) {
      problem.hidden = false;
      problem.textContent = [/** @type {any} */ (error).message, /** @type {any} */ (error).hint].filter(Boolean).join(" ");
      title.input.setAttribute("aria-describedby", problem.id);
    }
  });
  const nothing = async () => {};
  /** @type {Card} */
  const card = { element, handle, id: null, refresh: nothing, connect: nothing, aim: () => null, offer: () => {}, offered: () => {}, focus: () => (role === "constant" ? value : shape).input.focus() };
  return card;
}

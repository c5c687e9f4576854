/**
 * Elements made in one expression.
 */

/** What sets a property of an input together with its default. @type {Record<string, string>} */
const DEFAULTS = { value: "defaultValue", checked: "defaultChecked" };

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, any>} [given] properties; `class`, `data-` and `aria-` names become attributes, and the value of
 *   an input is its default too
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function make(tag, given = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (name.includes("-") || name === "class" || name === "role") {
      if (value !== null) element.setAttribute(name, String(value));
    } else Reflect.set(element, (element instanceof HTMLInputElement && DEFAULTS[name]) || name, value);
  }
  element.append(...children);
  return element;
}

/** @param {string} name of a symbol in the page's icons */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}

/**
 * @param {string} label
 * @param {() => void} onClick
 * @param {Record<string, any>} [given]
 */
export function button(label, onClick, given = {}) {
  const element = make("button", { type: "button", ...given }, label);
  element.addEventListener("click", onClick);
  return element;
}

/** @param {string} name of its icon @param {string} label @param {() => void} onClick */
export function tool(name, label, onClick) {
  const element = button("", onClick, { class: "tool", "aria-label": label, title: label });
  element.append(icon(name));
  return element;
}

/**
 * A control under its name.
 *
 * @template {HTMLElement} T
 * @param {string} label
 * @param {T} control
 */
export function field(label, control) {
  return make("label", { class: "field" }, make("span", {}, label), control);
}

/**
 * Says what went wrong.
 *
 * @param {HTMLElement} place
 * @param {any} error
 */
export function tellProblem(place, error) {
  place.hidden = false;
  place.lang = error.lang ?? "";
  place.textContent = [error.message, error.hint].filter(Boolean).join(" ");
}

/** @param {[string, string][]} options values and their names @param {string} label */
export function choice(options, label) {
  return make("select", { "aria-label": label }, ...options.map(([value, name]) => make("option", { value }, name)));
}

/** @param {string} value @param {string} label @param {Record<string, string>} [attributes] */
export function number(value, label, attributes = {}) {
  return make("input", { type: "number", step: "any", value, "aria-label": label, ...attributes });
}

/** Elements in one expression, for panels that build their own. */

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string>} [attributes]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/**
 * A control under its name.
 *
 * @template {HTMLElement} T
 * @param {string} label
 * @param {T} control
 */
export function field(label, control) {
  return element("label", { class: "field" }, element("span", {}, label), control);
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
  return element("select", { "aria-label": label }, ...options.map(([value, name]) => element("option", { value }, name)));
}

/** @param {string} value @param {string} label @param {Record<string, string>} [attributes] */
export function number(value, label, attributes = {}) {
  return element("input", { type: "number", step: "any", value, "aria-label": label, ...attributes });
}

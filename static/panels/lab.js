/**
 * The lab beside the graph: one panel at a time about what the graph is good for or what it costs. Each is made
 * when it is first looked at.
 *
 * @import {PlayerState, View} from "../types.js"
 * @import {Player} from "../player.js"
 * @import {Session} from "../session.js"
 */
import { t } from "../strings/strings.js";
import { element } from "./dom.js";
import { createMemoryPanel } from "./memory.js";
import { createTrainingPanel } from "./training.js";

/**
 * @typedef {object} Bench what a panel works with
 * @property {ReturnType<typeof import("../api.js").createApi>} api
 * @property {Session} session
 * @property {Player} player
 */

/**
 * @typedef {object} Panel
 * @property {() => void} show the graph or its numbers have changed, or the panel is looked at again
 * @property {(view: View, state: PlayerState) => void} [draw]
 */

/** @type {Record<string, (host: HTMLElement, bench: Bench) => Panel>} */
const PANELS = { training: createTrainingPanel, memory: createMemoryPanel };

/**
 * @param {HTMLElement} host
 * @param {Bench & { onShow: () => void }} bench
 */
export function createLab(host, { onShow, ...bench }) {
  /** @type {Map<string, { panel: Panel, body: HTMLElement }>} */
  const made = new Map();
  /** @type {string | null} */
  let open = null;
  const titles = /** @type {const} */ ({ training: "training.title", memory: "memory.title" });
  const tabs = Object.entries(titles).map(([name, key]) => {
    const tab = element("button", { type: "button", role: "tab", "data-tab": name }, t(key));
    tab.addEventListener("click", () => show(name));
    return tab;
  });
  const close = element("button", { type: "button", class: "close", "aria-label": t("lab.close") }, "\u00d7");
  close.addEventListener("click", () => {
    const from = open;
    show(null);
    /** @type {HTMLElement | null} */ (document.querySelector(`.tool[data-lab="${from}"]`))?.focus();
  });
  const bodies = element("div", { class: "lab-body" });
  host.append(element("div", { class: "panel-head" }, element("div", { role: "tablist", class: "tabs" }, ...tabs), close), bodies);
  for (const button of document.querySelectorAll("[data-lab]")) {
    button.addEventListener("click", () => {
      const name = /** @type {HTMLElement} */ (button).dataset.lab ?? null;
      show(name === open ? null : name);
    });
  }
  bench.session.on("change", () => open && made.get(open)?.panel.show());

  return {
    /** @param {View} view @param {PlayerState} state */
    draw(view, state) {
      if (open) made.get(open)?.panel.draw?.(view, state);
    },
  };

  /** @param {string | null} name */
  function show(name) {
    open = name;
    host.hidden = name === null;
    document.body.classList.toggle("in-lab", name !== null);
    for (const button of document.querySelectorAll("[data-lab]")) {
      button.setAttribute("aria-expanded", String(/** @type {HTMLElement} */ (button).dataset.lab === name));
    }
    for (const tab of tabs) tab.setAttribute("aria-selected", String(tab.dataset.tab === name));
    if (name === null) return;
    onShow();
    host.setAttribute("aria-label", t(titles[/** @type {keyof typeof titles} */ (name)]));
    if (!made.has(name)) {
      const body = element("div", { role: "tabpanel" });
      bodies.append(body);
      made.set(name, { panel: PANELS[name](body, bench), body });
    }
    for (const [key, { body }] of made) body.hidden = key !== name;
    made.get(name)?.panel.show();
  }
}

/**
 * The lab beside the graph: one panel at a time about what the graph is good for or what it costs. Each is made
 * when it is first looked at.
 *
 * @import {Example, PlayerState, View} from "../types.js"
 * @import {Player} from "../state/player.js"
 * @import {Session} from "../state/session.js"
 * @import {Settings} from "./settings.js"
 */
import { t } from "../i18n/strings.js";
import { make } from "../shared/dom.js";

/**
 * @typedef {object} Bench what a panel works with
 * @property {ReturnType<typeof import("../state/api.js").createApi>} api
 * @property {Session} session
 * @property {Player} player
 * @property {(program: string) => Promise<void>} write puts another program into the editor, to be undone there, and runs it
 * @property {() => void} undo takes the editor's last change back
 * @property {() => Example[]} examples the gallery's
 * @property {HTMLElement} stage where the picture is
 * @property {(paint: import("../scene/annotate.js").Paint | null) => void} paint says something of the picture's marks and arrows
 * @property {(ids: Set<string> | null) => void} light marks that stand out; null: those that did before
 */

/**
 * @typedef {object} Panel
 * @property {() => void} show the graph or its numbers have changed, or the panel is looked at again
 * @property {(view: View, state: PlayerState) => void} [draw]
 * @property {() => void} [hide] another panel is looked at, or none
 * @property {() => Settings} [settings] what is set in it, where that is other than proposed
 * @property {(given: Settings) => void} [take] is set so from now on, and else as proposed; what it cannot be is not heard
 */

/** @type {Record<string, () => Promise<(host: HTMLElement, bench: Bench) => Panel>>} */
const PANELS = {
  training: async () => (await import("./training.js")).createTrainingPanel,
  memory: async () => (await import("./memory.js")).createMemoryPanel,
  curvature: async () => (await import("./curvature.js")).createCurvaturePanel,
  shapes: async () => (await import("./shapes.js")).createShapesPanel,
  devices: async () => (await import("./devices.js")).createDevicesPanel,
  health: async () => (await import("./health.js")).createHealthPanel,
  edits: async () => (await import("./edits.js")).createEditsPanel,
  practice: async () => (await import("./practice.js")).createPracticePanel,
  builder: async () => (await import("./builder.js")).createBuilderPanel,
};

/**
 * @param {HTMLElement} host
 * @param {HTMLElement} button opens and closes it
 * @param {Bench & { onShow: (name: string | null) => void, onSet: () => void }} bench `onShow`: a person has opened a
 *   panel, or closed the lab; `onSet`: something may be set otherwise in a panel
 */
export function createLab(host, button, { onShow, onSet, ...bench }) {
  /** @type {Map<string, { panel: Panel, body: HTMLElement }>} */
  const made = new Map();
  /** @type {string | null} */
  let open = null;
  let last = "training";
  /** What is to be set in panels that nobody has looked at yet. @type {Record<string, Settings>} */
  let given = {};
  const tabs = Object.keys(PANELS).map((name) => {
    const tab = make("button", { type: "button", role: "tab", id: `tab-${name}`, "data-tab": name, "aria-controls": `panel-${name}` }, title(name));
    tab.addEventListener("click", () => choose(name));
    return tab;
  });
  const list = make("div", { role: "tablist", class: "tabs", "aria-label": t("lab.title") }, ...tabs);
  list.addEventListener("keydown", travel);
  const close = make("button", { type: "button", class: "close", "aria-label": t("lab.close") }, "\u00d7");
  close.addEventListener("click", () => {
    choose(null);
    button.focus();
  });
  const heading = make("h2", { class: "visually-hidden" });
  const bodies = make("div", { class: "lab-body" }, heading);
  host.append(make("div", { class: "panel-head" }, list, close), bodies);
  button.addEventListener("click", () => choose(open ? null : last));
  for (const type of ["input", "change", "click"]) bodies.addEventListener(type, onSet);
  const look = () => open && made.get(open)?.panel.show();
  bench.session.on("change", look);
  new MutationObserver(look).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  new ResizeObserver(look).observe(bodies);

  return {
    show,
    get open() {
      return open;
    },
    /** What is set in each panel, where that is other than proposed. */
    get settings() {
      const told = Object.keys(PANELS).map((name) => /** @type {const} */ ([name, made.get(name)?.panel.settings?.() ?? given[name] ?? {}]));
      return Object.fromEntries(told.filter(([, settings]) => Object.keys(settings).length > 0));
    },
    /** @param {Record<string, Settings>} next */
    take(next) {
      given = next;
      for (const [name, { panel }] of made) panel.take?.(given[name] ?? {});
    },
    /** @param {View} view @param {PlayerState} state */
    draw(view, state) {
      if (open) made.get(open)?.panel.draw?.(view, state);
    },
  };

  /** @param {string | null} name */
  function choose(name) {
    show(name);
    onShow(open);
  }

  /** @param {string | null} name the panel to open; null, or a name that there is not, closes the lab */
  async function show(name) {
    const before = open;
    open = name !== null && Object.hasOwn(PANELS, name) ? name : null;
    host.hidden = open === null;
    document.body.classList.toggle("in-lab", open !== null);
    button.setAttribute("aria-expanded", String(open !== null));
    for (const tab of tabs) {
      tab.setAttribute("aria-selected", String(tab.dataset.tab === open));
      tab.tabIndex = tab.dataset.tab === open ? 0 : -1;
      if (tab.dataset.tab === open) tab.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
    if (before !== null && before !== open) made.get(before)?.panel.hide?.();
    if (open === null) return;
    last = open;
    host.setAttribute("aria-label", title(open));
    heading.textContent = title(open);
    // Another panel's content does not stand under this one's name while this one is loaded.
    const tidy = () => made.forEach(({ body }, key) => (body.hidden = key !== open));
    tidy();
    await furnish(open);
    tidy();
    if (open) made.get(open)?.panel.show();
  }

  /** Arrows go from tab to tab and open it. @param {KeyboardEvent} event */
  function travel(event) {
    const at = tabs.findIndex((tab) => tab === event.target);
    const last = tabs.length - 1;
    const to = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at === 0 ? last : at - 1, Home: 0, End: last }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    tabs[to].focus();
    choose(tabs[to].dataset.tab ?? null);
  }

  /** @param {string} name */
  async function furnish(name) {
    const create = await PANELS[name]();
    if (made.has(name)) return;
    const body = make("div", { role: "tabpanel", id: `panel-${name}`, "aria-labelledby": `tab-${name}`, tabIndex: 0 });
    bodies.append(body);
    const panel = create(body, bench);
    if (given[name]) panel.take?.(given[name]);
    made.set(name, { panel, body });
  }
}

/** @param {string} name */
function title(name) {
  return t(/** @type {import("../i18n/strings.js").Key} */ (`${name}.title`));
}

/**
 * `<tide-graph>`: a graph in anybody's page. It does nothing until it comes into sight; then it loads what draws,
 * draws in a shadow root, and tells the page what happens by events.
 *
 * @import {Source} from "./viewer.js"
 */
import { hiddenOf } from "../state/conceal.js";
import { tideElement } from "./tide-element.js";

const ALL = "equation transport key inspector";
/** Its place is kept from the start, so that nothing around it jumps when it is drawn. */
const PLACE =
  ":host { display: block; height: var(--tide-height, 560px); } :host([hidden]) { display: none; } [role] { margin: 16px; } ::slotted(svg) { display: block; max-width: 100%; max-height: 100%; margin: auto; }";

/** Where a graph comes from: the first that is set counts. */
const SOURCES = ["trace", "program", "example"];
/** What only a program has: a trace is shown as it was recorded. */
const OF_PROGRAMS = ["values", "sizes", "open"];

/** What the graph is drawn anew for when it changes; everything else is followed in the graph that is there. */
const DRAWN = ["program", "example", "trace", "sizes", "open", "steps", "readonly", "server"];

/** @typedef {((view: import("../types.js").View) => import("../scene/annotate.js").Paint) | null} Annotation */

/**
 * @typedef {object} Home
 * @property {string | null} server where runs are computed, with a slash at its end
 * @property {() => string} workerUrl of the layout
 * @property {() => void} loadFonts
 * @property {Element | null} [frame] that a page with nothing but a graph is shown in, where it may know
 */

/** @param {Home} home */
export function defineElement(home) {
  if (customElements.get("tide-graph")) return;

  class TideGraph extends tideElement(home) {
    static observedAttributes = [...DRAWN, "theme", "moment", "values", "panels", "digits", "scientific", "hide"];

    /** @type {import("./viewer.js").Viewer | null} */
    #viewer = null;
    #drawing = 0;
    /** Whether it is being drawn, and whether it is to be drawn once more. */
    #busy = false;
    #stale = false;
    /** What was asked of it before it was there. @type {{ moment?: number | string, play?: boolean }} */
    #wished = {};
    /** @type {Annotation} */
    #annotation = null;
    /** What else is done as soon as it is there. @type {((viewer: import("./viewer.js").Viewer) => unknown)[]} */
    #later = [];

    /** What is shown, where another element brings it. @type {Source | null} */
    source = null;

    constructor() {
      super();
      const place = new CSSStyleSheet();
      place.replaceSync(PLACE);
      this.root.adoptedStyleSheets = [place];
    }

    get begun() {
      return this.#viewer !== null && !this.#stale;
    }

    begin() {
      this.#draw();
    }

    disconnectedCallback() {
      super.disconnectedCallback();
      this.#viewer?.pause();
    }

    /** @param {string} name */
    change(name) {
      if (this.#drawing === 0) return;
      if (this.#busy || !this.#viewer || DRAWN.includes(name)) this.#redraw();
      else this.#follow(this.#viewer, name);
    }

    /** Moves the show on or back, to a number of steps or a name: `gradient W1`. @param {number | string} moment */
    seek(moment) {
      if (this.#viewer) this.#viewer.seek(moment);
      else this.#wished.moment = moment;
    }

    /** The same, and the last step is shown happening. @param {number | string} moment */
    go(moment) {
      if (this.#viewer) this.#viewer.go(moment);
      else this.#wished.moment = moment;
    }

    /** Lets marks stand out: ids of nodes, or all paths from one to the target; nothing for all. @param {string | string[] | null} [ids] @param {{ paths?: string }} [options] */
    mark(ids = null, { paths } = {}) {
      const nodes = typeof ids === "string" ? ids.split(/[\s,]+/).filter(Boolean) : ids;
      this.#whenThere((viewer) => viewer.mark(nodes, paths));
    }

    /** Selects a variable or an operator. @param {string | null} [id] */
    select(id = null) {
      this.#whenThere((viewer) => viewer.select(id));
    }

    /** Opens these scopes and closes all others. @param {string | string[]} [ids] */
    open(ids = []) {
      const scopes = typeof ids === "string" ? ids.split(/[\s,]+/).filter(Boolean) : ids;
      this.#whenThere((viewer) => viewer.open(scopes));
    }

    /** @param {(viewer: import("./viewer.js").Viewer) => unknown} act */
    #whenThere(act) {
      if (this.#viewer && !this.#busy) act(this.#viewer);
      else this.#later.push(act);
    }

    /** Shows the next step happen. */
    step() {
      this.#viewer?.step();
    }

    play() {
      if (this.#viewer) this.#viewer.play();
      else this.#wished.play = true;
    }

    pause() {
      if (this.#viewer) this.#viewer.pause();
      else this.#wished.play = false;
    }

    /** Tints marks and labels arrows, in this and every later drawing. @param {Annotation} annotation */
    annotate(annotation) {
      this.#annotation = annotation;
      this.#viewer?.annotate(annotation);
    }

    get #moment() {
      const moment = this.getAttribute("moment")?.trim() ?? "";
      return /^[a-z]/i.test(moment) ? moment : Math.trunc(Number(moment)) || 0;
    }

    get #panels() {
      return (this.getAttribute("panels") ?? ALL).split(/[\s,]+/);
    }

    /** An attribute that is JSON. @param {string} name */
    #json(name) {
      const text = this.getAttribute(name);
      if (!text) return {};
      try {
        return JSON.parse(text);
      } catch {
        throw new Error(`The attribute ${name} of a tide-graph is JSON, such as {"a": 1}.`);
      }
    }

    /** @param {import("./viewer.js").Viewer} viewer @param {string} name of an attribute that changed */
    #follow(viewer, name) {
      if (name === "moment") viewer.seek(this.#moment);
      else if (name === "panels") viewer.choosePanels(this.#panels);
      else if (name === "values") this.#change(viewer);
      else if (name === "hide") viewer.hide(hiddenOf(this.getAttribute("hide")));
      else viewer.rewrite();
    }

    /** @param {import("./viewer.js").Viewer} viewer */
    #change(viewer) {
      try {
        viewer.setValues(this.#json("values"));
      } catch (error) {
        this.#tell("problem", { message: /** @type {Error} */ (error).message, hint: "" });
      }
    }

    /** Draws anew, once for all attributes that are changed together. */
    #redraw() {
      if (this.#stale) return;
      this.#stale = true;
      queueMicrotask(() => this.isConnected && this.#stale && this.#draw());
    }

    /** @param {string} name @param {object} detail */
    #tell(name, detail) {
      this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
    }

    async #draw() {
      const mine = (this.#drawing += 1);
      this.#viewer?.pause();
      [this.#busy, this.#stale] = [true, false];
      home.loadFonts();
      const server = this.getAttribute("server")?.replace(/\/*$/, "/") ?? home.server;
      try {
        const [{ createViewer }, maths, source] = await Promise.all([
          import("./viewer.js"),
          import("./maths.js"),
          this.#source(server),
        ]);
        if (mine !== this.#drawing) return;
        this.#stale = !this.isConnected;
        this.#busy = false;
        if (this.#stale) return;
        const [first, last] = (this.getAttribute("steps") ?? "").split("-");
        if (source.theme && !this.hasAttribute("theme")) this.setAttribute("theme", source.theme);
        const { moment = source.moment ?? this.#moment, play = this.hasAttribute("autoplay") } = this.#wished;
        this.#wished = {};
        this.#viewer = createViewer(this.root, source, {
          server,
          mathStyles: maths.styles,
          workerUrl: home.workerUrl(),
          readOnly: this.hasAttribute("readonly"),
          autoplay: play,
          moment,
          steps: [Number(first) || 0, Number(last) || Infinity],
          panels: this.#panels,
          hidden: hiddenOf(this.getAttribute("hide")),
          tell: (name, detail) => this.#tell(name, detail),
        });
        this.#viewer.annotate(this.#annotation);
        for (const act of this.#later.splice(0)) act(this.#viewer);
      } catch (error) {
        if (mine !== this.#drawing) return;
        this.#busy = false;
        const message = this.fail(error, this.querySelector(":scope > svg") ? "status" : "alert");
        this.#viewer = null;
        this.#tell("problem", { message, hint: "" });
      }
    }

    /** Says which attributes are set and not read: of several sources the first of `SOURCES` counts. */
    #warn() {
      const set = (/** @type {string[]} */ names) => names.filter((name) => this.getAttribute(name));
      const [source, ...others] = set(SOURCES);
      const ignored = [...others, ...(source === "trace" ? set(OF_PROGRAMS) : [])];
      if (ignored.length > 0) console.warn(`tide-graph: ${source} is shown; ${ignored.join(", ")} ignored.`);
    }

    /** @param {string | null} server @returns {Promise<Source>} */
    async #source(server) {
      this.#warn();
      const trace = this.getAttribute("trace");
      if (trace) return recorded(await read(new URL(trace, document.baseURI).href));
      const values = this.#json("values");
      const sizes = this.#json("sizes");
      const open = this.getAttribute("open")?.split(",").filter(Boolean);
      const program = this.getAttribute("program");
      if (program) return { program, values, sizes, open };
      const example = this.getAttribute("example");
      if (example && server !== null) {
        const found = await read(`${server}api/v1/examples/${encodeURIComponent(example)}`);
        return { program: found.program, layout: found.layout, values, sizes, open };
      }
      if (this.source) return this.source;
      const held = [...this.children].find((child) => child instanceof HTMLScriptElement);
      if (held?.type === "application/json") return recorded(JSON.parse(held.text));
      if (held) return { program: held.text.trim(), values, sizes, open };
      throw new Error("A tide-graph has a program, an example or a trace.");
    }
  }

  customElements.define("tide-graph", TideGraph);
}

/** A file that `tidegraph export` wrote, or a trace as the API answers it. @param {any} body @returns {Source} */
function recorded(body) {
  return body.graph ? { trace: body } : body;
}

/** @param {string} url */
async function read(url) {
  const response = await fetch(url).catch(() => {
    throw new Error(`${url} cannot be reached.`);
  });
  if (response.ok) return response.json();
  const problem = await response.json().catch(() => null);
  if (problem?.detail) throw new Error(problem.detail);
  throw new Error(`${url} is not there (${response.status}).`);
}

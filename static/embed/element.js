/**
 * `<tide-graph>`: a graph in anybody's page. It does nothing until it comes into sight; then it loads what draws,
 * draws in a shadow root, and tells the page what happens by events.
 *
 * @import {Source} from "./viewer.js"
 */
import { hostTheme, onHostTheme } from "./host.js";

const ALL = "equation transport key inspector";
const NEAR = "400px";
/** Its place is kept from the start, so that nothing around it jumps when it is drawn. */
const PLACE = ":host { display: block; height: var(--tide-height, 560px); } :host([hidden]) { display: none; }";

/**
 * @typedef {object} Home
 * @property {string | null} server where runs are computed, with a slash at its end
 * @property {() => string} workerUrl of the layout
 * @property {() => void} loadFonts
 */

/** @param {Home} home */
export function defineElement(home) {
  if (customElements.get("tide-graph")) return;

  class TideGraph extends HTMLElement {
    static observedAttributes = ["theme", "moment", "values", "program", "example", "trace", "digits", "scientific"];

    /** @type {import("./viewer.js").Viewer | null} */
    #viewer = null;
    #root = this.attachShadow({ mode: "open" });
    /** @type {IntersectionObserver | null} */
    #sight = null;
    #forgetHost = () => {};
    #drawing = 0;

    constructor() {
      super();
      const place = new CSSStyleSheet();
      place.replaceSync(PLACE);
      this.#root.adoptedStyleSheets = [place];
    }

    connectedCallback() {
      this.#paint();
      this.#forgetHost = onHostTheme(() => this.#paint());
      this.#sight = new IntersectionObserver(
        (entries) => {
          if (!entries.some((entry) => entry.isIntersecting)) return;
          this.#sight?.disconnect();
          this.#draw();
        },
        { rootMargin: NEAR },
      );
      this.#sight.observe(this);
    }

    disconnectedCallback() {
      this.#sight?.disconnect();
      this.#forgetHost();
      this.pause();
      this.#viewer = null;
    }

    /** @param {string} name */
    attributeChangedCallback(name) {
      if (!this.isConnected) return;
      if (name === "theme") this.#paint();
      else if (name === "moment") this.seek(Number(this.getAttribute("moment")));
      else if (name === "values") this.#viewer?.setValues(this.#values());
      else if (name === "digits" || name === "scientific") this.#viewer?.rewrite();
      else if (this.#drawing > 0) this.#draw();
    }

    /** Moves the show on or back. @param {number} moment */
    seek(moment) {
      this.#viewer?.player.seek(moment);
    }

    /** Shows the next step happen. */
    step() {
      this.#viewer?.player.step();
    }

    play() {
      this.#viewer?.player.play();
    }

    pause() {
      this.#viewer?.player.pause();
    }

    #values() {
      return JSON.parse(this.getAttribute("values") ?? "{}");
    }

    #paint() {
      const wish = this.getAttribute("theme");
      this.dataset.theme = wish === "light" || wish === "dark" ? wish : hostTheme(this);
    }

    async #draw() {
      const mine = (this.#drawing += 1);
      this.pause();
      home.loadFonts();
      const server = this.getAttribute("server")?.replace(/\/*$/, "/") ?? home.server;
      const values = this.getAttribute("values");
      try {
        const [{ createViewer }, maths, source] = await Promise.all([
          import("./viewer.js"),
          import("./maths.js"),
          this.#source(server),
        ]);
        if (mine !== this.#drawing || !this.isConnected) return;
        const [first, last] = (this.getAttribute("steps") ?? "").split("-");
        this.#viewer = createViewer(this.#root, source, {
          server,
          mathStyles: maths.styles,
          workerUrl: home.workerUrl(),
          readOnly: this.hasAttribute("readonly"),
          autoplay: this.hasAttribute("autoplay"),
          moment: Number(this.getAttribute("moment")) || 0,
          steps: [Number(first) || 0, Number(last) || Infinity],
          panels: (this.getAttribute("panels") ?? ALL).split(/[\s,]+/),
          tell: (name, detail) => this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true })),
        });
        if (this.getAttribute("values") !== values) this.#viewer.setValues(this.#values());
      } catch (error) {
        const words = document.createElement("p");
        words.textContent = error instanceof Error ? error.message : String(error);
        this.#root.replaceChildren(words);
      }
    }

    /** @param {string | null} server @returns {Promise<Source>} */
    async #source(server) {
      const trace = this.getAttribute("trace");
      if (trace) return recorded(await read(new URL(trace, document.baseURI).href));
      const values = this.#values();
      const sizes = JSON.parse(this.getAttribute("sizes") ?? "{}");
      const open = this.getAttribute("open")?.split(",").filter(Boolean);
      const example = this.getAttribute("example");
      if (example && server !== null) {
        const found = await read(`${server}api/v1/examples/${encodeURIComponent(example)}`);
        return { program: found.program, layout: found.layout, values, sizes, open };
      }
      const program = this.getAttribute("program");
      if (program) return { program, values, sizes, open };
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
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} is not there (${response.status}).`);
  return response.json();
}

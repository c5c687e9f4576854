/**
 * `<tide-tour>`: a graph that is told stop by stop. `mode` is `steps` (a caption beside the graph), `scroll` (the graph
 * follows the text that is read) or `slides` (arrow keys, or fragment by fragment in a deck of reveal.js).
 *
 * @import {Home} from "./element.js"
 */
import { hostTheme, onHostTheme } from "./host.js";

const NEAR = "600px";

/** @param {Home} home */
export function defineTour(home) {
  if (customElements.get("tide-tour")) return;

  class TideTour extends HTMLElement {
    static observedAttributes = ["theme", "stop"];

    #root = this.attachShadow({ mode: "open" });
    #forgetHost = () => {};
    #begun = false;
    /** @type {Awaited<ReturnType<typeof import("./touring.js").tour>> | null} */
    #tour = null;
    #stop = 0;

    constructor() {
      super();
      this.#root.append(document.createElement("slot"));
    }

    connectedCallback() {
      this.#paint();
      this.#forgetHost = onHostTheme(home.frame ?? this, () => this.#paint());
      this.#fragments();
      if (this.#begun) return;
      const sight = new IntersectionObserver(
        (entries) => {
          if (!entries.some((entry) => entry.isIntersecting)) return;
          sight.disconnect();
          this.#begin();
        },
        { rootMargin: NEAR },
      );
      sight.observe(this);
    }

    disconnectedCallback() {
      this.#forgetHost();
    }

    /** @param {string} name */
    attributeChangedCallback(name) {
      if (name === "theme") this.#paint();
      else this.go(Math.max(1, Number(this.getAttribute("stop")) || 1));
    }

    /** The number of the stop, from 1. */
    get stop() {
      return this.#stop + 1;
    }

    /** Goes to a stop. @param {number} number from 1 */
    go(number) {
      this.#stop = number - 1;
      this.#tour?.go(this.#stop);
    }

    next() {
      this.go(this.stop + 1);
    }

    back() {
      this.go(Math.max(1, this.stop - 1));
    }

    #paint() {
      const wish = this.getAttribute("theme");
      const theme = wish === "light" || wish === "dark" ? wish : this.isConnected && hostTheme(home.frame ?? this);
      if (theme && this.dataset.theme !== theme) this.dataset.theme = theme;
    }

    /** In a deck of reveal.js every stop after the first is a fragment of the slide. */
    #fragments() {
      const deck = this.closest(".reveal");
      const text = this.querySelector("script")?.text ?? "";
      if (!deck || this.getAttribute("mode") !== "slides" || this.querySelector(".fragment")) return;
      const count = Number(this.dataset.stops) || text.split(/^##\s/m).length - 1;
      const marks = Array.from({ length: Math.max(0, count - 1) }, () => Object.assign(document.createElement("span"), { className: "fragment" }));
      this.append(...marks);
      for (const [type, by] of /** @type {const} */ ([["fragmentshown", 2], ["fragmenthidden", 1]])) {
        deck.addEventListener(type, (event) => {
          const at = marks.indexOf(/** @type {any} */ (event).fragment);
          if (at >= 0) this.go(at + by);
        });
      }
      /** @type {any} */ (globalThis).Reveal?.sync?.();
    }

    async #begin() {
      this.#begun = true;
      home.loadFonts();
      try {
        const { tour } = await import("./touring.js");
        this.#tour = await tour(this, this.#root, home, (at) => (this.#stop = at));
        this.#tour.go(this.#stop);
      } catch (error) {
        const words = document.createElement("p");
        words.setAttribute("role", "alert");
        words.textContent = error instanceof Error ? error.message : String(error);
        this.#root.replaceChildren(document.createElement("slot"), words);
      }
    }
  }

  customElements.define("tide-tour", TideTour);
}

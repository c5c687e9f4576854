/**
 * `<tide-tour>`: a graph that is told stop by stop. `mode` is `steps` (a caption beside the graph), `scroll` (the graph
 * follows the text that is read) or `slides` (arrow keys, or fragment by fragment in a deck of reveal.js).
 *
 * @import {Home} from "./element.js"
 */
import { tideElement } from "./tide-element.js";

/** @param {Home} home */
export function defineTour(home) {
  if (customElements.get("tide-tour")) return;

  class TideTour extends tideElement(home) {
    static observedAttributes = ["theme", "stop", "learner"];

    #shown = false;
    /** @type {Awaited<ReturnType<typeof import("./touring.js").tour>> | null} */
    #tour = null;
    #stop = 0;

    get begun() {
      return this.#shown;
    }

    connectedCallback() {
      super.connectedCallback();
      this.#fragments();
    }

    begin() {
      this.#tell();
    }

    /** @param {string} name */
    change(name) {
      if (name === "learner") this.root.querySelectorAll("tide-question").forEach((asking) => asking.setAttribute("learner", this.getAttribute("learner") ?? ""));
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

    async #tell() {
      this.#shown = true;
      home.loadFonts();
      try {
        const { tour } = await import("./touring.js");
        this.#tour = await tour(this, this.root, home, (at) => (this.#stop = at));
        this.#tour.go(this.#stop);
      } catch (error) {
        this.fail(error);
      }
    }
  }

  customElements.define("tide-tour", TideTour);
}

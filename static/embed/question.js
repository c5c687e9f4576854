/**
 * `<tide-question>`: a question about a graph. The engine judges the answer: the server, or, in a page without one, the
 * published key that the page was built with. What is asked loads when the question comes into sight.
 *
 * @import {Home} from "./element.js"
 */
import { tideElement } from "./tide-element.js";

/** @param {Home} home */
export function defineQuestion(home) {
  if (customElements.get("tide-question")) return;

  class TideQuestion extends tideElement(home) {
    static observedAttributes = ["program", "example", "question", "learner", "server", "theme"];

    #asked = false;
    #turn = 0;

    get begun() {
      return this.#asked;
    }

    begin() {
      this.#ask();
    }

    change() {
      if (this.#asked) queueMicrotask(() => this.isConnected && this.#ask());
    }

    async #ask() {
      this.#asked = true;
      const mine = (this.#turn += 1);
      home.loadFonts();
      try {
        const { ask } = await import("./asking.js");
        if (mine === this.#turn) await ask(this, this.root, home, () => mine === this.#turn);
      } catch (error) {
        if (mine === this.#turn) this.fail(error);
      }
    }
  }

  customElements.define("tide-question", TideQuestion);
}

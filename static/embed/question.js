/**
 * `<tide-question>`: a question about a graph. The engine judges the answer: the server, or, in a page without one, the
 * published key that the page was built with. What is asked loads when the question comes into sight.
 *
 * @import {Home} from "./element.js"
 */
import { hostTheme, onHostTheme } from "./host.js";

const NEAR = "600px";

/** @param {Home} home */
export function defineQuestion(home) {
  if (customElements.get("tide-question")) return;

  class TideQuestion extends HTMLElement {
    static observedAttributes = ["program", "example", "question", "learner", "server", "theme"];

    #root = this.attachShadow({ mode: "open" });
    #begun = false;
    #turn = 0;
    #forgetHost = () => {};

    constructor() {
      super();
      // The text and the picture that the page brings stay until the question is there.
      this.#root.append(document.createElement("slot"));
    }

    connectedCallback() {
      this.#paint();
      this.#forgetHost = onHostTheme(home.frame ?? this, () => this.#paint());
      if (this.#begun) return;
      const sight = new IntersectionObserver(
        (entries) => {
          if (!entries.some((entry) => entry.isIntersecting)) return;
          sight.disconnect();
          this.#ask();
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
      else if (this.#begun) queueMicrotask(() => this.isConnected && this.#ask());
    }

    #paint() {
      const wish = this.getAttribute("theme");
      const theme = wish === "light" || wish === "dark" ? wish : this.isConnected && hostTheme(home.frame ?? this);
      if (theme && this.dataset.theme !== theme) this.dataset.theme = theme;
    }

    async #ask() {
      this.#begun = true;
      const mine = (this.#turn += 1);
      home.loadFonts();
      try {
        const { ask } = await import("./asking.js");
        if (mine === this.#turn) await ask(this, this.#root, home, () => mine === this.#turn);
      } catch (error) {
        if (mine !== this.#turn) return;
        const words = document.createElement("p");
        words.setAttribute("role", "alert");
        words.textContent = error instanceof Error ? error.message : String(error);
        this.#root.replaceChildren(document.createElement("slot"), words);
      }
    }
  }

  customElements.define("tide-question", TideQuestion);
}

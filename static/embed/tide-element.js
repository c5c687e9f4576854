/**
 * What every element here does: it begins when it comes into sight, and follows the theme of the page around it. Until
 * then, and where nothing can be shown, what the page put inside it stays in sight.
 *
 * @import {Home} from "./element.js"
 */
import { hostTheme, onHostTheme } from "./host.js";

const NEAR = "400px";

/** The class that elements of a page are made from. @param {Home} home */
export const tideElement = (home) =>
  class extends HTMLElement {
    root = this.attachShadow({ mode: "open" });
    /** @type {IntersectionObserver | null} */
    sight = null;
    forgetHost = () => {};

    constructor() {
      super();
      this.root.append(document.createElement("slot"));
    }

    connectedCallback() {
      this.paint();
      this.forgetHost = onHostTheme(home.frame ?? this, () => this.paint());
      if (this.begun) return;
      if (this.getAttribute("loading") === "eager") {
        this.begin();
        return;
      }
      this.sight = new IntersectionObserver(
        (entries) => {
          if (!entries.some((entry) => entry.isIntersecting)) return;
          this.sight?.disconnect();
          this.begin();
        },
        { rootMargin: NEAR },
      );
      this.sight.observe(this);
    }

    disconnectedCallback() {
      this.sight?.disconnect();
      this.forgetHost();
    }

    /** @param {string} name */
    attributeChangedCallback(name) {
      if (name === "theme") this.paint();
      else this.change(name);
    }

    /** Whether it need not begin again. */
    get begun() {
      return false;
    }

    begin() {}

    /** An attribute has another value. @param {string} name */
    change(name) {
      void name;
    }

    paint() {
      const chosen = this.getAttribute("theme");
      const theme = chosen === "light" || chosen === "dark" ? chosen : this.isConnected && hostTheme(home.frame ?? this);
      if (theme && this.dataset.theme !== theme) this.dataset.theme = theme;
    }

    /** Says in its place why nothing is shown. @param {unknown} error @param {"alert" | "status"} role @returns {string} */
    fail(error, role = "alert") {
      const words = document.createElement("p");
      words.setAttribute("role", role);
      words.textContent = error instanceof Error ? error.message : String(error);
      this.root.replaceChildren(document.createElement("slot"), words);
      return words.textContent;
    }
  };

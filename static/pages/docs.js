/** The API's documentation: its OpenAPI document, drawn by Swagger UI. */
import "swagger-ui-dist/swagger-ui.css";
import "./docs.css";
import SwaggerUI from "swagger-ui-dist/swagger-ui-es-bundle.js";

const domNode = /** @type {HTMLElement} */ (document.getElementById("docs"));
const url = /** @type {string} */ (domNode.dataset.openapi);
const dark = matchMedia("(prefers-color-scheme: dark)");

showTheme();
dark.addEventListener("change", showTheme);
new MutationObserver(mend).observe(domNode, { childList: true, subtree: true });
SwaggerUI({ url, domNode, deepLinking: true, validatorUrl: null, syntaxHighlight: { activated: false } });

/** Swagger UI has colours of its own for the dark, and waits to be told. */
function showTheme() {
  const { theme } = document.documentElement.dataset;
  document.documentElement.classList.toggle("dark-mode", theme === "dark" || (theme !== "light" && dark.matches));
}

/** What scrolls is reached by the keyboard; a link inside a button that does the same is none. */
function mend() {
  for (const example of /** @type {NodeListOf<HTMLElement>} */ (domNode.querySelectorAll("pre.example"))) example.tabIndex = 0;
  for (const link of domNode.querySelectorAll(".opblock-summary-control a[href]")) link.removeAttribute("href");
}

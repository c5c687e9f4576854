/** The API's documentation: its OpenAPI document, drawn by Swagger UI, with a word to whoever reads another language. */
import "swagger-ui-dist/swagger-ui.css";
import "./docs.css";
import SwaggerUI from "swagger-ui-dist/swagger-ui-es-bundle.js";
import { language } from "./strings/strings.js";

const domNode = /** @type {HTMLElement} */ (document.getElementById("docs"));
const url = /** @type {string} */ (domNode.dataset.openapi);

if (language === "zh") {
  const words = /** @type {Record<string, string>} */ ((await import("./strings/zh-reference.js")).reference);
  document.documentElement.lang = "zh-Hans";
  for (const element of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-word]"))) {
    element.textContent = words[element.dataset.word ?? ""] ?? element.textContent;
    element.hidden = false;
  }
}
SwaggerUI({ url, domNode, deepLinking: true, validatorUrl: null });

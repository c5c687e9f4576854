/** The API's documentation: its OpenAPI document, drawn by Swagger UI. */
import "swagger-ui-dist/swagger-ui.css";
import SwaggerUI from "swagger-ui-dist/swagger-ui-es-bundle.js";

const domNode = /** @type {HTMLElement} */ (document.getElementById("docs"));
const url = /** @type {string} */ (domNode.dataset.openapi);

SwaggerUI({ url, domNode, deepLinking: true, validatorUrl: null });

/** The API's documentation: its OpenAPI document, drawn by Swagger UI. */
import "swagger-ui-dist/swagger-ui.css";
import SwaggerUI from "swagger-ui-dist/swagger-ui-es-bundle.js";

const domNode = document.getElementById("docs");

SwaggerUI({ url: domNode.dataset.openapi, domNode, deepLinking: true, validatorUrl: null });

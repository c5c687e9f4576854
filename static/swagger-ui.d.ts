/** What the documentation page uses of swagger-ui-dist, which comes without types. */

declare module "swagger-ui-dist/swagger-ui-es-bundle.js" {
  export default function SwaggerUI(options: {
    url: string;
    domNode: HTMLElement;
    deepLinking: boolean;
    validatorUrl: null;
    syntaxHighlight: { activated: boolean };
  }): void;
}

declare module "*.css";

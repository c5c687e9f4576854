import js from "@eslint/js";
import globals from "globals";

const inStrings = "Words that are shown are in static/i18n/, one file a language.";
const shown = [
  "Literal[value=/^[A-Z][a-z]+ [A-Za-z]+/]",
  ":not(NewExpression) > TemplateLiteral > TemplateElement[value.raw=/(^[A-Z][a-z]+|[a-z]{2,} [a-z]+) /]",
  "Property[key.value=/^aria-(label|valuetext|description)$/] > Literal.value[value=/[a-z]{2}/]",
  "Property[key.name=/^(title|placeholder|textContent)$/] > Literal.value[value=/[a-z]{2}/]",
  "AssignmentExpression[left.property.name=/^(title|placeholder|textContent|innerText)$/] > Literal[value=/[A-Za-z]{2}/]",
  "CallExpression[callee.property.name='setAttribute'][arguments.0.value='aria-label'] > Literal.arguments:nth-child(2)",
  "CallExpression[callee.property.name='attr'][arguments.0.value='aria-label'] > Literal.arguments:nth-child(2)",
  "CallExpression[callee.name='button'] > Literal.arguments:first-child[value=/[a-z]/]",
];

export default [
  { ignores: ["static/dist/", "node_modules/"] },
  js.configs.recommended,
  {
    languageOptions: { ecmaVersion: 2024, sourceType: "module", globals: { ...globals.browser } },
    rules: {
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-var": "error",
      "prefer-const": "error",
      "max-lines": ["error", 500],
    },
  },
  {
    files: ["static/**/*.js"],
    ignores: ["static/i18n/**"],
    rules: { "no-restricted-syntax": ["error", ...shown.map((selector) => ({ selector, message: inStrings }))] },
  },
  { files: ["static/build.mjs", "static/embed/*.mjs", "tests/**/*.mjs"], languageOptions: { globals: { ...globals.node } } },
];

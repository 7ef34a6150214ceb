import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: ["data/", "runs/"] },
  js.configs.recommended,
  {
    rules: { eqeqeq: "error", "no-var": "error", "prefer-const": "error", "no-new-func": "error" },
  },
  { files: ["pages/**/*.js"], languageOptions: { globals: globals.browser } },
  { files: ["tests/js/**/*.js"], languageOptions: { globals: globals.node } },
];

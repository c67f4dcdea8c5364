import js from "@eslint/js";
import { defineConfig } from "eslint/config";
import { importX } from "eslint-plugin-import-x";
import jsxA11y from "eslint-plugin-jsx-a11y";
import hooks from "eslint-plugin-react-hooks";
import ts from "typescript-eslint";

const FEATURES = ["rides", "ride", "upload", "account", "public", "map", "profile", "ride-edit"];
const SHARED = ["ui", "i18n", "api", "trip-form"];

/** Pages compose features; features know what is shared, and not each other; what is shared, less. */
const zones = [
  ...FEATURES.map((feature) => ({
    target: `./src/${feature}`,
    from: ["pages", ...FEATURES.filter((other) => other !== feature)].map(
      (room) => `./src/${room}`,
    ),
    message: "a page brings features together",
  })),
  ...SHARED.map((room) => ({
    target: `./src/${room}`,
    from: ["pages", ...FEATURES].map((other) => `./src/${other}`),
    message: "what is shared knows no feature",
  })),
  { target: "./src/api", from: "./src/ui", message: "the client shows nothing" },
];

export default defineConfig(
  { ignores: ["dist", "node_modules", "src/api/schema.d.ts"] },
  js.configs.recommended,
  ts.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ["*.js", "*.mjs", "vite.config.ts"] },
      },
    },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
    },
  },
  {
    files: ["*.js", "*.mjs", "vite.config.ts", "tests/**"],
    extends: [ts.configs.disableTypeChecked],
  },
  {
    files: ["*.mjs", "tests/**"],
    languageOptions: { globals: { process: "readonly", console: "readonly" } },
  },
  {
    files: ["src/**/*.{ts,tsx}"],
    extends: [jsxA11y.flatConfigs.strict, hooks.configs.flat.recommended],
    plugins: { "import-x": importX },
    settings: { "import-x/resolver": { node: { extensions: [".ts", ".tsx"] } } },
    rules: {
      "import-x/no-restricted-paths": ["error", { basePath: import.meta.dirname, zones }],
      "import-x/no-cycle": "error",
      "max-lines": ["error", { max: 250, skipBlankLines: true, skipComments: true }],
    },
  },
  // Catalogues of sentences are as long as there are sentences.
  {
    files: [
      "src/**/texts.ts",
      "src/api/problems.ts",
      "src/ride/warnings.ts",
      "src/**/*.test.{ts,tsx}",
    ],
    rules: { "max-lines": "off" },
  },
);

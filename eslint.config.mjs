// Strictness and import directions (docs/architecture.md): imports go down only,
// ui → app → notebook → services → transport → base, and app → hub → transport → base.
import regexp from "eslint-plugin-regexp";
import tseslint from "typescript-eslint";

/** What each folder of src/ may not import; type imports count. */
const forbidden = {
  base: ["transport", "hub", "services", "notebook", "app", "ui"],
  transport: ["hub", "services", "notebook", "app", "ui"],
  hub: ["services", "notebook", "app", "ui"],
  services: ["hub", "notebook", "app", "ui"],
  notebook: ["hub", "app", "ui"],
  app: ["ui"],
};

const wire = { group: ["node-fetch", "ws"], message: "Only src/transport speaks to the network." };
const vscode = { group: ["vscode"], message: "Only src/ui and src/extension.ts know VS Code." };
const unbounded = { group: ["**/transport/http"], importNames: ["request", "requestJson"], message: "src/hub/request.ts bounds what a hub answers." };
const upwards = (folders) => ({
  group: folders.flatMap((folder) => [`**/${folder}`, `**/${folder}/**`]),
  message: "Imports go down only; see docs/architecture.md.",
});
const restrict = (files, patterns) => ({
  files,
  rules: { "no-restricted-imports": ["error", { patterns }] },
});

export default tseslint.config(
  { ignores: ["node_modules", "dist", "out", "**/*.js", "**/*.mjs"] },
  ...tseslint.configs.strictTypeChecked,
  {
    files: ["src/**/*.ts", "test/**/*.ts"],
    languageOptions: {
      parserOptions: { project: ["./tsconfig.json", "./test/tsconfig.json"], tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "no-empty": "error",
      eqeqeq: "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
    },
  },
  {
    // A peer chooses what is matched: no expression may take more than linear time.
    files: ["src/**/*.ts"],
    plugins: { regexp },
    rules: {
      "regexp/no-super-linear-backtracking": ["error", { report: "potential" }],
      "regexp/no-super-linear-move": ["error", { report: "potential", ignoreSticky: false, ignorePartial: false }],
      "regexp/optimal-quantifier-concatenation": "error",
      "regexp/no-dupe-disjunctions": "error",
    },
  },
  {
    // mocha's chai-free tests read better with unbound promises of describe/it and empty doubles.
    files: ["test/**/*.ts"],
    rules: { "@typescript-eslint/no-empty-function": "off", "@typescript-eslint/require-await": "off" },
  },
  restrict(["src/base/**/*.ts"], [upwards(forbidden.base), wire, vscode]),
  restrict(["src/transport/**/*.ts"], [upwards(forbidden.transport), vscode]),
  restrict(["src/hub/**/*.ts"], [upwards(forbidden.hub), wire, vscode, unbounded]),
  restrict(["src/hub/request.ts"], [upwards(forbidden.hub), wire, vscode]),
  restrict(["src/services/**/*.ts"], [upwards(forbidden.services), wire, vscode]),
  restrict(["src/notebook/**/*.ts"], [upwards(forbidden.notebook), wire, vscode]),
  restrict(["src/app/**/*.ts"], [upwards(forbidden.app), wire, vscode]),
  restrict(["src/ui/**/*.ts", "src/extension.ts"], [wire]),
);

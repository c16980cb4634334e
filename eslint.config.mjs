// Strictness and import directions (docs/architecture.md): imports go down only,
// ui → app → { notebook, widgets } → services → transport → base, and app → hub → transport → base.
// That there are no circles is for .dependency-cruiser.cjs to say.
import regexp from "eslint-plugin-regexp";
import tseslint from "typescript-eslint";

/** What each folder of src/ may not import; type imports count. */
const forbidden = {
  base: ["transport", "hub", "services", "notebook", "widgets", "app", "ui"],
  transport: ["hub", "services", "notebook", "widgets", "app", "ui"],
  hub: ["services", "notebook", "widgets", "app", "ui"],
  services: ["hub", "notebook", "widgets", "app", "ui"],
  notebook: ["hub", "widgets", "app", "ui"],
  widgets: ["hub", "notebook", "app", "ui"],
  app: ["ui"],
};

const wire = { group: ["node-fetch", "ws"], message: "Only src/transport speaks to the network." };
const sockets = {
  group: ["node:http", "node:https", "node:http2", "node:net", "node:tls", "node:dgram", "node:dns"],
  message: wire.message,
};
const pure = { group: ["node:*", "!node:crypto"], message: "base/, notebook/ and widgets/ read and write nothing outside." };
const shared = { group: ["node:*", "../*"], message: "What the renderer shares with the extension knows nothing else." };
const vscode = { group: ["vscode"], message: "Only src/ui and src/extension.ts know VS Code." };
const unbounded = {
  group: ["**/transport/http"],
  importNames: ["request", "requestJson"],
  message: "src/hub/api/request.ts bounds what a hub answers.",
};
const upwards = (folders) => ({
  group: folders.flatMap((folder) => [`**/${folder}`, `**/${folder}/**`]),
  message: "Imports go down only; see docs/architecture.md.",
});
/** What shows texts: only src/ui/say does, in plain words. */
const showing = [
  ...["showErrorMessage", "showWarningMessage", "showInformationMessage", "withProgress", "withScmProgress", "setStatusBarMessage"],
  ...["showInputBox", "createInputBox", "showQuickPick", "createQuickPick", "showWorkspaceFolderPick", "showOpenDialog", "showSaveDialog"],
  ...["createStatusBarItem", "createTreeView", "registerTreeDataProvider", "createNotebookController", "createWebviewPanel"],
];
const showingClasses = ["MarkdownString", "TreeItem", "NotebookCellStatusBarItem", "FileDecoration", "Diagnostic", "InlayHint", "CodeLens"];
const inPlainWords = "Texts are shown by src/ui/say only, in plain words; see docs/architecture.md.";
const names = (all) => `/^(${all.join("|")})$/`;
const shows = [
  `MemberExpression[property.name=${names(showing)}]`,
  `MemberExpression[computed=true] > Literal.property[value=${names([...showing, ...showingClasses])}]`,
  `ObjectPattern > Property[key.name=${names([...showing, ...showingClasses])}]`,
  `ImportSpecifier[imported.name=${names(showingClasses)}]`,
  `NewExpression[callee.property.name=${names(showingClasses)}]`,
  `ClassDeclaration[superClass.property.name=${names(showingClasses)}]`,
].map((selector) => ({ selector, message: inPlainWords }));
/** VS Code shows the errors of a file system by itself. */
const fileErrors = {
  selector: "MemberExpression[property.name='FileSystemError']",
  message: "Errors of files are made by src/ui/files/errors.ts.",
};
const ownSettings = {
  selector: "CallExpression[callee.property.name='getConfiguration']:not([arguments.0.value='http'])",
  message: "Our settings are read by src/ui/settings.ts.",
};
const restrictSyntax = (files, selectors, ignores = []) => ({ files, ignores, rules: { "no-restricted-syntax": ["error", ...selectors] } });
const restrict = (files, patterns) => ({
  files,
  rules: { "no-restricted-imports": ["error", { patterns }] },
});

export default tseslint.config(
  { ignores: ["node_modules", "dist", "out", "**/*.js", "**/*.mjs"] },
  ...tseslint.configs.strictTypeChecked,
  {
    files: ["src/**/*.ts", "test/**/*.ts", "renderer/**/*.ts"],
    languageOptions: {
      parserOptions: {
        project: ["./tsconfig.json", "./test/tsconfig.json", "./renderer/tsconfig.json"],
        tsconfigRootDir: import.meta.dirname,
      },
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
    files: ["src/**/*.ts", "renderer/**/*.ts"],
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
  restrict(["src/base/**/*.ts"], [upwards(forbidden.base), wire, pure, vscode]),
  restrict(["src/transport/**/*.ts"], [upwards(forbidden.transport), vscode]),
  restrict(["src/hub/**/*.ts"], [upwards(forbidden.hub), wire, sockets, vscode, unbounded]),
  // It listens on this computer, for the browser.
  restrict(["src/hub/oauth/loopbackRedirect.ts"], [upwards(forbidden.hub), wire, vscode, unbounded]),
  restrict(["src/hub/api/request.ts"], [upwards(forbidden.hub), wire, sockets, vscode]),
  restrict(["src/services/**/*.ts"], [upwards(forbidden.services), wire, sockets, vscode]),
  restrict(["src/notebook/**/*.ts"], [upwards(forbidden.notebook), wire, pure, vscode]),
  restrict(["src/widgets/**/*.ts"], [upwards(forbidden.widgets), wire, pure, vscode]),
  restrict(["src/widgets/protocol.ts"], [shared, wire, vscode]),
  restrict(["src/app/**/*.ts"], [upwards(forbidden.app), wire, sockets, vscode]),
  restrict(["src/ui/**/*.ts", "src/extension.ts"], [wire, sockets]),
  restrict(
    ["renderer/**/*.ts"],
    [
      {
        group: ["../*", "!../src", "../src/*", "!../src/widgets", "../src/widgets/*", "!../src/widgets/protocol"],
        message: "Of the extension the renderer knows src/widgets/protocol alone.",
      },
      { group: ["node:*", "vscode"], message: "The renderer runs in a browser." },
    ],
  ),
  restrictSyntax(["src/ui/**/*.ts", "src/extension.ts"], [...shows, fileErrors, ownSettings], ["src/ui/say/**", "src/ui/files/errors.ts"]),
  restrictSyntax(["src/ui/settings.ts"], [...shows, fileErrors]),
  restrictSyntax(["src/ui/files/errors.ts"], [...shows, ownSettings]),
);

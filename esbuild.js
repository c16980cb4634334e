// Bundles the extension into dist/extension.js and says how large it is; `--watch` goes on.
const { statSync } = require("node:fs");
const esbuild = require("esbuild");

/**
 * One view of VS Code's API for all modules. esbuild would make each module that imports it a copy of its own, with a
 * getter for each of its 400 names: a tenth of the activation.
 */
const oneVscode = {
  name: "one-vscode",
  setup(build) {
    build.onResolve({ filter: /^vscode$/ }, ({ namespace }) => (namespace === "one-vscode" ? { path: "vscode", external: true } : { path: "vscode", namespace: "one-vscode" }));
    build.onLoad({ filter: /.*/, namespace: "one-vscode" }, () => ({ contents: 'export * from "vscode";' }));
  },
};

const options = {
  entryPoints: ["src/extension.ts"],
  outfile: "dist/extension.js",
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node20",
  // The polyfill is for Node without web streams, the other two are optional native code.
  external: ["bufferutil", "utf-8-validate", "web-streams-polyfill", "web-streams-polyfill/*"],
  minify: !process.argv.includes("--watch"),
  sourcemap: process.argv.includes("--watch"),
  legalComments: "none",
  logLevel: "warning",
  plugins: [oneVscode],
};

async function main() {
  if (process.argv.includes("--watch")) {
    await (await esbuild.context(options)).watch();
    return;
  }
  await esbuild.build(options);
  console.log(`dist/extension.js: ${(statSync("dist/extension.js").size / 1024).toFixed(0)} KB`);
}

main().catch((error) => {
  console.error(error.message);
  process.exit(1);
});

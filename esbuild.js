// Bundles the extension into dist/extension.js, and what it needs only later beside it; says how large they are. `--watch` goes on.
const { readdirSync, rmSync, statSync } = require("node:fs");
const path = require("node:path");
const esbuild = require("esbuild");

const outdir = path.join(__dirname, "dist");

/**
 * Packages that nothing needs before something is signed in to: with them in the bundle, VS Code would compile a third
 * more before the extension is active.
 */
const late = ["htmlparser2", "node-fetch", "oauth4webapi", "ws"];

const common = {
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
};

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

/** Leaves the late packages to their own files, each read when one of its names is first used. */
const latePackages = {
  name: "late-packages",
  setup(build) {
    build.onResolve({ filter: new RegExp(`^(${late.join("|")})$`) }, (args) => ({ path: args.path, namespace: "late" }));
    build.onResolve({ filter: /^\./, namespace: "late" }, (args) => ({ path: args.path, external: true }));
    build.onLoad({ filter: /.*/, namespace: "late" }, (args) => {
      const getters = Object.keys(require(fileOf(args.path))).map((name) => `get ${name}() { return load().${name}; }`);
      return { contents: `const load = () => require("./${args.path}.js");\nmodule.exports = { __esModule: true, ${getters.join(", ")} };` };
    });
  },
};

function fileOf(name) {
  return path.join(outdir, `${name}.js`);
}

async function main() {
  await esbuild.build({
    ...common,
    entryPoints: Object.fromEntries(late.map((name) => [name, name])),
    outdir,
    sourcemap: false,
  });
  const options = { ...common, entryPoints: ["src/extension.ts"], outdir, plugins: [oneVscode, latePackages] };
  if (process.argv.includes("--watch")) {
    await (await esbuild.context(options)).watch();
    return;
  }
  await esbuild.build(options);
  const built = ["extension", ...late].map(fileOf);
  // All that is in dist/ is packed: what an earlier build has left must not be.
  for (const file of readdirSync(outdir).map((name) => path.join(outdir, name))) if (!built.includes(file)) rmSync(file);
  for (const file of built) console.log(`${path.relative(__dirname, file)}: ${(statSync(file).size / 1024).toFixed(0)} KB`);
}

main().catch((error) => {
  console.error(error.message);
  process.exit(1);
});

// Bundles the extension into dist/extension.js, and what it needs only later beside it; says how large they are, and writes
// down in out/metafile.json what is in them. `--watch` goes on.
const { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } = require("node:fs");
const path = require("node:path");
const esbuild = require("esbuild");

const outdir = path.join(__dirname, "dist");

/**
 * Packages that nothing needs before something is signed in to: with them in the bundle, VS Code would compile a third
 * more before the extension is active.
 */
const late = ["htmlparser2", "node-fetch", "oauth4webapi", "ws"];

/**
 * Packages that bundled ones ask for if they are there: the polyfill is for Node without web streams, the other two are
 * native code. They are not there, and Node must not look for them: it would do so in every folder above the extension's,
 * and on some computers other people may write to one, such as C:\node_modules.
 */
const absentPackages = {
  name: "absent-packages",
  setup(build) {
    build.onResolve({ filter: /^(bufferutil|utf-8-validate|web-streams-polyfill)($|\/)/ }, ({ path }) => ({ path, namespace: "absent" }));
    build.onLoad({ filter: /.*/, namespace: "absent" }, ({ path }) => ({
      contents: `throw new Error("${path} is not part of the extension.");`,
    }));
  },
};

const common = {
  absWorkingDir: __dirname,
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node20",
  minify: !process.argv.includes("--watch"),
  sourcemap: process.argv.includes("--watch"),
  // All licences are in dist/NOTICES.txt, which npm run build makes from the metafile.
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
};

/**
 * One view of VS Code's API for all modules. esbuild would make each module that imports it a copy of its own, with a
 * getter for each of its 400 names: a tenth of the activation.
 */
const oneVscode = {
  name: "one-vscode",
  setup(build) {
    build.onResolve({ filter: /^vscode$/ }, ({ namespace }) =>
      namespace === "one-vscode" ? { path: "vscode", external: true } : { path: "vscode", namespace: "one-vscode" },
    );
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
      return {
        contents: `const load = () => require("./${args.path}.js");\nmodule.exports = { __esModule: true, ${getters.join(", ")} };`,
      };
    });
  },
};

/**
 * The notebook renderer, which runs in a browser. It draws nothing yet, so that no file is made of it: it is built to see
 * that it can be.
 */
const renderer = {
  ...common,
  entryPoints: ["renderer/renderer.ts"],
  outfile: path.join(outdir, "renderer.js"),
  platform: "browser",
  format: "esm",
  target: "chrome114",
  write: false,
};

/** Says when a build begins and ends, for whoever waits for it (.vscode/tasks.json). */
const saying = {
  name: "saying",
  setup(build) {
    build.onStart(() => console.log("Building…"));
    build.onEnd(({ errors }) => console.log(`Built; ${errors.length} errors. It is built again when a file changes.`));
  },
};

/** The metafiles of all bundles as one: the notices and the bill of materials are made from it (test/harness/publish). */
function writeMetafile(metafiles) {
  const together = (part) => Object.assign({}, ...metafiles.map((metafile) => metafile[part]));
  mkdirSync(path.join(__dirname, "out"), { recursive: true });
  writeFileSync(path.join(__dirname, "out", "metafile.json"), JSON.stringify({ inputs: together("inputs"), outputs: together("outputs") }));
}

function fileOf(name) {
  return path.join(outdir, `${name}.js`);
}

async function main() {
  const lateBundles = await esbuild.build({
    ...common,
    entryPoints: Object.fromEntries(late.map((name) => [name, name])),
    outdir,
    plugins: [absentPackages],
    sourcemap: false,
  });
  const options = { ...common, entryPoints: ["src/extension.ts"], outdir, plugins: [oneVscode, latePackages, absentPackages] };
  if (process.argv.includes("--watch")) {
    await (await esbuild.context({ ...options, plugins: [...options.plugins, saying] })).watch();
    return;
  }
  const extension = await esbuild.build(options);
  const [drawing] = (await esbuild.build(renderer)).outputFiles;
  writeMetafile([lateBundles.metafile, extension.metafile]);
  const built = ["extension", ...late].map(fileOf);
  // All that is in dist/ is packed: what an earlier build has left must not be.
  for (const file of readdirSync(outdir).map((name) => path.join(outdir, name))) if (!built.includes(file)) rmSync(file);
  for (const file of built) console.log(`${path.relative(__dirname, file)}: ${(statSync(file).size / 1024).toFixed(0)} KB`);
  console.log(`renderer, not packed yet: ${(drawing.contents.length / 1024).toFixed(1)} KB`);
}

main().catch((error) => {
  console.error(error.message);
  process.exit(1);
});

// Bundles the extension into dist/extension.js and says how large it is; `--watch` goes on.
const { statSync } = require("node:fs");
const esbuild = require("esbuild");

const options = {
  entryPoints: ["src/extension.ts"],
  outfile: "dist/extension.js",
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node20",
  // The polyfill is for Node without web streams, the other two are optional native code.
  external: ["vscode", "bufferutil", "utf-8-validate", "web-streams-polyfill", "web-streams-polyfill/*"],
  minify: !process.argv.includes("--watch"),
  sourcemap: process.argv.includes("--watch"),
  legalComments: "none",
  logLevel: "warning",
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

// npm run release: tests what is committed and puts the package, its bill of materials and checksums into out/release, and says
// how they are published. -- --check does all but the tests, from any tree. Nothing leaves this computer.
import { join, relative } from "node:path";
import { ensureBuilt } from "../built";
import { runCommand, runMain } from "../child";
import { elapsed, say } from "../install/progress";
import { options } from "../options";
import { out, root } from "../paths";
import { run } from "../processes/run";
import { onInterrupt } from "../processes/interrupt";
import { sha256 } from "../publish/checksums";
import { gatherRelease, obstacles } from "../publish/release";
import { publishedName, versionOf } from "../publish/vsix";

const usage = "npm run release [-- --check]";

async function main(): Promise<number> {
  const { values } = options(usage, { check: { type: "boolean" } });
  onInterrupt(async () => {}, 130); // what has been started ends with this process
  const started = Date.now();
  const version = versionOf(root);
  const check = values.check === true;
  const found = await obstacles(root, version);
  if (found.length > 0 && !check) throw new Error(refusal(version, found));

  const packaged = check ? await ensureBuilt("package") : await runCommand("package");
  if (packaged !== 0) return packaged;
  const vsix = join(out, publishedName(version, "vsix"));
  const sum = sha256(vsix);
  if (!check) await test(version, vsix, sum);
  const files = await gatherRelease(root, version, vsix, join(out, check ? "release-check" : "release"));

  const shown = files.map((file) => relative(root, file));
  console.log(
    `\nVersion ${version}, commit ${(await run("git", ["rev-parse", "HEAD"], { cwd: root })).trim()}, Node ${process.version}, in ${elapsed(started)}:\n  ${shown.join("\n  ")}`,
  );
  if (check)
    console.log(
      `\nThis was a check: nothing was tested, and nothing of it may be published.${found.length > 0 ? `\n${refusal(version, found)}` : ""}`,
    );
  else console.log(instructions(version, shown));
  return 0;
}

/** Runs all of `npm test`, which packages again and again; what is released is what was tested, and what was committed. */
async function test(version: string, vsix: string, sum: string): Promise<void> {
  const code = await runCommand("test");
  if (code !== 0) throw new Error(`Version ${version} is not released: npm test ended with exit code ${code}, see above.`);
  if (sha256(vsix) !== sum)
    throw new Error(`Version ${version} is not released: ${relative(root, vsix)} is no longer what it was before the tests.`);
  const found = await obstacles(root, version);
  if (found.length > 0) throw new Error(refusal(version, found));
  say(`The tested package is the one of before: ${sum}`);
}

function refusal(version: string, found: readonly string[]): string {
  return `Version ${version} cannot be released:\n  ${found.join("\n  ")}`;
}

function instructions(version: string, [vsix = "", ...others]: readonly string[]): string {
  return `
Nothing has been published. docs/releasing.md has the whole of it; in short:

  git tag --sign v${version} && git push origin v${version}
  npx vsce publish --packagePath ${vsix}
  npx ovsx publish ${vsix}

and a release page v${version} of the repository with ${[vsix, ...others].join(", ")}.
`;
}

runMain(main);

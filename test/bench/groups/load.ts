// Size and import time: everything of ours in one minified file, and everything of the peer.
import { once } from "node:events";
import { readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { build } from "esbuild";
import { root } from "../../harness/paths";
import { program, type Bench } from "../bench";
import { median, type Measurement } from "../measurement";
import type { Group } from "../group";

const imports = 15;

export const load: Group = {
  name: "load",
  title: "minified size, import in a fresh process",
  async measure(bench) {
    const ours = await bundle(
      bench,
      ourFiles()
        .map((file, index) => `export * as m${index} from ${JSON.stringify(`./${file}`)};`)
        .join("\n"),
    );
    const peer = await bundle(bench, 'export * from "@jupyterlab/services";');
    const script = join(bench.directory(), "import.cjs");
    writeFileSync(
      script,
      "const start = performance.now(); require(process.argv[2]); process.stdout.write(String(performance.now() - start));",
    );
    const times: Record<"ours" | "peer", number[]> = { ours: [], peer: [] };
    for (let round = 0; round < imports; round++) {
      times.ours.push(await importTime(bench, script, ours));
      times.peer.push(await importTime(bench, script, peer));
    }
    const size = (file: string): number => statSync(file).size / 1024;
    return [
      { name: "load.size", unit: "KB", ours: size(ours), peer: size(peer), goal: { kind: "ofPeer", value: 1 } },
      { name: "load.import", unit: "ms", ours: median(times.ours), peer: median(times.peer) },
    ] satisfies Measurement[];
  },
};

/** All of src/services and src/transport, whether or not something uses it. */
function ourFiles(): string[] {
  const list = (folder: string): string[] =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((file) => join(folder, file));
  return [...list("src/services"), ...list("src/transport")].filter((file) => file.endsWith(".ts")).sort();
}

async function importTime(bench: Bench, script: string, file: string): Promise<number> {
  const child = bench.spawn(process.execPath, [script, file], { stdio: ["ignore", "pipe", "inherit"] });
  const [printed] = await Promise.all([child.stdout ? text(child.stdout) : "", once(child, "close")]);
  const ms = Number(printed);
  if (!(ms > 0)) throw new Error("A bundle could not be imported.");
  return ms;
}

async function bundle(bench: Bench, contents: string): Promise<string> {
  const outfile = join(bench.directory(), "bundle.cjs");
  await build({ stdin: { contents, resolveDir: root, loader: "ts" }, outfile, ...program, minify: true });
  return outfile;
}

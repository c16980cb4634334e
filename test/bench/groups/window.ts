// The extension in a real VS Code, from the command that runs a cell to what the document shows, beside nbclient.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Page } from "playwright-core";
import * as v from "valibot";
import { runCommand } from "../../harness/child";
import { root } from "../../harness/paths";
import { run } from "../../harness/processes/run";
import { runInExtensionHost } from "../../harness/vscode/extensionHost";
import { median, quantile, type Measurement } from "../measurement";
import type { Group } from "../registry";

const passes = 50;
const lines = 100_000;
const cells = 200;
const open = [1, 10, 50];
const rounds = 3;
const megabyte = 1024 * 1024;

const numbers = v.array(v.number());
const figuresModel = v.object({
  activation: v.number(),
  firstOutput: numbers,
  pass: v.record(v.string(), numbers),
  flood: v.object({ ms: v.number(), edits: v.number(), growth: v.number(), lines: v.number() }),
  many: v.number(),
  empty: v.object({ pass: numbers, many: v.number() }),
});
const nbclientModel = v.object({ lines: numbers, cells: numbers });

export const window: Group = {
  name: "window",
  title: "the extension in a real VS Code",
  async measure(bench) {
    const hub = await bench.hub();
    if ((await runCommand("build")) !== 0) throw new Error("The extension could not be built.");
    await hub.startServer("ana");
    const folder = bench.directory();
    const out = path.join(bench.directory(), "figures.json");
    mkdirSync(folder, { recursive: true });
    const printed: string[] = [];
    const [shown, seen] = ["running extensions", path.join(bench.directory(), "seen")];
    let page: Page | undefined;
    let counted: Promise<number> | undefined;
    const { ok } = await runInExtensionHost({
      entry: "test/bench/window/inHost.ts",
      workspace: folder,
      timeout: 15 * 60_000,
      onWindow: (opened) => (page = opened),
      onLine: (line) => {
        printed.push(line);
        if (line !== shown || !page) return;
        counted = activationTime(page).finally(() => writeFileSync(seen, ""));
        counted.catch(() => undefined); // awaited at the end
      },
      parameters: { url: hub.url, token: hub.user("ana").token, folder, out, shown, seen, passes, lines, cells, open },
    });
    if (!ok) throw new Error(`VS Code could not measure it: ${printed.slice(-5).join(" | ")}`);
    const { activation, firstOutput, pass, flood, many, empty } = v.parse(figuresModel, JSON.parse(readFileSync(out, "utf8")));
    const { directory, env } = hub.userPlace("alice@example.org");
    mkdirSync(directory, { recursive: true });
    const script = path.join(root, "test", "bench", "window", "withNbclient.py");
    const times = await run("python3", [script, `${lines}`, `${cells}`, `${rounds}`], { cwd: directory, env, timeout: 5 * 60_000 });
    const nbclient = v.parse(nbclientModel, JSON.parse(times));
    return [
      ...(counted ? [{ name: "window.activation", unit: "ms", ours: await counted, goal: { kind: "ours", value: 50 } } as const] : []),
      { name: "window.activation.awaited", unit: "ms", ours: activation },
      { name: "window.firstOutput.median", unit: "ms", ours: median(firstOutput) },
      ...open.flatMap((count): Measurement[] => {
        const all = pass[count] ?? [];
        const goal = { kind: "ours", value: 50 } as const;
        return [
          { name: `window.pass.median.open${count}`, unit: "ms", ours: median(all), goal },
          { name: `window.pass.p95.open${count}`, unit: "ms", ours: quantile(all, 0.95) },
        ];
      }),
      { name: "window.flood.lines", unit: "lines", ours: flood.lines, goal: { kind: "atLeast", value: lines } },
      { name: "window.flood.time", unit: "ms", ours: flood.ms, peer: median(nbclient.lines), goal: { kind: "ofPeer", value: 1.3 } },
      { name: "window.flood.edits", unit: "1/s", ours: flood.edits / (flood.ms / 1000), goal: { kind: "ours", value: 15 } },
      { name: "window.flood.memory", unit: "MB", ours: flood.growth / megabyte, goal: { kind: "ours", value: 100 } },
      { name: "window.pass.vscode", unit: "ms", ours: median(empty.pass) },
      { name: "window.cells.vscode", unit: "ms", ours: empty.many },
      { name: "window.cells", unit: "ms", ours: many, peer: median(nbclient.cells), goal: { kind: "ofPeer", value: 2 } },
    ];
  },
};

/** What VS Code says in its list of running extensions: milliseconds for loading the code and for `activate`. */
async function activationTime(page: Page): Promise<number> {
  const row = page.locator(".runtime-extensions-editor .extension", { hasText: "JupyterHub Connect" });
  const text = await row.locator(".activation-time").innerText({ timeout: 20_000 });
  const [, milliseconds] = /(\d+)\s*ms/.exec(text) ?? [];
  if (milliseconds === undefined) throw new Error(`VS Code says of the activation: ${text}`);
  return Number(milliseconds);
}

// The extension in a real VS Code, from the command that runs a cell to what the document shows, beside nbclient.
import { mkdirSync } from "node:fs";
import path from "node:path";
import type { Page } from "playwright-core";
import * as v from "valibot";
import { messageOf } from "../../../src/base/errors";
import { root } from "../../harness/paths";
import { run } from "../../harness/processes/run";
import { median, quantile, type Measurement } from "../measurement";
import type { Group } from "../group";
import { byKeyLine, here, runOne } from "../window/byHand";
import { figuresOf } from "../window/figures";

const passes = 50;
const lines = 100_000;
const cells = 200;
const open = [1, 10, 50];
const rounds = 3;
const megabyte = 1024 * 1024;

const numbers = v.array(v.number());
const byOpen = v.record(v.string(), numbers);
const figuresModel = v.object({
  activation: v.number(),
  active: v.number(),
  smallest: numbers,
  firstOutput: numbers,
  pass: byOpen,
  flood: v.object({ ms: v.number(), edits: v.number(), growth: v.number(), lines: v.number() }),
  many: numbers,
  empty: v.object({ pass: byOpen, many: numbers }),
});
const nbclientModel = v.object({ lines: numbers, cells: numbers });

export const window: Group = {
  name: "window",
  title: "the extension in a real VS Code",
  async measure(bench) {
    const hub = await bench.hub();
    const byKey: number[] = [];
    let page: Page | undefined;
    const press = async (): Promise<void> => {
      for (let round = 0; page && round < passes; round++) byKey.push(await runOne(here(page)));
    };
    const figures = await figuresOf(
      bench,
      "inHost.ts",
      { passes, lines, cells, rounds, open },
      {
        onWindow: (opened) => (page = opened),
        onLine: (line, tell) => {
          if (line === byKeyLine) press().catch((error: unknown) => tell(messageOf(error)));
        },
      },
    );
    const { activation, active, smallest, firstOutput, pass, flood, many, empty } = v.parse(figuresModel, figures);
    const { directory, env } = hub.userPlace("alice@example.org");
    mkdirSync(directory, { recursive: true });
    const script = path.join(root, "test", "bench", "window", "withNbclient.py");
    const times = await run("python3", [script, `${lines}`, `${cells}`, `${rounds}`], { cwd: directory, env, timeout: 5 * 60_000 });
    const nbclient = v.parse(nbclientModel, JSON.parse(times));
    return [
      { name: "window.activation", unit: "ms", ours: activation, goal: { kind: "ours", value: 50 } },
      { name: "window.active", unit: "ms", ours: active },
      ...(smallest.length > 0 ? [{ name: "window.active.vscode", unit: "ms", ours: median(smallest) }] : []),
      { name: "window.firstOutput.median", unit: "ms", ours: median(firstOutput) },
      ...open.flatMap((count): Measurement[] => {
        const all = pass[count] ?? [];
        const goal = { kind: "ours", value: 50 } as const;
        return [
          { name: `window.pass.median.open${count}`, unit: "ms", ours: median(all), goal },
          { name: `window.pass.p95.open${count}`, unit: "ms", ours: quantile(all, 0.95) },
          { name: `window.pass.vscode.open${count}`, unit: "ms", ours: median(empty.pass[count] ?? []) },
        ];
      }),
      { name: "window.flood.lines", unit: "lines", ours: flood.lines, goal: { kind: "atLeast", value: lines } },
      { name: "window.flood.time", unit: "ms", ours: flood.ms, peer: median(nbclient.lines), goal: { kind: "ofPeer", value: 1.3 } },
      { name: "window.flood.edits", unit: "1/s", ours: flood.edits / (flood.ms / 1000), goal: { kind: "ours", value: 15 } },
      { name: "window.flood.memory", unit: "MB", ours: flood.growth / megabyte, goal: { kind: "ours", value: 100 } },
      { name: "window.key.vscode", unit: "ms", ours: median(byKey) },
      { name: "window.cells.vscode", unit: "ms", ours: median(empty.many) },
      { name: "window.cells", unit: "ms", ours: median(many), peer: median(nbclient.cells), goal: { kind: "ofPeer", value: 2 } },
    ];
  },
};

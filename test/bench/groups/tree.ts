// The JupyterHub Connect view at scale: fifty servers over three hubs with two hundred sessions, on fake data, without VS Code.
import { once } from "node:events";
import { text } from "node:stream/consumers";
import * as v from "valibot";
import type { Bench } from "../bench";
import type { Measurement } from "../measurement";
import type { Group } from "../group";

const scaleResult = v.object({
  rows: v.number(),
  open: v.number(),
  refresh: v.number(),
  touched: v.number(),
  untouched: v.number(),
  heap: v.number(),
});
const countResult = v.object({ servers: v.number(), hubs: v.number() });

export const tree: Group = {
  name: "tree",
  title: "the view with fifty servers and two hundred sessions, and 60 s of it at rest",
  async measure(bench) {
    const scale = v.parse(scaleResult, await run(bench, "scale"));
    const [visible, hidden] = await Promise.all([run(bench, "visible"), run(bench, "hidden")]);
    const [seen, unseen] = [v.parse(countResult, visible), v.parse(countResult, hidden)];
    const goal = (value: number) => ({ kind: "ours", value }) as const;
    return [
      { name: "tree.rows", unit: "rows", ours: scale.rows },
      { name: "tree.open", unit: "ms after data", ours: scale.open, goal: goal(300) },
      { name: "tree.refresh", unit: "ms with its requests", ours: scale.refresh },
      { name: "tree.rowsTouched", unit: "rows, two changed", ours: scale.touched, goal: goal(2) },
      { name: "tree.rowsUntouched", unit: "rows, none changed", ours: scale.untouched, goal: goal(0) },
      { name: "tree.heap", unit: "MB after 1,000 refreshes", ours: scale.heap, goal: goal(1) },
      { name: "tree.requestsVisible", unit: "/min and server", ours: seen.servers, goal: goal(4) },
      { name: "tree.hubRequestsVisible", unit: "/min and hub", ours: seen.hubs },
      { name: "tree.requestsHidden", unit: "/min, to all", ours: unseen.servers + unseen.hubs, goal: goal(0) },
    ] satisfies Measurement[];
  },
};

/** A process for each: its heap and its requests are its own. */
async function run(bench: Bench, mode: "scale" | "visible" | "hidden"): Promise<unknown> {
  const file = await bench.bundle("clients/tree.ts");
  const child = bench.spawn(process.execPath, ["--expose-gc", file, mode], { stdio: ["ignore", "pipe", "inherit"] });
  const [printed] = await Promise.all([child.stdout ? text(child.stdout) : "", once(child, "close")]);
  return JSON.parse(printed);
}

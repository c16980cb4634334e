// 20,000 flushed prints of a real kernel behind the hub's proxy: what arrives, and what that costs the client.
import { contestants, type Contestant } from "../bench";
import type { RunCost } from "../clients/protocol";
import { onHub } from "../kernels";
import { median, type Measurement } from "../measurement";
import type { Group } from "../registry";

const count = 20_000;
const rounds = 2;
const code = `for i in range(${count}):\n    print("line", i, flush=True)`;

export const prints: Group = {
  name: "prints",
  title: "20,000 flushed prints",
  measure: (bench) =>
    onHub(bench, async (clients) => {
      const costs: Record<Contestant, RunCost[]> = { ours: [], peer: [], raw: [] };
      for (let round = 0; round < rounds; round++) {
        for (const contestant of contestants) costs[contestant].push(await clients[contestant].call("run", code));
      }
      const of = (what: keyof RunCost): Record<Contestant, number> => ({
        ours: median(costs.ours.map((cost) => cost[what])),
        peer: median(costs.peer.map((cost) => cost[what])),
        raw: median(costs.raw.map((cost) => cost[what])),
      });
      return [
        { name: "prints.received", unit: "lines", ...of("lines"), goal: { kind: "atLeast", value: count } },
        { name: "prints.messages", unit: "messages", ...of("messages") },
        { name: "prints.cpu", unit: "ms", ...of("cpu") },
        { name: "prints.time", unit: "ms", ...of("ms") },
      ] satisfies Measurement[];
    }),
};

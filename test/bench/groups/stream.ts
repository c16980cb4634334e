// A flood of 100,000 stream messages from a loopback server that has them ready: time, CPU and memory of the client.
import { contestants, type Contestant } from "../bench";
import type { RunCost } from "../clients/protocol";
import { perBlock, streamCode } from "../fakeServer";
import { onFake } from "../kernels";
import { median, type Measurement } from "../measurement";
import type { Group } from "../group";

const messages = 100_000;
const rounds = 5;
const code = streamCode(messages / perBlock);

export const stream: Group = {
  name: "stream",
  title: "100,000 stream messages",
  measure: (bench) =>
    onFake(bench, async (clients) => {
      const costs: Record<Contestant, RunCost[]> = { ours: [], peer: [], raw: [] };
      const heaps: Record<Contestant, number[]> = { ours: [], peer: [], raw: [] };
      for (let round = -1; round < rounds; round++) {
        for (const contestant of contestants) {
          const cost = await clients[contestant].call("run", code);
          if (cost.messages !== messages) throw new Error(`${contestant} got ${cost.messages} of ${messages} messages.`);
          if (round >= 0) costs[contestant].push(cost); // the first one warms up
        }
      }
      // By themselves: the garbage collections within would count as CPU.
      for (const contestant of contestants) {
        for (let round = 0; round < 3; round++) heaps[contestant].push((await clients[contestant].call("heapGrowth", code)) / 2 ** 20);
      }
      const of = (what: keyof RunCost): Record<Contestant, number> => ({
        ours: median(costs.ours.map((cost) => cost[what])),
        peer: median(costs.peer.map((cost) => cost[what])),
        raw: median(costs.raw.map((cost) => cost[what])),
      });
      const worst = { ours: Math.max(...heaps.ours), peer: Math.max(...heaps.peer), raw: Math.max(...heaps.raw) };
      return [
        { name: "stream.time", unit: "ms", ...of("ms") },
        { name: "stream.cpu", unit: "ms", ...of("cpu"), goal: { kind: "ofPeer", value: 0.5 } },
        { name: "stream.heap", unit: "MB", ...worst, goal: { kind: "ours", value: 10 } },
      ] satisfies Measurement[];
    }),
};

// How long a person waits for small things: `pass` and a completion, on a real kernel behind the hub's proxy.
import { contestants, type Bench, type Contestant } from "../bench";
import { median, quantile, type Goal, type Measurement } from "../measurement";
import { onHub } from "../kernels";
import type { Group } from "../group";

/** Each contestant's turn is short, so that whatever else the machine does hits all alike. */
const rounds = 20;
const times = 10;

export const pass: Group = {
  name: "pass",
  title: "200 times `pass`",
  measure: (bench) => latency(bench, "pass", "execute", "pass", { kind: "ofPeer", value: 0.3 }),
};

export const complete: Group = {
  name: "complete",
  title: "200 completions",
  measure: (bench) => latency(bench, "complete", "complete", "impor"),
};

function latency(bench: Bench, name: string, what: "execute" | "complete", code: string, goal?: Goal): Promise<Measurement[]> {
  return onHub(bench, async (clients) => {
    // Jedi takes 200 ms of the kernel's time for a completion, beside which nobody's way to it can be seen.
    for (const contestant of contestants)
      await clients[contestant].call("execute", { code: "%config IPCompleter.use_jedi = False", times: 1 });
    const all: Record<Contestant, number[]> = { ours: [], peer: [], raw: [] };
    for (let round = -1; round < rounds; round++) {
      for (const contestant of contestants) {
        const measured = await clients[contestant].call(what, { code, times });
        if (round >= 0) all[contestant].push(...measured); // the first one warms up
      }
    }
    const of = (statistic: (values: readonly number[]) => number): Record<Contestant, number> => ({
      ours: statistic(all.ours),
      peer: statistic(all.peer),
      raw: statistic(all.raw),
    });
    return [
      { name: `${name}.median`, unit: "ms", ...of(median), ...(goal && { goal }) },
      { name: `${name}.p95`, unit: "ms", ...of((values) => quantile(values, 0.95)) },
    ];
  });
}

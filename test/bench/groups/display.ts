// One display_data of 50 MB from the loopback server: from the request until the message is handed over.
import { contestants, type Contestant } from "../bench";
import { displayCode } from "../fakeServer";
import { onFake } from "../kernels";
import { median, type Measurement } from "../measurement";
import type { Group } from "../group";

const rounds = 7;

export const display: Group = {
  name: "display",
  title: "a display_data of 50 MB",
  measure: (bench) =>
    onFake(bench, async (clients) => {
      const all: Record<Contestant, number[]> = { ours: [], peer: [], raw: [] };
      for (let round = -1; round < rounds; round++) {
        for (const contestant of contestants) {
          const ms = await clients[contestant].call("display", displayCode);
          if (round >= 0) all[contestant].push(ms); // the first one warms up
        }
      }
      const of = { ours: median(all.ours), peer: median(all.peer), raw: median(all.raw) };
      return [{ name: "display.time", unit: "ms", ...of, goal: { kind: "ofRaw", value: 1.2 } }] satisfies Measurement[];
    }),
};

// 20,000 flushed prints of a real kernel behind the hub's proxy: what arrives, and what that costs the client.
import { contestants, type Bench, type Contestant } from "../bench";
import type { RunCost } from "../clients/protocol";
import { onHub, startKernel } from "../kernels";
import type { Measurement } from "../measurement";
import type { Group } from "../group";

const count = 20_000;
const rounds = 3;
/** The pause, in everybody's time, is for the end: ZeroMQ drops what a busy server does not take, the last word as well. */
const code = `import time\nfor i in range(${count}):\n    print("line", i, flush=True)\ntime.sleep(0.5)`;

export const prints: Group = {
  name: "prints",
  title: "20,000 flushed prints",
  async measure(bench) {
    await liftRateLimit(bench);
    return onHub(bench, async (clients) => {
      const costs: Record<Contestant, RunCost[]> = { ours: [], peer: [], raw: [] };
      for (let round = 0; round < rounds; round++) {
        // Each is once the first: the machine is not always as busy.
        const order = [...contestants.slice(round), ...contestants.slice(0, round)];
        for (const contestant of order) costs[contestant].push(await clients[contestant].call("run", code));
      }
      // The best round: what a busy machine adds, and what ZeroMQ drops between a kernel and a server that cannot keep
      // up, is no client's doing.
      const of = (what: keyof RunCost, best: (...values: number[]) => number): Record<Contestant, number> => ({
        ours: best(...costs.ours.map((cost) => cost[what])),
        peer: best(...costs.peer.map((cost) => cost[what])),
        raw: best(...costs.raw.map((cost) => cost[what])),
      });
      return [
        { name: "prints.received", unit: "lines", ...of("lines", Math.max), goal: { kind: "atLeast", value: count } },
        { name: "prints.messages", unit: "messages", ...of("messages", Math.max) },
        { name: "prints.cpu", unit: "ms", ...of("cpu", Math.min) },
        { name: "prints.time", unit: "ms", ...of("ms", Math.min) },
      ] satisfies Measurement[];
    });
  },
};

/**
 * jupyter_server drops what goes beyond 1,000 messages a second, whoever the client is, so that more than half of the
 * prints would reach nobody: ana switches that off in her own configuration and starts her server again.
 */
async function liftRateLimit(bench: Bench): Promise<void> {
  const hub = await bench.hub();
  const client = await bench.client("ours");
  try {
    await client.call("connect", await startKernel(hub, "ana"));
    await client.call("execute", { code: configure, times: 1 });
  } finally {
    client.stop();
  }
  await hub.stopServer("ana");
}

const configure = `
import json, pathlib
directory = pathlib.Path.home() / ".jupyter"
directory.mkdir(exist_ok=True)
(directory / "jupyter_server_config.json").write_text(json.dumps({"ZMQChannelsWebsocketConnection": {"limit_rate": False}}))
`;

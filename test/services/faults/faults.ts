// The faults: what is done to connection, hub, server or kernel, until the world is whole again.
import { withTimeout } from "../../../src/base/async";
import { next } from "../../../src/base/event";
import { request } from "../../../src/transport/http";
import { waitFor } from "../../harness/processes/wait";
import type { World } from "./world";

/** What must be true after a fault. */
export type Promised =
  /** All cells end well; nothing lost, nothing doubled. */
  | "nothing lost"
  /** As before, or a gap was reported. */
  | "nothing lost, or told"
  /** The kernel is gone: all cells settle, with the reason. */
  | "settled";

export interface Fault {
  readonly name: string;
  readonly promised: Promised;
  /** It strikes all users of the hub, so nothing else may run beside it. */
  readonly alone?: boolean;
  /** Strikes; resolves when its cause is over. */
  strike(world: World): Promise<void>;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
/** Call before the fault: resolves when the connection has been lost and is there again. */
function reconnection({ kernel }: World): Promise<void> {
  const lost = next(kernel.onDidChangeConnectionStatus, (status) => status !== "connected");
  const again = lost.then(() => waitFor("the connection", async () => kernel.connectionStatus === "connected", 90_000));
  return withTimeout(again, 100_000, "The connection was not lost.").then(() => undefined);
}

export const faults: readonly Fault[] = [
  {
    name: "cut",
    promised: "nothing lost",
    strike: async (world) => {
      const again = reconnection(world);
      world.proxy.cut();
      await again;
    },
  },
  {
    name: "cut twice",
    promised: "nothing lost",
    strike: async (world) => {
      for (let time = 0; time < 2; time++) {
        const again = reconnection(world);
        world.proxy.cut();
        await again;
      }
    },
  },
  {
    name: "half-open",
    promised: "nothing lost, or told",
    strike: async ({ proxy }) => proxy.halfOpen(),
  },
  {
    name: "refuse for 60 s",
    promised: "nothing lost",
    strike: async ({ proxy }) => {
      proxy.refuse();
      proxy.cut();
      await pause(60_000);
      await proxy.restore();
    },
  },
  {
    name: "stall 30 s",
    promised: "nothing lost, or told",
    strike: async ({ proxy }) => {
      proxy.stall();
      await pause(30_000);
      await proxy.restore();
    },
  },
  {
    name: "throttle",
    promised: "nothing lost",
    strike: async ({ proxy }) => {
      proxy.throttle(2_000);
      await pause(5_000);
      await proxy.restore();
    },
  },
  {
    name: "delay",
    promised: "nothing lost",
    strike: async ({ proxy }) => {
      proxy.delay(1_500);
      await pause(5_000);
      await proxy.restore();
    },
  },
  {
    name: "proxy restart",
    promised: "nothing lost",
    alone: true,
    strike: async ({ hub }) => {
      await hub.stopProxyProcess();
      await hub.startProxyProcess();
    },
  },
  {
    name: "hub restart",
    promised: "nothing lost",
    alone: true,
    strike: async ({ hub }) => {
      await hub.stopHubProcess();
      await hub.startHubProcess();
    },
  },
  {
    name: "server stop and start",
    promised: "settled",
    alone: true,
    strike: async ({ hub, user }) => {
      await hub.stopServer(user);
      await hub.startServer(user);
    },
  },
  {
    name: "kernel SIGKILL",
    promised: "settled",
    strike: async ({ direct, kernel }) => {
      const died = next(kernel.onDidChangeStatus, (status) => status === "autorestarting");
      // The kernel's own process, found by its connection file, whatever it is busy with.
      const killer = await direct.kernels.startNew("python3");
      const code = `import os, pathlib, signal
for process in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
    if b"kernel-${kernel.id}.json" in process.read_bytes():
        os.kill(int(process.parent.name), signal.SIGKILL)
`;
      await killer.execute({ code }).done;
      await killer.shutdown();
      await withTimeout(died, 30_000, "Nobody told that the kernel had died.");
    },
  },
  {
    name: "second client",
    promised: "nothing lost, or told",
    strike: async (world) => {
      // Another client stays connected while ours is away, so that the server keeps no buffer for ours.
      const other = world.direct.kernels.connectTo(world.kernel.model);
      await waitFor("the second client", async () => other.connectionStatus === "connected", 20_000);
      const again = reconnection(world);
      world.proxy.refuse();
      world.proxy.cut();
      await request(world.direct.settings, "api/status");
      await world.proxy.restore();
      await again;
      other.dispose();
    },
  },
];

// What one case of the fault matrix plays in: a server behind a fault proxy of its own, a kernel, and what it did.
import { waitFor } from "../../harness/processes/wait";
import { startFaultProxy, type FaultProxy } from "../../harness/faultProxy";
import type { TestHub } from "../../harness/hub/hub";
import type { Message } from "../../../src/services/kernel/messages";
import type { KernelConnection } from "../../../src/services/kernel/connection";
import { ServiceManager } from "../../../src/services/serviceManager";
import { serverSettings } from "../../../src/transport/settings";

/** One cell that was sent, and what has come back. */
export interface Cell {
  readonly expected: readonly string[];
  readonly lines: string[];
  /** `ok`, `error`, or the code of the error that settled it; undefined while it runs. */
  outcome: string | undefined;
}

/** One case's server, proxy and kernel. */
export interface World {
  readonly hub: TestHub;
  readonly user: string;
  readonly proxy: FaultProxy;
  readonly kernel: KernelConnection;
  /** The same server past the proxy. */
  readonly direct: ServiceManager;
  readonly cells: Cell[];
  /** How often the connection has reported that messages may be missing. */
  gaps: number;
  /** Sends a cell that prints `count` lines, one every `seconds`; it counts its own runs in the kernel. */
  send(count: number, seconds: number): Cell;
  /** Sends any code whose output is `expected`. */
  sendCode(code: string, expected: readonly string[], onStdin?: (message: Message) => void): Cell;
  /** Answers an input request. */
  answer(message: Message, value: string): void;
  close(): Promise<void>;
}

/** A new world on the server of `user`. */
export async function createWorld(hub: TestHub, user: string): Promise<World> {
  const url = await hub.startServer(user);
  const { token } = hub.user(user);
  const proxy = await startFaultProxy({ host: "127.0.0.1", port: Number(new URL(url).port) });
  // Shorter than people's, so that the matrix does not take an hour.
  const timeouts = { request: 10_000, handshake: 5_000, liveness: 6_000 };
  const services = new ServiceManager(serverSettings({ baseUrl: proxy.through(url), token, label: "behind the proxy", timeouts }));
  const direct = new ServiceManager(serverSettings({ baseUrl: url, token, label: "direct" }));
  const kernel = await services.kernels.startNew("python3");
  await kernel.info;
  await kernel.execute({ code: "runs = {}" }).done;
  const cells: Cell[] = [];
  const answers = new Map<Message, (value: string) => void>();
  const sendCode: World["sendCode"] = (code, expected, onStdin) => {
    const cell: Cell = { expected, lines: [], outcome: undefined };
    const index = cells.push(cell) - 1;
    let text = "";
    const future = kernel.execute(
      { code: `runs[${index}] = runs.get(${index}, 0) + 1\n${code}`, allowStdin: onStdin !== undefined },
      {
        onIOPub: ({ header, content }) => {
          if (header.msg_type !== "stream") return;
          text += String(content["text"]);
          cell.lines.splice(0, Infinity, ...text.split("\n").slice(0, -1));
        },
        onStdin: (message) => {
          answers.set(message, (value) => future.sendInputReply(value, message));
          onStdin?.(message);
        },
      },
    );
    future.done.then(
      (reply) => (cell.outcome = reply.status),
      (error: unknown) => (cell.outcome = (error as { code?: string }).code ?? String(error)),
    );
    return cell;
  };
  const world: World = {
    ...{ hub, user, proxy, kernel, direct, cells, gaps: 0, sendCode },
    send: (count, seconds) =>
      sendCode(
        `import time\nfor i in range(${count}):\n    print("line", i, flush=True)\n    time.sleep(${seconds})`,
        Array.from({ length: count }, (_, index) => `line ${index}`),
      ),
    answer: (message, value) => answers.get(message)?.(value),
    close: async () => {
      await proxy.restore();
      services.dispose();
      await direct.kernels.shutdown(kernel.id).catch(() => undefined); // its server may be gone
      direct.dispose();
      proxy.close();
    },
  };
  kernel.onDidMissMessages(() => world.gaps++);
  return world;
}

/** Resolves when `cell` has come to line `index`. */
export async function reached(cell: Cell, index: number): Promise<void> {
  await waitFor(`line ${index}`, async () => cell.lines.length > index || cell.outcome !== undefined, 30_000);
}

/** Resolves when no cell is open any more. */
export async function settled(world: World, timeout: number): Promise<void> {
  await waitFor("all cells to settle", async () => world.cells.every(({ outcome }) => outcome !== undefined), timeout);
}

/** How often each cell ran, as the kernel counted, asked past the proxy. */
export async function runsOf(world: World): Promise<number[]> {
  const asked = world.direct.kernels.connectTo(world.kernel.model);
  let text = "";
  const code = "import json; print(json.dumps(runs))";
  const seen: string[] = [];
  asked.onAnyMessage(({ direction, message: { channel, header, parent_header: parent } }) =>
    seen.push(`${direction} ${channel} ${header.msg_type} of ${parent.msg_id ?? "none"}`),
  );
  const { status } = await asked.execute(
    { code },
    { onIOPub: ({ content, header }) => header.msg_type === "stream" && (text += String(content["text"])) },
  ).done;
  asked.dispose();
  if (text === "") throw new Error(`The kernel did not say how often cells ran (${status}): ${seen.join("; ")}`);
  const runs = JSON.parse(text) as Record<string, number>;
  return world.cells.map((_, index) => runs[index] ?? 0);
}

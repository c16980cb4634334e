// Kernels on the real server for the kernel tests: each test has its own kernel, and ends it.
import assert from "node:assert/strict";
import { withTimeout } from "../../../src/base/async";
import type { ProductError, ErrorCode } from "../../../src/base/errors";
import { next, type Event } from "../../../src/base/event";
import { getKernel, shutdownKernel, startKernel } from "../../../src/services/kernel/client";
import { KernelConnection } from "../../../src/services/kernel/connection";
import type { KernelConnectionOptions } from "../../../src/services/kernel/connectionOptions";
import type { FutureHandlers, KernelFuture } from "../../../src/services/kernel/requests/future";
import type { ExecuteReply, Message } from "../../../src/services/kernel/messages";
import type { KernelModel } from "../../../src/services/kernel/model";
import { serverSettings, type ServerSettings, type ServerSettingsOptions } from "../../../src/transport/settings";
import { failure as failureOf } from "../../harness/failure";
import { startFaultProxy, type FaultProxy } from "../../harness/faultProxy";
import { sharedHub } from "../../harness/hub/shared";

const user = "ana";
const server = "kernels";

/** Bound of each wait, in milliseconds: generous, a test never waits for it in vain but once. */
export const bound = 20_000;

/** The real server, directly and through a fault proxy; what was connected and started ends with `clean`. */
export class KernelBench {
  readonly #connections: KernelConnection[] = [];
  readonly #kernels: string[] = [];

  private constructor(
    /** Straight to the hub. */
    readonly direct: ServerSettings,
    /** Through `proxy`. */
    readonly faulty: ServerSettings,
    readonly proxy: FaultProxy,
  ) {}

  static async start(): Promise<KernelBench> {
    const hub = sharedHub();
    const url = await hub.startServer(user, server);
    const { hostname, port } = new URL(url);
    const proxy = await startFaultProxy({ host: hostname, port: Number(port) });
    const options = { token: hub.user(user).token, label: `${user} @ hub`, timeouts: { liveness: 1_500 } };
    const settings = (baseUrl: string): ServerSettings => serverSettings({ baseUrl, ...options });
    return new KernelBench(settings(url), settings(proxy.through(url)), proxy);
  }

  /** Starts a kernel. */
  async kernel(): Promise<KernelModel> {
    const model = await startKernel(this.direct, "python3");
    this.#kernels.push(model.id);
    return model;
  }

  /** Connects to a new kernel, or to the given one. */
  async connect(options: Partial<KernelConnectionOptions> = {}): Promise<KernelConnection> {
    const connection = new KernelConnection({ settings: this.direct, ...options, model: options.model ?? (await this.kernel()) });
    this.#connections.push(connection);
    return connection;
  }

  /** Connects, and waits until the kernel has said what it is. */
  async ready(options: Partial<KernelConnectionOptions> = {}): Promise<KernelConnection> {
    const connection = await this.connect(options);
    await within(connection.info, "the kernel's info");
    if (connection.status !== "idle") await status(connection, "idle");
    return connection;
  }

  /** The server's model of a kernel. */
  model(id: string): Promise<KernelModel> {
    return getKernel(this.direct, id);
  }

  /** As the direct settings, with changes. */
  settings(options: Partial<ServerSettingsOptions>): ServerSettings {
    return serverSettings({ ...this.direct, ...options });
  }

  /** Ends what the test began. */
  async clean(): Promise<void> {
    await this.proxy.restore();
    for (const connection of this.#connections.splice(0)) connection.dispose();
    await Promise.all(this.#kernels.splice(0).map((id) => shutdownKernel(this.direct, id)));
  }

  stop(): void {
    this.proxy.close();
  }
}

/** `promise`, bounded. */
export function within<T>(promise: Promise<T>, what: string): Promise<T> {
  return withTimeout(promise, bound, `Waited in vain for ${what}`);
}

/** Resolves with the next value that is accepted. */
export function event<T>(source: Event<T>, what: string, accept: (value: T) => boolean = () => true): Promise<T> {
  return within(next(source, accept), what);
}

/** Resolves when the connection's kernel has this status, now or later. */
export async function status(connection: KernelConnection, wanted: KernelConnection["status"]): Promise<void> {
  if (connection.status !== wanted) await event(connection.onDidChangeStatus, `status ${wanted}`, (now) => now === wanted);
}

/** Resolves when the websocket has this status, now or later. */
export async function link(connection: KernelConnection, wanted: KernelConnection["connectionStatus"]): Promise<void> {
  if (connection.connectionStatus === wanted) return;
  await event(connection.onDidChangeConnectionStatus, wanted, (now) => now === wanted);
}

/** What a request rejects with. */
export async function failure(promise: Promise<unknown>, ...codes: ErrorCode[]): Promise<ProductError> {
  const error = await failureOf(within(promise, "a failure"));
  assert.ok(codes.includes(error.code), `${error.code}: ${error.message}`);
  return error;
}

/** Runs code and collects what it prints. */
export function run(connection: KernelConnection, code: string, handlers: FutureHandlers = {}): Run {
  const printed: string[] = [];
  let waiting: (() => void)[] = [];
  const future = connection.execute(
    { code, allowStdin: true },
    {
      ...handlers,
      onIOPub: (message) => {
        const { text } = message.content;
        if (message.header.msg_type === "stream" && typeof text === "string") printed.push(text);
        for (const look of waiting) look();
        return handlers.onIOPub?.(message);
      },
    },
  );
  return {
    future,
    text: () => printed.join(""),
    done: () => within(future.done, `the end of ${code.slice(0, 40)}`),
    prints: (text) =>
      within(
        new Promise<void>((resolve) => {
          const look = (): void => {
            if (!printed.join("").includes(text)) return;
            waiting = waiting.filter((one) => one !== look);
            resolve();
          };
          waiting.push(look);
          look();
        }),
        `“${text}”`,
      ),
  };
}

export interface Run {
  readonly future: KernelFuture<ExecuteReply>;
  /** What was printed so far. */
  text(): string;
  /** The reply. */
  done(): Promise<ExecuteReply>;
  /** Resolves when this was printed. */
  prints(text: string): Promise<void>;
}

/** The type of a message. */
export const typeOf = (message: Message): string => message.header.msg_type;

/** Counts up, one line every tenth of a second. */
export const counting = (lines: number): string => `import time\nfor i in range(${lines}):\n  print(i, flush=True)\n  time.sleep(0.1)`;

/** What `counting` prints. */
export const lines = (count: number): string => Array.from({ length: count }, (_, index) => `${index}\n`).join("");

/** Call inside `describe`: starts a bench before its tests, cleans it after each, and stops it after the last. @param started given it */
export function kernelBench(started: (bench: KernelBench) => void): void {
  let bench: KernelBench;
  before(async () => started((bench = await KernelBench.start())));
  afterEach(() => bench.clean());
  after(() => bench.stop());
}

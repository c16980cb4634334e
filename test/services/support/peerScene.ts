// What one check plays in, within its own process: kernels of the real server, a second client, networks that fail.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { next } from "../../../src/base/event";
import { getKernel, shutdownKernel, startKernel } from "../../../src/services/kernel/client";
import { KernelConnection } from "../../../src/services/kernel/connection";
import { serverSettings, type ServerSettings } from "../../../src/transport/settings";
import { startFaultProxy, type FaultProxy } from "../../harness/faultProxy";
import type { PeerClient, PeerKernel, Place } from "./peer";

/** The real server; what is sent to a process. */
export interface RealServer {
  readonly baseUrl: string;
  readonly token: string;
}

/** What a process has thrown at nobody so far. */
export interface Escaped {
  uncaught: number;
  unhandled: number;
}

/** A second client of a kernel. */
export interface Watcher {
  /** Resolves when the kernel has said this of a cell. */
  said(type: string, cell: string, state?: string): Promise<unknown>;
  /** Asks on the control channel; resolves with its end. */
  debug(): Promise<void>;
}

/** Makes what checks need, and takes it down again. */
export class Scene {
  readonly #settings: ServerSettings;
  readonly #ends: (() => unknown)[] = [];

  constructor(
    readonly client: PeerClient,
    private readonly server: RealServer,
    readonly escaped: Escaped,
  ) {
    this.#settings = serverSettings({ ...server, label: "the real server" });
  }

  /** The real server, with `more`. */
  place(more: Partial<Place> = {}): Place {
    return { baseUrl: this.server.baseUrl, token: () => this.server.token, ...more };
  }

  /** The real server behind a proxy that fails on demand. */
  async faulty(): Promise<{ proxy: FaultProxy; place: Place }> {
    const { hostname: host, port } = new URL(this.server.baseUrl);
    const proxy = await startFaultProxy({ host, port: Number(port) });
    this.#ends.push(() => proxy.close());
    return { proxy, place: this.place({ baseUrl: proxy.through(this.server.baseUrl) }) };
  }

  /** The id of a new kernel of the real server. */
  async kernel(): Promise<string> {
    const { id } = await startKernel(this.#settings, "python3");
    this.#ends.push(() => shutdownKernel(this.#settings, id));
    return id;
  }

  /** A connection of the client to `id`, or to a new kernel, once the kernel has said what it is. */
  async connected(place = this.place(), id?: string): Promise<PeerKernel> {
    const kernel = this.client.connect(place, id ?? (await this.kernel()));
    this.#ends.push(() => kernel.dispose());
    await kernel.info;
    return kernel;
  }

  /** Another client of the kernel, which tells what the kernel has done whatever became of the first. */
  async watcher(id: string): Promise<Watcher> {
    const connection = new KernelConnection({ settings: this.#settings, model: await getKernel(this.#settings, id) });
    this.#ends.push(() => connection.dispose());
    await connection.info;
    return {
      said: (type, cell, state) =>
        next(
          connection.onIOPubMessage,
          ({ header, parent_header: parent, content }) =>
            header.msg_type === type && parent.msg_id === cell && (state === undefined || content["execution_state"] === state),
        ),
      debug: async () => {
        await connection.debug({ seq: 1, command: "debugInfo" }).done;
      },
    };
  }

  /** The server's model of a kernel, `times` times after one another: whatever was on its way before has arrived. */
  async roundTrips(id: string, times: number): Promise<void> {
    for (let time = 0; time < times; time++) await getKernel(this.#settings, id);
  }

  /** Whether the server has the kernel. */
  async exists(id: string): Promise<boolean> {
    return getKernel(this.#settings, id).then(
      () => true,
      () => false,
    );
  }

  /** Code that ends when `open` is called. */
  gate(): { code: string; open(): void } {
    const directory = mkdtempSync(join(tmpdir(), "jupyterhub-connect-gate-"));
    const file = join(directory, "open");
    this.#ends.push(() => rmSync(directory, { recursive: true }));
    const code = `import os, time\nwhile not os.path.exists(${JSON.stringify(file)}): time.sleep(0.02)`;
    return { code, open: () => writeFileSync(file, "") };
  }

  /** Ends what was begun, the newest first. */
  async end(): Promise<void> {
    for (const end of this.#ends.reverse()) await end();
  }

  /** `make` starts a fake server; it is stopped at the end. */
  async fake<T extends { stop(): Promise<void> }>(make: Promise<T>): Promise<T> {
    const fake = await make;
    this.#ends.push(() => fake.stop());
    return fake;
  }
}

/** Resolves when everything that a cell's end takes has come to this client, handled or not. */
export function arrived(kernel: PeerKernel, cell: string): Promise<void> {
  return new Promise((resolve) => {
    const wanted = new Set(["shell", "idle"]);
    kernel.onSeen(({ channel, parent, state }) => {
      if (parent !== cell) return;
      wanted.delete(channel === "iopub" ? String(state) : channel);
      // In the next turn, when whoever handles messages has done so.
      if (wanted.size === 0) setImmediate(resolve);
    });
  });
}

/** Resolves when the kernel's `idle` after something else than `cell` has come to this client, handled or not. */
export function idleOfAnother(kernel: PeerKernel, cell: string): Promise<void> {
  return new Promise((resolve) => {
    kernel.onSeen(({ channel, parent, state }) => {
      if (channel === "iopub" && state === "idle" && parent !== cell) setImmediate(resolve);
    });
  });
}

/** Resolves when `accept` holds for what `kernel` says of itself. */
export function when(kernel: PeerKernel, accept: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (accept()) resolve();
    };
    kernel.onChange(look);
    look();
  });
}

/** How a cell or the like has ended by now, or "pending". */
export function sofar(end: Promise<unknown>): Promise<string> {
  return unless(end, new Promise((resolve) => setImmediate(resolve)));
}

/** How it ends, or "pending" where `proof`, after which it cannot end any more, comes first. */
export async function unless(end: Promise<unknown>, proof: Promise<unknown>): Promise<string> {
  return Promise.race([settled(end), proof.then(() => "pending")]);
}

/** "resolved" or "rejected"; a string is its own word for it. */
export function settled(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    (value) => (typeof value === "string" ? value : "resolved"),
    () => "rejected",
  );
}

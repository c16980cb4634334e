// The session and kernel connection of each open notebook.
import type { Disposable } from "../../base/disposable";
import { SerialQueue } from "../../base/async";
import { ProductError, hasCode } from "../../base/errors";
import { Emitter } from "../../base/event";
import type { Logger } from "../../base/log";
import type { KernelConnection } from "../../services/kernel/connection";
import type { ServiceManager } from "../../services/serviceManager";
import type { SessionConnection } from "../../services/session/connection";
import type { Server } from "../servers/server";
import type { Servers, StartProgress } from "../servers/servers";

/** An open notebook. */
export interface NotebookRef {
  /** Identifies it among the open ones. */
  readonly key: string;
  /** Its session's path on the server: readable, unique, the same whenever this notebook is open. */
  readonly path: string;
  /** Its previous path; a session of that path on the server is the notebook's, and is renamed. */
  readonly earlierPath?: string | undefined;
  readonly name: string;
  /** The client id of its connection, to which the server replays missed messages; see `KernelConnectionOptions`. */
  readonly clientId: string;
}

/** A notebook's session and kernel. */
export interface NotebookKernel {
  readonly server: Server;
  readonly session: SessionConnection;
  readonly kernel: KernelConnection;
}

export interface ConnectOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: StartProgress) => void;
}

/** The kernels of the open notebooks. Closing one leaves its kernel running on the server. */
export class NotebookSessions implements Disposable {
  readonly #servers: Servers;
  readonly #log: Logger;
  readonly #kernels = new Map<string, NotebookKernel>();
  readonly #queues = new Map<string, SerialQueue>();
  readonly #changed: Emitter<string>;

  constructor(servers: Servers, log: Logger) {
    this.#servers = servers;
    this.#log = log;
    this.#changed = new Emitter(log);
  }

  /** Fired with the notebook's key when its kernel has changed or its status has. */
  get onDidChange() {
    return this.#changed.event;
  }

  /** The notebook's present kernel. */
  get(key: string): NotebookKernel | undefined {
    const current = this.#kernels.get(key);
    return current && !current.kernel.ended ? current : undefined;
  }

  /** As `get`, where that is of this spec on this server. */
  ofSpec(key: string, server: Server, spec: string): NotebookKernel | undefined {
    const current = this.get(key);
    return current?.server.id === server.id && current.kernel.name === spec ? current : undefined;
  }

  /** As `get`, where that is the one with this id. */
  withId(key: string, kernelId: string): NotebookKernel | undefined {
    const current = this.get(key);
    return current?.kernel.id === kernelId ? current : undefined;
  }

  /**
   * The notebook's kernel of this spec on this server: the one it has, or the one its session has, or a new one; the
   * server is started if need be.
   * @throws ProductError as `Servers.ensureRunning`; `no-kernel-spec`
   */
  connect(notebook: NotebookRef, server: Server, spec: string, options: ConnectOptions = {}): Promise<NotebookKernel> {
    const queue = this.#queue(notebook.key);
    return queue.run(async () => {
      const current = this.ofSpec(notebook.key, server, spec);
      if (current) return current;
      const started = await this.#start(notebook, server, spec, options);
      if (this.#queues.get(notebook.key) === queue) return this.#keep(notebook.key, started);
      started.session.dispose();
      throw new ProductError("aborted", "The notebook was closed before its kernel was there.");
    });
  }

  /**
   * Connects the notebook to a kernel that runs: one that the previous window had for it, or one that was begun elsewhere.
   * Nothing is started, and a hub that cannot be reached yet is waited for. A kernel without a session gets the
   * notebook's.
   * @throws ProductError `kernel-dead` where it is gone, `server-stopped` where its server does not run
   */
  attach(notebook: NotebookRef, server: Server, kernelId: string, signal: AbortSignal): Promise<NotebookKernel> {
    return this.#queue(notebook.key).run(async () => {
      const current = this.withId(notebook.key, kernelId);
      if (current) return current;
      this.#release(notebook.key);
      const services = await this.#servers.whileRunning(server, signal);
      const [sessions, kernels] = await Promise.all([services.sessions.refresh(signal), services.kernels.refresh(signal)]);
      const model = sessions.find(({ kernel }) => kernel?.id === kernelId);
      let session = model && services.sessions.connectTo(model, notebook.clientId);
      if (!session && kernels.some(({ id }) => id === kernelId)) {
        const { name, clientId } = notebook;
        // The notebook's own path may have a session with another kernel, which goes on.
        const path = notebook.path.replace(/(\.ipynb)?$/, `-${kernelId.slice(0, 8)}$1`);
        session = await services.sessions.startNew({ path, name, type: "notebook", kernel: { id: kernelId } }, { signal, clientId });
      }
      if (session?.kernel) return this.#keep(notebook.key, { server, session, kernel: session.kernel });
      throw new ProductError(
        "kernel-dead",
        "The kernel is gone: it was shut down on the server. Choose a kernel, and run the cells again from the top.",
      );
    });
  }

  /** Restarts the notebook's kernel. @throws ProductError where it has none, or the server refuses */
  async restart(key: string): Promise<void> {
    await this.#running(key).kernel.restart();
  }

  /** Makes a new connection to the notebook's kernel now. @throws ProductError as `KernelConnection.reconnect` */
  async reconnect(key: string): Promise<void> {
    await this.#running(key).kernel.reconnect();
  }

  /** Disconnects from the kernels that are idle, until they are used. */
  rest(): void {
    for (const { kernel, server } of this.#kernels.values()) {
      if (kernel.rest()) this.#log.info(`Kernel ${kernel.id} of ${server.label} rests`);
    }
  }

  /** The notebook is shown: reconnects its kernel where it rests, and probes it otherwise. */
  wake(key: string): void {
    this.get(key)?.kernel.probe();
  }

  /** Stops what the notebook's kernel runs, and takes back what waits for a connection to it. */
  async interrupt(key: string): Promise<void> {
    const { kernel } = this.#running(key);
    if (kernel.withdraw() || kernel.connectionStatus === "connected") await kernel.interrupt();
  }

  /** Shuts the notebook's session and kernel down for everyone. */
  async shutdown(key: string): Promise<void> {
    await this.#running(key).session.shutdown();
  }

  /** The notebook was closed: the kernel stays on the server. */
  close(key: string): void {
    this.#release(key);
    this.#queues.delete(key);
  }

  dispose(): void {
    this.#queues.clear();
    for (const key of [...this.#kernels.keys()]) this.#release(key);
    this.#changed.dispose();
  }

  async #start(notebook: NotebookRef, server: Server, spec: string, options: ConnectOptions): Promise<NotebookKernel> {
    this.#release(notebook.key);
    const services = await this.#servers.ensureRunning(server, options);
    const earlier = await this.#earlier(notebook, services, options.signal);
    const session =
      earlier ??
      (await services.sessions.startNew(
        { path: notebook.path, name: notebook.name, type: "notebook", kernel: { name: spec } },
        { signal: options.signal, clientId: notebook.clientId },
      ));
    try {
      const { kernel } = session.model;
      // The session of this path may be older: of another kernel, or with one that has died for good.
      if (kernel?.name !== spec || kernel.execution_state === "dead") await session.changeKernel({ name: spec });
      if (!session.kernel) throw new ProductError("kernel-dead", `${server.label} gave the session no kernel. Try again.`);
      return { server, session, kernel: session.kernel };
    } catch (error) {
      session.dispose();
      throw error;
    }
  }

  /** The session that the notebook had under another path, where it is still there; it follows the notebook. */
  async #earlier(
    { path, name, earlierPath, clientId }: NotebookRef,
    { sessions }: ServiceManager,
    signal: AbortSignal | undefined,
  ): Promise<SessionConnection | undefined> {
    if (earlierPath === undefined || earlierPath === path) return undefined;
    await sessions.refresh(signal);
    const model = sessions.findByPath(earlierPath);
    if (!model) return undefined;
    const session = sessions.connectTo(model, clientId);
    try {
      if (!sessions.findByPath(path)) await session.setPath(path);
      await session.setName(name);
    } catch (error) {
      this.#log.warn(`The session of ${name} keeps its earlier path ${earlierPath}`, error);
    }
    return session;
  }

  #keep(key: string, current: NotebookKernel): NotebookKernel {
    this.#kernels.set(key, current);
    const { kernel, server, session } = current;
    kernel.onDidChangeStatus(() => this.#changed.fire(key));
    kernel.onDidChangeConnectionStatus((status) => {
      this.#changed.fire(key);
      // Refused or lost: whether its server still runs is the hub's to say.
      if (status === "disconnected" && !kernel.ended) void this.#servers.check(server);
    });
    kernel.onDidDispose(() => {
      if (this.#kernels.get(key) === current) this.#release(key);
      if (hasCode(kernel.ended, "server-stopped")) void this.#servers.noteStopped(server);
    });
    session.onDidDispose(() => this.#changed.fire(key));
    this.#log.info(`Notebook on kernel ${kernel.id} of ${server.label}`);
    this.#changed.fire(key);
    return current;
  }

  #release(key: string): void {
    const current = this.#kernels.get(key);
    if (!current) return;
    this.#kernels.delete(key);
    current.session.dispose();
    this.#changed.fire(key);
  }

  #running(key: string): NotebookKernel {
    const current = this.get(key);
    if (!current) throw new ProductError("usage", "This notebook has no running kernel. Run a cell to start one.");
    return current;
  }

  #queue(key: string): SerialQueue {
    const queue = this.#queues.get(key) ?? new SerialQueue();
    this.#queues.set(key, queue);
    return queue;
  }
}

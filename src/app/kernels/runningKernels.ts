// Running kernels of the user's servers, to which a notebook can be attached.
import * as v from "valibot";
import { systemClock, type Clock } from "../../base/clock";
import { DisposableStore, type Disposable } from "../../base/disposable";
import { Emitter } from "../../base/event";
import type { ServiceManager } from "../../services/serviceManager";
import type { Hubs } from "../hubs/hubs";
import type { Ports } from "../ports";
import { isShared, type Server } from "../servers/server";
import type { Servers } from "../servers/servers";

/** A kernel that runs, or ran when it was last seen. */
export interface RunningKernel {
  readonly server: Server;
  readonly id: string;
  /** The name of its kernel spec. */
  readonly spec: string;
  /** Its session's path and name for people; undefined where it has no session. */
  readonly path: string | undefined;
  readonly name: string | undefined;
  /** As the server last said, such as `idle`; undefined where it was not asked yet. */
  readonly state: string | undefined;
}

const prefix = "attached:";
const remembered = v.object({
  server: v.string(),
  id: v.string(),
  spec: v.string(),
  path: v.optional(v.string()),
  name: v.optional(v.string()),
  at: v.number(),
});
/** Milliseconds for which one look at the servers is enough. */
const fresh = 30_000;
/** Milliseconds: throttle of state changes. A kernel that runs short cells changes all the time. */
const calm = 1_000;
/** Milliseconds after which a kernel that was not asked about is forgotten. */
const maxAge = 30 * 24 * 3_600_000;

/** The running kernels as of the last list; those that notebooks are attached to are remembered over a reload. */
export class RunningKernels implements Disposable {
  readonly #hubs: Hubs;
  readonly #servers: Servers;
  readonly #ports: Ports;
  readonly #clock: Clock;
  readonly #changed: Emitter<void>;
  readonly #watched = new WeakSet<ServiceManager>();
  readonly #resources = new DisposableStore();
  #looked = Number.NEGATIVE_INFINITY;
  #shape = "";
  #calming: Disposable | undefined;

  constructor(hubs: Hubs, servers: Servers, ports: Ports, clock: Clock = systemClock) {
    this.#hubs = hubs;
    this.#servers = servers;
    this.#ports = ports;
    this.#clock = clock;
    this.#changed = this.#resources.add(new Emitter(ports.log));
    this.#resources.add(servers.onDidChange(() => this.#follow()));
    this.#follow();
  }

  /** Fired when a kernel has come, gone, or changed. */
  get onDidChange() {
    return this.#changed.event;
  }

  get all(): readonly RunningKernel[] {
    return this.#servers.all.flatMap((server) => this.#of(server));
  }

  /**
   * The user may choose a kernel soon: asks which servers run, and those what runs on them. Not again within half a
   * minute; servers of others are left alone. What cannot be asked stays as it was.
   */
  async refreshIfOld(): Promise<void> {
    const now = this.#clock.now();
    if (now - this.#looked < fresh) return;
    this.#looked = now;
    const accounts = this.#hubs.accounts.filter(({ state }) => state === "signed-in");
    await Promise.all(
      accounts.map(async (account) => {
        try {
          await this.#servers.refresh(account);
          const running = this.#servers.of(account).flatMap((server) => (isShared(server) ? [] : (server.services ?? [])));
          await Promise.all(running.flatMap(({ sessions, kernels }) => [sessions.refresh(), kernels.refresh()]));
        } catch (error) {
          this.#ports.log.debug(`${account.label} was not asked for its running kernels`, error);
        }
      }),
    );
    // An empty list is no change to those who learn it first, but of those that are remembered none is left.
    this.#became();
  }

  /** A notebook is attached to this kernel: after a reload it will be again. */
  async keep({ server, id, spec, path, name }: RunningKernel): Promise<void> {
    const record = { server: server.id, id, spec, path, name, at: this.#clock.now() };
    await this.#ports.memory.set(prefix + id, record);
  }

  dispose(): void {
    this.#calming?.dispose();
    this.#resources.dispose();
  }

  #of(server: Server): readonly RunningKernel[] {
    const { services } = server;
    if (!services?.kernels.isReady || !services.sessions.isReady)
      return server.model && server.state === "stopped" ? [] : this.#kept(server);
    const sessions = new Map(services.sessions.running.map((session) => [session.kernel?.id, session]));
    return services.kernels.running
      .filter(({ execution_state: state }) => state !== "dead")
      .map(({ id, name: spec, execution_state: state }) => {
        const session = sessions.get(id);
        return { server, id, spec, path: session?.path, name: session && (session.name || session.path.split("/").pop()), state };
      });
  }

  #kept(server: Server): readonly RunningKernel[] {
    return this.#records()
      .filter((record) => record.server === server.id)
      .map(({ id, spec, path, name }) => ({ server, id, spec, path, name, state: undefined }));
  }

  #records(): readonly v.InferOutput<typeof remembered>[] {
    const { memory } = this.#ports;
    return memory.keys().flatMap((key) => {
      const record = key.startsWith(prefix) ? v.safeParse(remembered, memory.get(key)) : undefined;
      return record?.success ? [record.output] : [];
    });
  }

  /** Listens to the servers that run, and forgets the kernels that are known to be gone. */
  #follow(): void {
    for (const { services } of this.#servers.all) {
      if (!services || this.#watched.has(services)) continue;
      this.#watched.add(services);
      const changed = (): void => this.#became();
      this.#resources.add(services.kernels.onDidChangeRunning(changed));
      this.#resources.add(services.sessions.onDidChangeRunning(changed));
    }
    this.#became();
  }

  #became(): void {
    const { all } = this;
    const shape = JSON.stringify(all.map(({ server, id, spec, path, name }) => [server.id, id, spec, path, name]));
    if (shape === this.#shape) {
      this.#calming ??= this.#clock.after(calm, () => this.#fire());
      return;
    }
    this.#shape = shape;
    this.#forgetAllBut(new Set(all.map(({ id }) => id)));
    this.#fire();
  }

  #fire(): void {
    this.#calming?.dispose();
    this.#calming = undefined;
    this.#changed.fire();
  }

  /** Servers that are not known any more, or not yet, are given the benefit of the doubt for some time. */
  #forgetAllBut(present: ReadonlySet<string>): void {
    const tooOld = this.#clock.now() - maxAge;
    for (const { server, id, at } of this.#records()) {
      if (present.has(id) || (at > tooOld && !this.#servers.find(server))) continue;
      void this.#ports.memory.set(prefix + id, undefined);
    }
  }
}

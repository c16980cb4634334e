// SessionContext: a stable object with the life of a client (a notebook), whatever becomes of its session and kernel.
import { throwIfAborted } from "../../base/async";
import { DisposableStore, type Disposable } from "../../base/disposable";
import { asError, ProductError, hasCode } from "../../base/errors";
import { Emitter } from "../../base/event";
import { nullLogger, type Logger } from "../../base/log";
import type { KernelConnection } from "../kernel/connection";
import type { SessionConnection } from "./connection";
import { ContextEvents } from "./contextEvents";
import { isOther, type Initialized, type KernelChoice, type SessionContextOptions } from "./contextOptions";
import { ContextStatus } from "./contextStatus";
import { defaultKernelName, type KernelPreference } from "./defaultKernel";
import type { ForwardedKernelEvents } from "./kernelEvents";
import type { SessionModel } from "./model";
import { Turns } from "./turns";

/**
 * Owns a client's session connection, or null. Calls that change the session run one after the other, in order;
 * `shutdown` and `dispose` end waiting ones at once.
 */
export class SessionContext implements Disposable {
  readonly #options: SessionContextOptions;
  readonly #turns = new Turns();
  readonly #events: ContextEvents;
  readonly #status: ContextStatus;
  readonly #propertyChanged: Emitter<"path" | "name" | "type">;
  readonly #resources = new DisposableStore();
  #session: SessionConnection | null = null;
  #preference: KernelPreference;
  #place: { readonly path: string; readonly name: string; readonly type: string };
  #isDisposed = false;

  constructor(options: SessionContextOptions) {
    const log = options.log ?? nullLogger;
    this.#options = options;
    this.#preference = options.preference ?? {};
    this.#place = { path: options.path, name: options.name ?? options.path, type: options.type ?? "notebook" };
    this.#status = this.#resources.add(new ContextStatus(options.kernelSpecs, () => this.#session?.kernel ?? null, log));
    this.#propertyChanged = this.#resources.add(new Emitter(log));
    this.#events = this.#resources.add(new ContextEvents(log));
    this.#resources.add(this.#events.statusChanged.event(() => this.#status.tell()));
    this.#resources.add(options.kernelSpecs.onDidChange(() => this.#status.tell()));
  }

  get session(): SessionConnection | null {
    return this.#session;
  }

  get kernel(): KernelConnection | null {
    const kernel = this.#session?.kernel ?? null;
    return kernel?.ended ? null : kernel;
  }

  get path(): string {
    return this.#place.path;
  }

  get name(): string {
    return this.#place.name;
  }

  get type(): string {
    return this.#place.type;
  }

  get isDisposed(): boolean {
    return this.#isDisposed;
  }

  get preference(): KernelPreference {
    return this.#preference;
  }

  /** Takes effect with the next start. */
  set preference(preference: KernelPreference) {
    this.#preference = preference;
  }

  /** The name of the kernel for people: its spec's, also while it starts; empty where there is none. */
  get kernelDisplayName(): string {
    return this.#status.kernelName;
  }

  /** The kernel's status, in a word or two for people. */
  get friendlyStatus(): string {
    return this.#status.text;
  }

  /** Fired with the new session's connection, or null. */
  get onDidChangeSession() {
    return this.#events.sessionChanged.event;
  }

  /** Fired with the new kernel's connection, or null. */
  get onDidChangeKernel() {
    return this.#events.kernelChanged.event;
  }

  /** Fired with `friendlyStatus` when that or the kernel's name may have changed. */
  get onDidChangeStatus() {
    return this.#status.onDidChange;
  }

  get onDidChangeProperty() {
    return this.#propertyChanged.event;
  }

  get onDidDispose() {
    return this.#events.disposed.event;
  }

  /** The events of whatever kernel it has. */
  get ofKernel(): Omit<ForwardedKernelEvents, "follow" | "dispose"> {
    return this.#events.ofKernel;
  }

  /**
   * Joins the session that the path has, else starts what the preferences decide without a user.
   * @throws ProductError `aborted`, `disposed`, or why the server could not be asked or the kernel not started
   */
  initialize(signal?: AbortSignal): Promise<Initialized> {
    return this.#do(signal, async (stop) => {
      if (this.kernel) return "connected";
      const { canStart, shouldStart, shouldReuse } = this.#preference;
      if (canStart === false) return "no-kernel";
      if (shouldReuse !== false && (await this.#join(stop))) return "connected";
      if (shouldStart === false) return "no-kernel";
      const choice = await this.#preferred(stop);
      if (!choice) return "needs-selection";
      await this.#have(choice, stop);
      return "connected";
    });
  }

  /**
   * The kernel it has, else the one the preferences decide.
   * @throws ProductError `no-kernel-spec` where a user has to choose (use `changeKernel`); as `initialize`
   */
  startKernel(signal?: AbortSignal): Promise<KernelConnection> {
    return this.#do(signal, (stop) => this.#startPreferred(stop));
  }

  /**
   * Changes the kernel: to a new one by name, or a running one by id. The previous one is shut down.
   * @throws ProductError `no-kernel-spec`; as `initialize`
   */
  changeKernel(choice: KernelChoice, signal?: AbortSignal): Promise<KernelConnection> {
    return this.#do(signal, (stop) => this.#have(choice, stop));
  }

  /** Restarts the kernel, or starts one where there is none. @throws ProductError as `startKernel` */
  restartKernel(signal?: AbortSignal): Promise<KernelConnection> {
    return this.#do(signal, async (stop) => {
      const { kernel } = this;
      if (!kernel) return this.#startPreferred(stop);
      await this.#status.showing("restarting", "", () => kernel.restart());
      return kernel;
    });
  }

  /**
   * Shuts session and kernel down for everyone; what was asked for before is given up (`aborted`). Fine where there is
   * none.
   */
  shutdown(): Promise<void> {
    this.#turns.giveUp(new ProductError("aborted", "The kernel was shut down before this was done."));
    return this.#do(undefined, () => this.#end());
  }

  /** The client has moved: its session on the server follows. */
  setPath(path: string): Promise<void> {
    return this.#do(undefined, async () => {
      await this.#session?.setPath(path);
      this.#follow("path", path);
    });
  }

  /** The client has another name: its session on the server follows. */
  setName(name: string): Promise<void> {
    return this.#do(undefined, async () => {
      await this.#session?.setName(name);
      this.#follow("name", name);
    });
  }

  /** Leaves session and kernel on the server, or shuts them down where the preferences say so; all calls reject. */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#turns.giveUp(disposedError());
    const shutDown = this.#preference.shutdownOnDispose === true;
    if (!shutDown) this.#take(null);
    // A start under way has to end first.
    const end = async (): Promise<void> => (shutDown ? this.#end() : this.#take(null));
    this.#turns
      .run(undefined, end)
      .catch((error: unknown) => this.#log.warn(`The session of ${this.#place.path} could not be shut down`, error));
    this.#events.disposed.fire();
    this.#resources.dispose();
  }

  get #log(): Logger {
    return this.#options.log ?? nullLogger;
  }

  async #startPreferred(signal: AbortSignal): Promise<KernelConnection> {
    if (!this.kernel && this.#preference.shouldReuse !== false) await this.#join(signal);
    if (this.kernel) return this.kernel;
    const choice = await this.#preferred(signal);
    if (!choice) throw new ProductError("no-kernel-spec", `It is not clear which kernel ${this.#place.name} is for. Select one.`);
    return this.#have(choice, signal);
  }

  /** Joins the path's session with its kernel; false where it has none that lives. */
  async #join(signal: AbortSignal): Promise<boolean> {
    const model = await this.#find(signal);
    if (!model?.kernel || model.kernel.execution_state === "dead") return false;
    this.#take(this.#options.sessions.connectTo(model, this.#options.clientId));
    return true;
  }

  async #find(signal: AbortSignal): Promise<SessionModel | undefined> {
    await this.#options.sessions.refresh(signal);
    return this.#options.sessions.findByPath(this.#place.path);
  }

  async #preferred(signal: AbortSignal): Promise<KernelChoice | undefined> {
    const { id } = this.#preference;
    if (id !== undefined) return { id };
    const name = defaultKernelName(await this.#options.kernelSpecs.ready(signal), this.#preference);
    return name === undefined ? undefined : { name };
  }

  /** Has this kernel in this path's session, which is made if need be. */
  #have(choice: KernelChoice, signal: AbortSignal): Promise<KernelConnection> {
    return this.#status.showing("starting", "name" in choice ? choice.name : "", async () => {
      const { sessions, clientId } = this.#options;
      const older = !this.#session && this.#preference.shouldReuse === false ? await this.#find(signal) : undefined;
      const present = this.#session ?? (older && sessions.connectTo(older, clientId));
      const start = { ...this.#place, kernel: choice };
      // Not aborted once it is sent: the server would go on, and nobody would know what it has made.
      const session = present ?? (await sessions.startNew(start, { clientId }));
      // Taken although nobody may want it any more: whoever ended this shuts down or leaves what is there.
      this.#take(session);
      throwIfAborted(signal);
      // The path's session may be older than this, with a kernel that was not asked for.
      if (present || isOther(session, choice)) await session.changeKernel(choice);
      if (!session.kernel) throw new ProductError("kernel-dead", `The session of ${this.#place.path} got no kernel. Try again.`);
      return session.kernel;
    });
  }

  #take(session: SessionConnection | null): void {
    if (session === this.#session) return;
    const before = this.#session;
    this.#session = session;
    const changed = (property: "path" | "name" | "type"): void => {
      if (session) this.#follow(property, session[property]);
    };
    // It ends when it was shut down, here or on the server.
    this.#events.follow(session, before, { changed, ended: () => this.#take(null) });
    before?.dispose();
  }

  #follow(property: "path" | "name" | "type", value: string): void {
    if (this.#place[property] === value) return;
    this.#place = { ...this.#place, [property]: value };
    this.#propertyChanged.fire(property);
  }

  async #end(): Promise<void> {
    const session = this.#session;
    if (!session || session.isDisposed) return;
    await this.#status.showing("shutting-down", "", async () => {
      try {
        await session.shutdown();
      } catch (error) {
        // Its kernel was shut down before it: that is what was wanted.
        if (!hasCode(error, "not-found")) throw error;
      }
    });
    this.#take(null);
  }

  /** Does `work` after what was asked for before; whoever waits may leave, and is sent away by shutdown and dispose. */
  #do<T>(signal: AbortSignal | undefined, work: (stop: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#isDisposed) return Promise.reject(disposedError());
    return this.#turns.run(signal, work, (error) => (this.#isDisposed ? disposedError() : asError(error)));
  }
}

function disposedError(): ProductError {
  return new ProductError("disposed", "The notebook was closed.");
}

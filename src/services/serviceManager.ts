// ServiceManager: all services of one Jupyter server.
import type { Clock } from "../base/clock";
import type { Disposable } from "../base/disposable";
import { Emitter } from "../base/event";
import type { ServerSettings } from "../transport/settings";
import { KernelManager } from "./kernel/manager";
import { KernelSpecManager } from "./kernelspec/manager";
import { Poller, type UserPresence, type Live } from "./poller";
import { asKernelAction, EventStream } from "./rest/events";
import { SessionManager } from "./session/manager";

export interface ServiceManagerOptions {
  /** Whether the user uses the program; always unless told. */
  readonly activity?: UserPresence;
  /** Whether to listen to the server's event stream while it is looked at; true unless told. */
  readonly live?: boolean;
  readonly clock?: Clock;
  /** For jitter, in [0, 1). */
  readonly random?: () => number;
}

/** Everything one can do on one server; `dispose` ends all connections and leaves the server as it is. */
export class ServiceManager implements Disposable {
  readonly kernelSpecs: KernelSpecManager;
  readonly kernels: KernelManager;
  readonly sessions: SessionManager;
  readonly #poller: Poller;
  readonly #answered: Emitter<void>;
  /** The kernels and sessions as of the last poll, for the detection of changes. */
  #shape = "";
  /** jupyter_server before 2 has no event stream; asking once is enough. */
  #hasEvents = true;

  constructor(
    readonly settings: ServerSettings,
    options: ServiceManagerOptions = {},
  ) {
    const { activity, clock, random } = options;
    this.#answered = new Emitter(settings.log);
    this.kernelSpecs = new KernelSpecManager(settings);
    this.kernels = new KernelManager(settings);
    this.sessions = new SessionManager(settings, this.kernels);
    const live = options.live === false ? undefined : (changed: () => void) => this.#listen(changed);
    this.#poller = new Poller({ poll: (signal) => this.#poll(signal), live, activity, clock, random, log: settings.log });
    this.kernels.onDidChangeRunning(() => this.#noteChange());
    this.sessions.onDidChangeRunning(() => this.#noteChange());
  }

  /** Fired with the reason when polling has failed. */
  get onConnectionFailure() {
    return this.#poller.onDidFail;
  }

  /** Fired when a poll was answered, whether or not there was something new. */
  get onDidAnswer() {
    return this.#answered.event;
  }

  /** Why nothing is polled until `resume` or a successful `refresh`: signed out, forbidden, or the server is not running. */
  get stopped(): Error | undefined {
    return this.#poller.stopped;
  }

  /**
   * Keeps kernels and sessions fresh until the result is disposed. To be held only while what they are shown in is
   * visible: each request counts as activity of the server and keeps it running.
   */
  look(): Disposable {
    return this.#poller.acquire();
  }

  /** Signed in again, or the server runs again: polling goes on. */
  resume(): void {
    this.#poller.resume();
  }

  /** Learns what the server has now: kernel specs, kernels and sessions, side by side. @throws ProductError */
  async refresh(signal?: AbortSignal): Promise<void> {
    await Promise.all([this.kernelSpecs.refresh(signal), this.kernels.refresh(signal), this.sessions.refresh(signal)]);
    this.#poller.noteAnswer();
    this.#answered.fire();
  }

  dispose(): void {
    this.#poller.dispose();
    this.sessions.dispose();
    this.kernels.dispose();
    this.kernelSpecs.dispose();
    this.#answered.dispose();
  }

  /** One after the other: where the first fails, the others are not asked. Specs hardly ever change: once. */
  async #poll(signal: AbortSignal): Promise<boolean> {
    const before = this.#shapeNow();
    await this.sessions.refresh(signal);
    await this.kernels.refresh(signal);
    if (!this.kernelSpecs.isReady) await this.kernelSpecs.refresh(signal);
    this.#answered.fire();
    return this.#shapeNow() !== before;
  }

  /** Not of interest: activity, connections and states, which change all the time where somebody works. */
  #shapeNow(): string {
    const sessions = this.sessions.running.map(({ id, path, name, kernel }) => [id, path, name, kernel?.id]);
    return JSON.stringify([sessions, this.kernels.running.map(({ id }) => id)]);
  }

  #noteChange(): void {
    const shape = this.#shapeNow();
    if (shape === this.#shape) return;
    this.#shape = shape;
    this.#poller.noteChange();
  }

  #listen(changed: () => void): Live {
    if (!this.#hasEvents) return { isOpen: false, dispose: () => undefined };
    const stream = new EventStream(this.settings);
    stream.onEvent((event) => asKernelAction(event) && changed());
    stream.onDidMiss(changed);
    stream.onDidChangeStatus((status) => {
      if (status === "stopped" && stream.reason?.code === "not-found") this.#hasEvents = false;
    });
    return {
      get isOpen() {
        return stream.status === "connected";
      },
      dispose: () => stream.dispose(),
    };
  }
}

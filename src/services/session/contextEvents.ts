// Events of a session context: those of its session and kernel, whichever they are.
import { DisposableStore, type Disposable } from "../../base/disposable";
import { Emitter } from "../../base/event";
import type { Logger } from "../../base/log";
import type { KernelConnection } from "../kernel/connection";
import type { SessionConnection } from "./connection";
import { ForwardedKernelEvents } from "./kernelEvents";

/** Emitters that follow one session connection at a time. */
export class ContextEvents implements Disposable {
  readonly #all = new DisposableStore();
  readonly sessionChanged: Emitter<SessionConnection | null>;
  readonly kernelChanged: Emitter<KernelConnection | null>;
  /** A text about the kernel may have changed. */
  readonly statusChanged: Emitter<void>;
  readonly disposed: Emitter<void>;
  readonly ofKernel: ForwardedKernelEvents;
  #ofSession = new DisposableStore();

  constructor(log: Logger) {
    this.sessionChanged = this.#all.add(new Emitter(log));
    this.kernelChanged = this.#all.add(new Emitter(log));
    this.statusChanged = this.#all.add(new Emitter(log));
    this.disposed = this.#all.add(new Emitter(log));
    this.ofKernel = this.#all.add(new ForwardedKernelEvents(log));
    this.#all.add(this.ofKernel.onDidChangeStatus(() => this.statusChanged.fire()));
    this.#all.add(this.ofKernel.onDidChangeConnectionStatus(() => this.statusChanged.fire()));
  }

  /**
   * Reports the events of this session from now on; the context has it already.
   * @param on what the context itself does when the session was changed or has ended
   */
  follow(
    session: SessionConnection | null,
    before: SessionConnection | null,
    on: { readonly changed: (property: "path" | "name" | "type") => void; readonly ended: () => void },
  ): void {
    this.#ofSession.dispose();
    this.#ofSession = new DisposableStore();
    if (session) {
      this.#ofSession.add(session.onDidChangeKernel((kernel) => this.#tell(kernel)));
      this.#ofSession.add(session.onDidChangeProperty(on.changed));
      this.#ofSession.add(session.onDidDispose(on.ended));
    }
    this.sessionChanged.fire(session);
    const kernel = session?.kernel ?? null;
    if ((before?.kernel ?? null) !== kernel) this.#tell(kernel);
    else this.statusChanged.fire();
  }

  dispose(): void {
    this.#ofSession.dispose();
    this.#all.dispose();
  }

  #tell(kernel: KernelConnection | null): void {
    this.ofKernel.follow(kernel);
    this.kernelChanged.fire(kernel);
    this.statusChanged.fire();
  }
}

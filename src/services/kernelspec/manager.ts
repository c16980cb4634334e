// The kernel specs of one server, kept and refreshed.
import { Emitter } from "../../base/event";
import type { Disposable } from "../../base/disposable";
import type { ServerSettings } from "../../transport/settings";
import { listKernelSpecs } from "./client";
import type { KernelSpecs } from "./model";

/** Knows a server's kernel specs and says when they change. */
export class KernelSpecManager implements Disposable {
  readonly #settings: ServerSettings;
  readonly #changed: Emitter<KernelSpecs>;
  #specs: KernelSpecs | undefined;

  constructor(settings: ServerSettings) {
    this.#settings = settings;
    this.#changed = new Emitter(settings.log);
  }

  /** Fired when a refresh found something else than before. */
  get onDidChange() {
    return this.#changed.event;
  }

  /** What the last refresh found; undefined before the first. */
  get specs(): KernelSpecs | undefined {
    return this.#specs;
  }

  /** Asks the server. @throws ConnectError, and then keeps what it had. */
  async refresh(signal?: AbortSignal): Promise<KernelSpecs> {
    const specs = await listKernelSpecs(this.#settings, { signal });
    const changed = JSON.stringify(specs) !== JSON.stringify(this.#specs);
    this.#specs = specs;
    if (changed) this.#changed.fire(specs);
    return specs;
  }

  dispose(): void {
    this.#changed.dispose();
  }
}

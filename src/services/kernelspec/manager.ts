// Kernel specs of one server, cached and refreshed.
import type { Disposable } from "../../base/disposable";
import type { ServerSettings } from "../../transport/settings";
import { Listing } from "../listing";
import { listKernelSpecs } from "./client";
import type { KernelSpec, KernelSpecs } from "./model";

/** Knows a server's kernel specs and says when they change. */
export class KernelSpecManager implements Disposable {
  readonly #listing: Listing<KernelSpecs | undefined>;

  constructor(settings: ServerSettings) {
    const ask = (signal: AbortSignal | undefined) => listKernelSpecs(settings, { signal });
    this.#listing = new Listing<KernelSpecs | undefined>({ initial: undefined, ask, log: settings.log });
  }

  /** Fired when a refresh found something else than before. */
  get onDidChange() {
    return this.#listing.onDidChange;
  }

  /** Fired with the reason when the server could not be asked for its kernel specs. */
  get onConnectionFailure() {
    return this.#listing.onDidFail;
  }

  /** The result of the last refresh; undefined before the first. */
  get specs(): KernelSpecs | undefined {
    return this.#listing.value;
  }

  /** Whether the specs have been learned. */
  get isReady(): boolean {
    return this.#listing.isReady;
  }

  /** The spec of that name, as far as the specs are known. */
  findByName(name: string): KernelSpec | undefined {
    return this.specs?.specs.find((spec) => spec.name === name);
  }

  /** Resolves with the specs; the server is asked only where nobody has yet. @throws ProductError why it could not be. */
  async ready(signal?: AbortSignal): Promise<KernelSpecs> {
    await this.#listing.ready(signal);
    return this.specs ?? none;
  }

  /** Asks the server. @throws ProductError, and then keeps what it had. */
  async refresh(signal?: AbortSignal): Promise<KernelSpecs> {
    return (await this.#listing.refresh(signal)) ?? none;
  }

  dispose(): void {
    this.#listing.dispose();
  }
}

const none: KernelSpecs = { default: "", specs: [] };

// Control of a kernel's process by the server's REST API: interrupt, restart, shutdown.
import { ProductError, hasCode } from "../../base/errors";
import { Joins } from "../../base/joins";
import type { ServerSettings } from "../../transport/settings";
import { interruptKernel, restartKernel, shutdownKernel } from "./client";
import type { KernelModel } from "./model";
import type { KernelLink } from "./socket/link";
import { throwIfEnded } from "./socket/state";

export interface ProcessControlPorts {
  readonly settings: ServerSettings;
  readonly kernelId: string;
  readonly link: KernelLink;
  /** The server's model of the restarted kernel. */
  readonly restarted: (model: KernelModel) => void;
}

/** Sends the REST requests, and reports the outcome to the connection's link. */
export class ProcessControl {
  readonly #ports: ProcessControlPorts;
  readonly #restarting = new Joins<ProcessControl, void>();

  constructor(ports: ProcessControlPorts) {
    this.#ports = ports;
  }

  /** Stops what runs. @throws ProductError where the kernel is dead or the server refuses */
  async interrupt(): Promise<void> {
    const { settings, kernelId, link } = this.#ports;
    throwIfEnded(link.state);
    await this.#guardGone(interruptKernel(settings, kernelId, { signal: link.ending }));
  }

  /** Restarts it, once for concurrent callers (single flight). @param reason the error of open requests instead of the usual one */
  restart(reason?: ProductError): Promise<void> {
    return this.#restarting.run(this, "", () => this.#restart(reason));
  }

  /** Shuts it down for everyone, and ends the connection. One that is gone already is fine. */
  async shutdown(): Promise<void> {
    const { settings, kernelId, link } = this.#ports;
    if (link.state.kernel !== "dead") await shutdownKernel(settings, kernelId);
    link.dispatch({ type: "gone", error: new ProductError("kernel-dead", "The kernel was shut down.") });
  }

  async #restart(reason: ProductError | undefined): Promise<void> {
    const { settings, kernelId, link, restarted } = this.#ports;
    throwIfEnded(link.state);
    link.dispatch({ type: "restart", ...(reason && { error: reason }) });
    try {
      restarted(await this.#guardGone(restartKernel(settings, kernelId, { signal: link.ending })));
      link.dispatch({ type: "restarted" });
    } catch (error) {
      link.dispatch({ type: "restart-failed" });
      throw error;
    }
  }

  async #guardGone<T>(request: Promise<T>): Promise<T> {
    const { link } = this.#ports;
    try {
      return await request;
    } catch (error) {
      if (hasCode(error, "not-found")) link.dispatch({ type: "open-failed", error });
      throw link.state.ended ?? error;
    }
  }
}

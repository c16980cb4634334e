// ServiceManager: all services of one Jupyter server.
import type { Disposable } from "../base/disposable";
import type { ServerSettings } from "../transport/settings";
import { KernelManager } from "./kernel/manager";
import { KernelSpecManager } from "./kernelspec/manager";
import { SessionManager } from "./session/manager";

/** Everything one can do on one server; `dispose` ends all connections and leaves the server as it is. */
export class ServiceManager implements Disposable {
  readonly kernelSpecs: KernelSpecManager;
  readonly kernels: KernelManager;
  readonly sessions: SessionManager;

  constructor(readonly settings: ServerSettings) {
    this.kernelSpecs = new KernelSpecManager(settings);
    this.kernels = new KernelManager(settings);
    this.sessions = new SessionManager(settings, this.kernels);
  }

  /** Learns what the server has now: kernel specs, kernels and sessions, side by side. */
  async refresh(signal?: AbortSignal): Promise<void> {
    await Promise.all([this.kernelSpecs.refresh(signal), this.kernels.refresh(signal), this.sessions.refresh(signal)]);
  }

  dispose(): void {
    this.sessions.dispose();
    this.kernels.dispose();
    this.kernelSpecs.dispose();
  }
}

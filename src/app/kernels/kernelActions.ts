// Interrupt, restart and shutdown of a server's kernels, whether or not a notebook here is connected to them.
import { delay } from "../../base/async";
import { ProductError, hasCode } from "../../base/errors";
import { interruptKernel, restartKernel } from "../../services/kernel/client";
import type { KernelModel } from "../../services/kernel/model";
import type { ServiceManager } from "../../services/serviceManager";
import type { SessionModel } from "../../services/session/model";
import type { Server } from "../servers/server";
import type { Servers } from "../servers/servers";

/** A kernel that a user points at. */
export interface KernelRef {
  readonly server: Server;
  readonly id: string;
}

/** A kernel with what is known of it. */
export interface KnownKernel extends KernelRef {
  readonly model: KernelModel;
  readonly session: SessionModel | undefined;
}

/** Milliseconds between two checks whether an interrupted kernel is idle: within a second in all. */
const looks = [150, 250, 500];

/** All kernels of the running servers, as of their last lists. */
export function knownKernels(servers: readonly Server[]): readonly KnownKernel[] {
  return servers.flatMap((server) => {
    const { services } = server;
    if (!services) return [];
    const sessions = new Map(services.sessions.running.map((session) => [session.kernel?.id, session]));
    return services.kernels.running.map((model) => ({ server, id: model.id, model, session: sessions.get(model.id) }));
  });
}

/** Asks the server for its kernels and sessions, and returns them. @throws ProductError */
export async function freshKernels(server: Server, signal?: AbortSignal): Promise<readonly KnownKernel[]> {
  const services = runningServices(server);
  await Promise.all([services.kernels.refresh(signal), services.sessions.refresh(signal)]);
  return knownKernels([server]);
}

/** Interrupts the kernel. @throws ProductError `kernel-dead` where it is gone; as `Servers.check` finds the server */
export function interrupt(servers: Servers, ref: KernelRef, signal?: AbortSignal): Promise<void> {
  return acting(servers, ref, async (services) => {
    await interruptKernel(services.settings, ref.id, { signal });
    for (const pause of looks) {
      const running = await services.kernels.refresh(signal);
      if (running.find(({ id }) => id === ref.id)?.execution_state !== "busy") return;
      await delay(pause, signal);
    }
  });
}

/** Restarts the kernel's process: its variables are lost. @throws ProductError as `interrupt` */
export function restart(servers: Servers, ref: KernelRef, signal?: AbortSignal): Promise<void> {
  return acting(servers, ref, async (services) => {
    const connection = services.kernels.connections.find(({ id }) => id === ref.id);
    // A notebook that is connected here makes a new connection with the new process.
    await (connection ? connection.restart() : restartKernel(services.settings, ref.id, { signal }));
    await services.kernels.refresh(signal);
  });
}

/** Shuts the kernel down for everyone, with its session. One that is gone already is fine. @throws ProductError */
export function shutDown(servers: Servers, ref: KernelRef): Promise<void> {
  return acting(servers, ref, async (services) => {
    const session = services.sessions.running.find(({ kernel }) => kernel?.id === ref.id);
    if (!session) {
      await services.kernels.shutdown(ref.id);
      return;
    }
    try {
      await services.sessions.shutdown(session.id);
    } catch (error) {
      // Its kernel went before it: that is what was wanted.
      if (!hasCode(error, "not-found")) throw error;
    }
  });
}

/**
 * Kernels that have been idle for at least `ms` milliseconds, whose output nobody waits for.
 * @param now milliseconds since the epoch
 */
export function idleFor(kernels: readonly KnownKernel[], ms: number, now = Date.now()): readonly KnownKernel[] {
  return kernels.filter(({ model: { execution_state: state, last_activity: at } }) => {
    if (state !== "idle" || !at) return false;
    const idle = now - Date.parse(at);
    return idle >= ms;
  });
}

function runningServices(server: Server): ServiceManager {
  if (server.services) return server.services;
  throw serverStopped(server);
}

function serverStopped(server: Server, cause?: unknown): ProductError {
  return new ProductError("server-stopped", `The server of ${server.label} is not running any more, and its kernels are gone with it.`, {
    cause,
  });
}

/** Removes a kernel that turns out to be gone from the lists before the error is reported. */
async function acting(servers: Servers, { server, id }: KernelRef, work: (services: ServiceManager) => Promise<void>): Promise<void> {
  const services = runningServices(server);
  try {
    await work(services);
  } catch (error) {
    if (hasCode(error, "server-stopped", "server-error", "unreachable", "timeout")) {
      // Proxies say many things of a server that is gone; its hub knows.
      await servers.check(server);
      if (server.state === "stopped") throw serverStopped(server, error);
    }
    if (!hasCode(error, "not-found")) throw error;
    const text = `The kernel is gone from the server of ${server.label}: it was shut down there. Run a cell of its notebook to start another.`;
    const gone = new ProductError("kernel-dead", text, { cause: error });
    services.kernels.forget(id, gone);
    throw gone;
  }
}

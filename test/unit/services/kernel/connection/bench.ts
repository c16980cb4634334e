// A kernel connection and the scripted kernel behind it: what tests of src/services/kernel/connection.ts begin with.
import { withTimeout } from "../../../../../src/base/async";
import type { ProductError, ErrorCode } from "../../../../../src/base/errors";
import { next } from "../../../../../src/base/event";
import { KernelConnection } from "../../../../../src/services/kernel/connection";
import { KernelServer } from "../../../../fakes/kernelServer";
import { failure } from "../../../../harness/failure";
import type { Timeouts } from "../../../../../src/transport/settings";

export interface Scripted {
  readonly server: KernelServer;
  readonly connection: KernelConnection;
}

/** A server with its kernel, and a connection that knows what the kernel is. */
export async function scripted(): Promise<Scripted> {
  const server = await KernelServer.start();
  return { server, connection: await connectionTo(server, { liveness: 5_000 }) };
}

/** Ends both. */
export async function ended({ server, connection }: Scripted): Promise<void> {
  connection.dispose();
  await server.stop();
}

/** Instead of the usual connection, one that asks again after `answer` milliseconds. */
export function impatient({ server, connection }: Scripted, answer = 10): Promise<KernelConnection> {
  connection.dispose();
  return connectionTo(server, { answer });
}

async function connectionTo(server: KernelServer, timeouts: Partial<Timeouts>): Promise<KernelConnection> {
  const connection = new KernelConnection({ settings: server.settings(timeouts), model: server.model });
  await within(connection.info);
  return connection;
}

export const within = <T>(promise: Promise<T>): Promise<T> => withTimeout(promise, 5_000, "Waited in vain");
export const fails = (promise: Promise<unknown>, code: ErrorCode): Promise<ProductError> => failure(within(promise), code);
export const reconnected = (connection: KernelConnection): Promise<unknown> =>
  within(next(connection.onDidChangeConnectionStatus, (now) => now === "connected"));
export const execute = (connection: KernelConnection): Promise<unknown> => connection.execute({ code: "1" }).done;

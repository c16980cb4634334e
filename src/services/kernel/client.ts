// The server's kernels by REST.
import * as v from "valibot";
import { ProductError, HttpError } from "../../base/errors";
import { Joins } from "../../base/joins";
import { request, requestJson } from "../../transport/http";
import { reasonIn } from "../../transport/httpErrors";
import type { ServerSettings } from "../../transport/settings";
import { encodeName } from "../../transport/target";
import { kernelModel, type KernelModel } from "./model";

/** Milliseconds that starting or restarting a kernel may take on a busy server. */
const startTimeout = 90_000;

/** Servers answer 500 to a second restart or shutdown of a kernel while the first goes on. */
const restarts = new Joins<ServerSettings, KernelModel>();
const others = new Joins<ServerSettings, void>();

interface Abort {
  readonly signal?: AbortSignal | undefined;
}

/** GET /api/kernels */
export function listKernels(settings: ServerSettings, options: Abort = {}): Promise<KernelModel[]> {
  return requestJson(settings, "api/kernels", v.array(kernelModel), options);
}

/** GET /api/kernels/ID. @throws ProductError `not-found` where the server says that it is gone. */
export async function getKernel(settings: ServerSettings, id: string, options: Abort = {}): Promise<KernelModel> {
  return saidByServer(settings, id, requestJson(settings, pathOf(id), kernelModel, options));
}

/** POST /api/kernels: starts a kernel without a session. @throws ProductError `no-kernel-spec` for an unknown name. */
export function startKernel(settings: ServerSettings, name: string, options: Abort = {}): Promise<KernelModel> {
  return requestJson(settings, "api/kernels", kernelModel, {
    method: "POST",
    body: { name },
    timeout: startTimeout,
    ...options,
  });
}

/**
 * POST /api/kernels/ID/restart; answered when the new process runs. Concurrent calls join.
 * @throws ProductError as `getKernel`
 */
export function restartKernel(settings: ServerSettings, id: string, { signal }: Abort = {}): Promise<KernelModel> {
  const options = { method: "POST", timeout: startTimeout } as const;
  const work = (): Promise<KernelModel> => saidByServer(settings, id, requestJson(settings, `${pathOf(id)}/restart`, kernelModel, options));
  return restarts.run(settings, id, work, signal);
}

/** POST /api/kernels/ID/interrupt. Whoever asks until it is answered joins. @throws ProductError as `getKernel` */
export function interruptKernel(settings: ServerSettings, id: string, { signal }: Abort = {}): Promise<void> {
  const work = async (): Promise<void> => {
    await saidByServer(settings, id, request(settings, `${pathOf(id)}/interrupt`, { method: "POST" }));
  };
  return others.run(settings, `interrupt ${id}`, work, signal);
}

/** DELETE /api/kernels/ID; one that is gone already is fine. Whoever asks meanwhile joins. */
export function shutdownKernel(settings: ServerSettings, id: string, { signal }: Abort = {}): Promise<void> {
  const work = async (): Promise<void> => {
    await request(settings, pathOf(id), { method: "DELETE", allow: [404] });
  };
  return others.run(settings, `delete ${id}`, work, signal);
}

function pathOf(id: string): string {
  return `api/kernels/${encodeName(id)}`;
}

/** A 404 means that the kernel is gone only where the server itself says so: a proxy that has lost its routes says it too. */
async function saidByServer<T>(settings: ServerSettings, id: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof HttpError) || error.code !== "not-found" || reasonIn(error.body).includes(id)) throw error;
    const text = `Something else answers instead of the server of ${settings.label}, perhaps a proxy that was just restarted. Try again in a minute.`;
    throw new ProductError("server-error", text, { cause: error });
  }
}

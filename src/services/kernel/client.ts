// The server's kernels by REST.
import * as v from "valibot";
import { request, requestJson } from "../../transport/http";
import type { ServerSettings } from "../../transport/settings";
import { kernelModel, type KernelModel } from "./model";

/** Milliseconds that starting or restarting a kernel may take on a busy server. */
const startTimeout = 90_000;

interface Abort {
  readonly signal?: AbortSignal | undefined;
}

/** GET /api/kernels */
export function listKernels(settings: ServerSettings, options: Abort = {}): Promise<KernelModel[]> {
  return requestJson(settings, "api/kernels", v.array(kernelModel), options);
}

/** GET /api/kernels/ID. @throws ConnectError `not-found` where it is gone. */
export function getKernel(settings: ServerSettings, id: string, options: Abort = {}): Promise<KernelModel> {
  return requestJson(settings, pathOf(id), kernelModel, options);
}

/** POST /api/kernels: starts a kernel without a session. @throws ConnectError `no-kernel-spec` for an unknown name. */
export function startKernel(settings: ServerSettings, name: string, options: Abort = {}): Promise<KernelModel> {
  return requestJson(settings, "api/kernels", kernelModel, {
    method: "POST",
    body: { name },
    timeout: startTimeout,
    ...options,
  });
}

/** POST /api/kernels/ID/restart; answered when the new process runs. */
export function restartKernel(settings: ServerSettings, id: string, options: Abort = {}): Promise<KernelModel> {
  return requestJson(settings, `${pathOf(id)}/restart`, kernelModel, { method: "POST", timeout: startTimeout, ...options });
}

/** POST /api/kernels/ID/interrupt */
export async function interruptKernel(settings: ServerSettings, id: string, options: Abort = {}): Promise<void> {
  await request(settings, `${pathOf(id)}/interrupt`, { method: "POST", ...options });
}

/** DELETE /api/kernels/ID; one that is gone already is fine. */
export async function shutdownKernel(settings: ServerSettings, id: string, options: Abort = {}): Promise<void> {
  await request(settings, pathOf(id), { method: "DELETE", allow: [404], ...options });
}

function pathOf(id: string): string {
  return `api/kernels/${encodeURIComponent(id)}`;
}

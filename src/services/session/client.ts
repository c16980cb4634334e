// The server's sessions by REST.
import * as v from "valibot";
import { ProductError } from "../../base/errors";
import { Joins } from "../../base/joins";
import { request, requestJson } from "../../transport/http";
import type { ServerSettings } from "../../transport/settings";
import { encodeName } from "../../transport/target";
import { sessionModel, type SessionModel } from "./model";

/** Milliseconds that a start with its kernel may take on a busy server. */
const startTimeout = 90_000;

const shutdowns = new Joins<ServerSettings, void>();

interface Abort {
  readonly signal?: AbortSignal | undefined;
}

/** Fields of a new session. */
export interface SessionStart {
  readonly path: string;
  readonly name: string;
  readonly type: string;
  /** A new kernel of this spec, or the running one with this id. */
  readonly kernel: { readonly name: string } | { readonly id: string };
}

/** Fields of a session that can be changed; a kernel by name is started, one by id attached. */
export type SessionChange = Partial<SessionStart>;

/** GET /api/sessions */
export function listSessions(settings: ServerSettings, options: Abort = {}): Promise<SessionModel[]> {
  return requestJson(settings, "api/sessions", v.array(sessionModel), options);
}

/** GET /api/sessions/ID. @throws ProductError `not-found` where it is gone. */
export async function getSession(settings: ServerSettings, id: string, options: Abort = {}): Promise<SessionModel> {
  return requestJson(settings, pathOf(id), sessionModel, options);
}

/**
 * POST /api/sessions. Idempotent: a path that has a session gets that one, with the kernel it has.
 * @throws ProductError `no-kernel-spec` for an unknown kernel name.
 */
export function startSession(settings: ServerSettings, start: SessionStart, options: Abort = {}): Promise<SessionModel> {
  return requestJson(settings, "api/sessions", sessionModel, {
    method: "POST",
    body: start,
    timeout: startTimeout,
    ...options,
  });
}

/** PATCH /api/sessions/ID */
export async function changeSession(
  settings: ServerSettings,
  id: string,
  change: SessionChange,
  options: Abort = {},
): Promise<SessionModel> {
  return requestJson(settings, pathOf(id), sessionModel, {
    method: "PATCH",
    body: change,
    timeout: startTimeout,
    ...options,
  });
}

/**
 * DELETE /api/sessions/ID, its kernel included; a session that is gone already is fine. Whoever asks meanwhile joins.
 * @throws ProductError `not-found` where its kernel was deleted before it (410).
 */
export function shutdownSession(settings: ServerSettings, id: string, { signal }: Abort = {}): Promise<void> {
  const work = async (): Promise<void> => {
    const { status } = await request(settings, pathOf(id), { method: "DELETE", allow: [404, 410] });
    if (status !== 410) return;
    throw new ProductError("not-found", "The session's kernel was shut down before the session; both are gone now.");
  };
  return shutdowns.run(settings, id, work, signal);
}

function pathOf(id: string): string {
  return `api/sessions/${encodeName(id)}`;
}

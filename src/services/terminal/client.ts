// The server's terminals by REST.
import * as v from "valibot";
import { request, requestJson } from "../../transport/http";
import type { ServerSettings } from "../../transport/settings";
import { encodeName } from "../../transport/target";
import { terminalModel, type TerminalModel } from "./model";

interface Abort {
  readonly signal?: AbortSignal | undefined;
}

/** How a new terminal begins. */
export interface TerminalStart {
  /** A directory, below the server's root or absolute; one that is not there is ignored by the server. */
  readonly cwd?: string;
  /** Letters, digits and `_`; default a number that is free. */
  readonly name?: string;
}

/** GET /api/terminals. @throws ProductError `not-found` where the server has terminals turned off. */
export function listTerminals(settings: ServerSettings, options: Abort = {}): Promise<TerminalModel[]> {
  return requestJson(settings, "api/terminals", v.array(terminalModel), options);
}

/** POST /api/terminals */
export function createTerminal(settings: ServerSettings, start: TerminalStart = {}, options: Abort = {}): Promise<TerminalModel> {
  return requestJson(settings, "api/terminals", terminalModel, { method: "POST", body: start, ...options });
}

/** GET /api/terminals/NAME. @throws ProductError `not-found` where it has ended. */
export async function getTerminal(settings: ServerSettings, name: string, options: Abort = {}): Promise<TerminalModel> {
  return requestJson(settings, pathOf(name), terminalModel, options);
}

/** DELETE /api/terminals/NAME, what runs in it included; one that is gone already is fine. */
export async function deleteTerminal(settings: ServerSettings, name: string, options: Abort = {}): Promise<void> {
  await request(settings, pathOf(name), { method: "DELETE", allow: [404], ...options });
}

function pathOf(name: string): string {
  return `api/terminals/${encodeName(name)}`;
}

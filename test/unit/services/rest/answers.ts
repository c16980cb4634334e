// Settings of a server that is a function: what a client sends, and what it makes of answers.
import { Request, Response } from "node-fetch";
import { serverSettings, type ServerSettings, type ServerSettingsOptions } from "../../../../src/transport/settings";

/** One request as it would have gone out. */
export interface Sent {
  readonly method: string;
  /** With its query, below the server's address, as encoded. */
  readonly path: string;
  readonly body: unknown;
}

/** What the server answers: a status and JSON, text or nothing. */
export interface Reply {
  readonly status?: number;
  readonly json?: unknown;
  readonly text?: string;
  readonly type?: string;
}

/** Settings whose requests are answered by `reply`, and the requests so far. */
export function answering(
  reply: (sent: Sent) => Reply,
  options: Partial<ServerSettingsOptions> = {},
): { settings: ServerSettings; sent: Sent[] } {
  const sent: Sent[] = [];
  const baseUrl = "http://hub.example.org/user/ana/";
  const settings = serverSettings({
    baseUrl,
    label: "ana @ hub",
    token: "secret-token",
    fetch: async (url, init) => {
      const body: unknown = typeof init.body === "string" ? JSON.parse(init.body) : undefined;
      const request = { method: init.method ?? "GET", path: new Request(url).url.slice(baseUrl.length), body };
      sent.push(request);
      const { status = 200, json, text, type = "application/json" } = reply(request);
      const content = json === undefined ? text : JSON.stringify(json);
      return new Response(content ?? null, { status, headers: { "content-type": type } });
    },
    ...options,
  });
  return { settings, sent };
}

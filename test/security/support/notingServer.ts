// A server that writes down every credential it is sent, as whoever owns one may have it do: ten lines of its configuration.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import type { TestHub } from "../../harness/hub/hub";

const noted = v.object({ path: v.string(), authorization: v.nullable(v.string()), cookie: v.nullable(v.string()), query: v.string() });

/** One request as the server got it. */
export type NotedRequest = v.InferOutput<typeof noted>;

const configuration = `
import json, os
from tornado.web import Application

find_handler = Application.find_handler

def noting(self, request, **kwargs):
    known = {"path": request.path, "query": request.query, "authorization": request.headers.get("Authorization"), "cookie": request.headers.get("Cookie")}
    with open(os.path.expanduser("~/noted.jsonl"), "a") as notes:
        notes.write(json.dumps(known) + "\\n")
    return find_handler(self, request, **kwargs)

Application.find_handler = noting
`;

/** Has the servers of a user that start from now on note what they are sent, until `stop`. */
export class NotingServers {
  readonly #home: string;

  constructor(hub: TestHub, user: string) {
    this.#home = hub.userPlace(user).directory;
    mkdirSync(join(this.#home, ".jupyter"), { recursive: true });
    writeFileSync(this.#file, configuration);
    rmSync(this.#notes, { force: true });
  }

  /** All requests up to now. */
  get requests(): readonly NotedRequest[] {
    return readFileSync(this.#notes, "utf8")
      .trim()
      .split("\n")
      .map((line) => v.parse(noted, JSON.parse(line)));
  }

  /** All tokens that came with requests of ours (kernels and the hub use tokens of their own). */
  get tokens(): readonly string[] {
    return [...new Set(this.requests.flatMap(({ authorization }) => /^(?:token|bearer) (.+)$/i.exec(authorization ?? "")?.[1] ?? []))];
  }

  /** Servers that start later note nothing. */
  stop(): void {
    rmSync(this.#file, { force: true });
    rmSync(this.#notes, { force: true });
  }

  get #file(): string {
    return join(this.#home, ".jupyter", "jupyter_server_config.py");
  }

  get #notes(): string {
    return join(this.#home, "noted.jsonl");
  }
}

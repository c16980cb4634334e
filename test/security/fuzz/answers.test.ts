// What hubs and servers answer, with faults in it, to whoever asks them.
import assert from "node:assert/strict";
import fc from "fast-check";
import { parseAddress } from "../../../src/hub/signIn/address";
import { HubClient } from "../../../src/hub/api/client";
import { findHub } from "../../../src/hub/signIn/findHub";
import { findPlainServer } from "../../../src/hub/api/plainServer";
import { listCheckpoints } from "../../../src/services/contents/checkpoints";
import { getContents, getFile, getNotebook, listDirectory } from "../../../src/services/contents/client";
import { fileBytes } from "../../../src/services/contents/model";
import { listKernels } from "../../../src/services/kernel/client";
import { listKernelSpecs } from "../../../src/services/kernelspec/client";
import { getConfig } from "../../../src/services/rest/config";
import { me } from "../../../src/services/rest/identity";
import { getKernelSpec, kernelSpecResource } from "../../../src/services/rest/kernelSpec";
import { listLabSettings } from "../../../src/services/rest/labSettings";
import { resourceUsage } from "../../../src/services/rest/resourceUsage";
import { serverStatus } from "../../../src/services/rest/status";
import { listWorkspaces } from "../../../src/services/rest/workspaces";
import { listSessions } from "../../../src/services/session/client";
import { listTerminals } from "../../../src/services/terminal/client";
import { eventsIn } from "../../../src/transport/eventStream";
import { retryAfterMs } from "../../../src/transport/http";
import { reasonIn, statusError } from "../../../src/transport/httpErrors";
import type { ServerSettings } from "../../../src/transport/settings";
import { faultyJson, textOf } from "../support/hostile";
import { answering, fuzz } from "./fuzz";
import { html, statuses } from "./samples";

const server = {
  name: "",
  ready: true,
  pending: null,
  url: "/user/ana/",
  full_url: null,
  user_options: { profile: "gpu" },
  started: "2026-01-01T00:00:00Z",
};
const user = {
  name: "ana",
  kind: "user",
  admin: false,
  groups: ["g"],
  servers: { "": server, gpu: server },
  scopes: ["s"],
  token_id: "a1",
};
const kernel = { id: "k1", name: "python3", last_activity: "2026-01-01T00:00:00Z", execution_state: "idle", connections: 1 };
const spec = {
  name: "python3",
  spec: { display_name: "Python", language: "python", argv: ["python"], metadata: {} },
  resources: { "logo-svg": "/user/ana/kernelspecs/python3/logo.svg" },
};
const entry = {
  name: "a.txt",
  path: "a.txt",
  type: "file",
  writable: true,
  created: "2026-01-01T00:00:00Z",
  last_modified: "2026-01-01T00:00:00Z",
  size: 3,
  mimetype: null,
  format: "text",
  content: "abc",
};
const cell = { cell_type: "code", source: ["1"], metadata: {}, outputs: [] };
const notebook = { ...entry, type: "notebook", format: "json", content: { nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [cell] } };

/** Answers of the REST APIs: what is good, and who reads it. */
const answers: readonly (readonly [what: string, good: unknown, read: (settings: ServerSettings) => unknown])[] = [
  [
    "which hub it is",
    { version: "6.1.0" },
    async (at) => [await new HubClient(at).info(), await findHub(parseAddress(at.baseUrl.href), { fetch: at.fetch })],
  ],
  ["a hub's user and servers", user, async (at) => [await new HubClient(at).user(), await new HubClient(at).getServers("ana")]],
  [
    "shares of a hub",
    { items: [{ server: { ...server, user: { name: "bob" } }, scopes: [] }] },
    (at) => new HubClient(at).sharedServers("ana"),
  ],
  [
    "tokens of a hub",
    { api_tokens: [{ id: "a1", note: "x", scopes: [], created: "", expires_at: null }] },
    (at) => new HubClient(at).getTokens("ana"),
  ],
  ["a new token of a hub", { id: "a1", token: "t", user: "ana", scopes: [] }, (at) => new HubClient(at).createToken("ana", { note: "x" })],
  [
    "a server that is no hub's",
    { version: "2.17", started: "", last_activity: "" },
    (at) => findPlainServer(parseAddress(at.baseUrl.href), { fetch: at.fetch }),
  ],
  ["kernels", [kernel, kernel], (at) => listKernels(at)],
  ["sessions", [{ id: "s1", path: "a.ipynb", name: "", type: "notebook", kernel }], (at) => listSessions(at)],
  ["kernel specs", { default: "python3", kernelspecs: { python3: spec, r: spec } }, (at) => listKernelSpecs(at)],
  ["a kernel spec", spec, async (at) => kernelSpecResource(at, (await getKernelSpec(at, "python3")).resources["logo-svg"] ?? "")],
  ["terminals", [{ name: "1", last_activity: "" }], (at) => listTerminals(at)],
  ["a file", entry, async (at) => [fileBytes(await getFile(at, "a.txt")), await getContents(at, "a.txt")]],
  ["a notebook", notebook, (at) => getNotebook(at, "a.ipynb")],
  ["a directory", { ...entry, type: "directory", content: [entry, entry] }, (at) => listDirectory(at, "")],
  ["checkpoints", [{ id: "c", last_modified: "2026-01-01T00:00:00Z" }], (at) => listCheckpoints(at, "a.txt")],
  [
    "the rest of a server",
    { started: "", kernels: 1, identity: { username: "a" }, permissions: {}, rss: 1, limits: { memory: { rss: 1 } } },
    async (at) => [await serverStatus(at), await me(at), await resourceUsage(at)],
  ],
  [
    "what JupyterLab keeps",
    { settings: [{ id: "a", raw: "{}", settings: {}, schema: {} }], workspaces: { values: [{ data: {}, metadata: { id: "a" } }] } },
    async (at) => [await getConfig(at, "a"), await listLabSettings(at), await listWorkspaces(at)],
  ],
];

describe("10,000 inputs of a peer", function () {
  this.timeout(120_000);

  for (const [what, good, read] of answers) {
    it(`for ${what}`, () => fuzz(fc.tuple(faultyJson(good), statuses), ([text, status]) => read(answering(text, status))));
  }

  it("for errors", () =>
    fuzz(
      fc.tuple(
        fc.oneof(html, faultyJson({ message: "no", reason: "x" }), textOf("<title>", "</title>", " ", "server is not running")),
        statuses,
        textOf("/hub/user", "/login", "?"),
      ),
      ([text, status, location]) => {
        const headers = { get: (name: string): string | null => (name === "location" ? location : null) };
        assert.ok(reasonIn(text).length <= 300);
        assert.ok(statusError(answering(""), "api/x", { status, headers, text }).message.length < 1_000);
      },
    ));

  it("for what a start was answered", () =>
    fuzz(
      fc.tuple(faultyJson({ message: "x is pending" }), fc.constantFrom(201, 202, 400, 429, 500), textOf("1", "-", "e9", "Jan 2026")),
      async ([text, status, after]) => {
        const answer = await new HubClient(answering(text, status, { "retry-after": after })).startServer("ana", "gpu");
        await new HubClient(answering(text, status)).stopServer("ana", "gpu");
        return answer;
      },
    ));

  it("for pauses", () =>
    fuzz(textOf("1", "-", "e9", "Infinity", "Jan 2026", "NaN", "0x1"), (text) => {
      const ms = retryAfterMs(text) ?? 0;
      assert.ok(ms >= 0 && ms <= 30_000);
    }));

  it("for events of a spawn", () =>
    fuzz(
      fc.oneof(
        textOf("data:", "data: {}", "\n\n", "\r\n", "event: x", "id: \0", "retry: 1", ":"),
        faultyJson({ progress: 1, message: "x", ready: false }).map((text) => `data: ${text}\n\n`),
      ),
      async (text) => {
        for await (const event of new HubClient(answering(text)).progress("ana", "")) assert.equal(typeof event.message, "string");
        for await (const data of eventsIn(chunks(text), "It answered")) assert.ok(data.length <= 65_536);
      },
    ));
});

async function* chunks(text: string): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += 7) yield text.slice(at, at + 7);
}

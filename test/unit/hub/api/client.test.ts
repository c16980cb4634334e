// What HubClient sends, and what it makes of the answers.
import assert from "node:assert/strict";
import { hasCode, HttpError } from "../../../../src/base/errors";
import { HubClient } from "../../../../src/hub/api/client";
import type { ProgressEvent } from "../../../../src/hub/api/model";
import { serverSettings } from "../../../../src/transport/settings";
import { FakeHub } from "../../../fakes/hub";

describe("hub client", () => {
  let hub: FakeHub;
  let client: HubClient;
  beforeEach(async () => {
    hub = await FakeHub.start("/jupyter/");
    client = new HubClient(serverSettings({ baseUrl: hub.url, token: "good-token", label: "ana @ hub" }));
  });
  afterEach(() => hub.stop());

  it("asks for the version without a token, and keeps unknown fields", async () => {
    hub.on("GET /hub/api/", { json: { version: "3.1.1", extra: 1 } });
    assert.deepEqual(await client.info(), { version: "3.1.1", extra: 1 });
    assert.equal(hub.received[0]?.token, undefined);
  });

  it("fills in what old hubs and narrow tokens leave out", async () => {
    hub.on("GET /hub/api/user", { json: { name: "ana" } });
    const user = await client.user();
    assert.deepEqual(user, { name: "ana", kind: "user", admin: false, groups: [], servers: null, scopes: [], token_id: null });
  });

  it("reads servers with missing and null fields", async () => {
    hub.on("GET /hub/api/users/ana", { json: { name: "ana", servers: { gpu: { ready: null, pending: "spawn", novel: true }, "": {} } } });
    const [gpu, own] = await client.getServers("ana");
    assert.ok(gpu && own);
    assert.deepEqual([gpu.name, gpu.ready, gpu.pending, gpu.stopped, gpu["novel"]], ["gpu", false, "spawn", false, true]);
    assert.deepEqual([own.name, own.stopped, own.url, own.user_options], ["", true, null, {}]);
  });

  it("says which scope is missing where servers are not told", async () => {
    hub.on("GET /hub/api/users/ana", { json: { name: "ana" } });
    await assert.rejects(client.getServers("ana"), (error) => hasCode(error, "forbidden") && /read:users!user/.test(error.message));
  });

  describe("lists what others share", () => {
    const serversOf = (from: number, to: number): unknown[] =>
      Array.from({ length: Math.max(0, to - from) }, (_, index) => ({
        server: { user: { name: "bob" }, name: `s${from + index}`, url: "/user/bob/", ready: true },
        scopes: [],
      }));
    const pages = (total: number, most: number): void =>
      void hub.on("GET /hub/api/users/ana/shared", ({ path }) => {
        const query = new URL(path, hub.url).searchParams;
        const [offset, limit] = [Number(query.get("offset") ?? 0), Math.min(most, Number(query.get("limit")))];
        const next = offset + limit < total ? { offset: offset + limit, limit, url: "https://elsewhere.example/" } : null;
        return { json: { items: serversOf(offset, Math.min(total, offset + limit)), _pagination: { offset, limit, total, next } } };
      });

    for (const [total, most, requests] of [
      [0, 200, 1],
      [200, 200, 1],
      [201, 200, 2],
      [450, 200, 3],
      [23, 10, 3],
    ] as const) {
      it(`all ${total} of them where the hub gives ${most} at once`, async () => {
        pages(total, most);
        const names = (await client.sharedServers("ana")).map(({ server }) => server.name);
        assert.deepEqual(
          names,
          Array.from({ length: total }, (_, index) => `s${index}`),
        );
        assert.equal(hub.asked.length, requests);
      });
    }

    it("and asks for no more where the hub leads in a circle, or on and on", async () => {
      hub.on("GET /hub/api/users/ana/shared", { json: { items: serversOf(0, 2), _pagination: { next: { offset: 0 } } } });
      assert.equal((await client.sharedServers("ana")).length, 2);
      let offset = 0;
      hub.on("GET /hub/api/users/ana/shared", () => ({
        json: { items: serversOf(0, 1), _pagination: { next: { offset: (offset += 1) } } },
      }));
      assert.equal((await client.sharedServers("ana")).length, 50);
    });
  });

  it("says where an answer is not as it should be", async () => {
    hub.on("GET /hub/api/user", { json: { name: 7 } });
    await assert.rejects(client.user(), (error) => hasCode(error, "invalid-response") && /name/.test(error.message));
  });

  it("percent-encodes names", async () => {
    const operation = "POST /hub/api/users/jos%C3%A9%20m%C3%BCller%2F%40/servers/a%20b%3Fc";
    hub.on(operation, { status: 202 });
    await client.startServer("josé müller/@", "a b?c", { userOptions: { image: "x" } });
    assert.deepEqual(hub.asked, [operation]);
    assert.deepEqual(JSON.parse(hub.received[0]?.body ?? ""), { image: "x" });
  });

  it("refuses names that would climb to another resource", async () => {
    await assert.rejects(client.deleteServer("ana", ".."), (error) => hasCode(error, "address"));
    await assert.rejects(client.deleteToken("ana", ""), (error) => hasCode(error, "address"));
    assert.deepEqual(hub.asked, []);
  });

  const start = "POST /hub/api/users/ana/server";
  const message = (text: string): { json: unknown } => ({ json: { message: text } });

  it("understands how a start was taken", async () => {
    hub.on(
      start,
      { status: 201 },
      { status: 202 },
      { status: 400, ...message("ana is already running") },
      { status: 400, ...message("ana: is pending spawn") },
      { status: 429, headers: { "retry-after": "40" }, ...message("Too many users trying to log in right now.") },
    );
    const states = [];
    for (let i = 0; i < 5; i++) states.push(await client.startServer("ana", ""));
    assert.deepEqual(states, [
      { state: "running" },
      { state: "starting" },
      { state: "running" },
      { state: "starting" },
      { state: "queued", retryAfter: 40 },
    ]);
  });

  it("gives the hub's reason for refusing a start", async () => {
    hub.on(start, { status: 400, ...message("User ana already has the maximum of 2 named servers.") });
    await assert.rejects(
      client.startServer("ana", ""),
      (error) => hasCode(error, "start-failed") && /maximum of 2 named servers\. Try/.test(error.message),
    );
    hub.on(start, { status: 429, ...message("Active server limit exceeded.") });
    await assert.rejects(
      client.startServer("ana", ""),
      (error) => hasCode(error, "start-failed") && /Active server limit/.test(error.message),
    );
  });

  it("understands how a stop was taken", async () => {
    hub.on(
      "DELETE /hub/api/users/ana/servers/gpu",
      { status: 204 },
      { status: 202 },
      { status: 404, ...message("No such server") },
      { status: 400, ...message("ana:gpu is not running") },
      { status: 400, ...message("ana:gpu is pending spawn, please wait") },
    );
    const states = [];
    for (let i = 0; i < 5; i++) states.push(await client.stopServer("ana", "gpu"));
    assert.deepEqual(states, ["stopped", "stopping", "stopped", "stopped", "busy"]);
    await client.deleteServer("ana", "gpu").catch(() => undefined);
    assert.deepEqual(
      hub.received.map(({ body }) => body),
      ["", "", "", "", "", '{"remove":true}'],
    );
  });

  it("reads progress over any cut of the stream, skips what it does not know, ends with the last event", async () => {
    const pieces = [
      ": hello\n\n",
      'data: {"progress": 1',
      '0, "message": "a"}\n',
      "\n\n\n",
      "data: nonsense\n\n",
      'data: {"progress": 50}\n\n',
    ];
    const last = { progress: 100, ready: true, message: "up", url: "/user/ana/" };
    hub.on("GET /hub/api/users/ana/server/progress", { events: [...pieces, last, { progress: 7 }], hold: true });
    const events: ProgressEvent[] = [];
    for await (const event of client.progress("ana", "")) events.push(event);
    assert.deepEqual(
      events.map(({ progress, message, ready }) => [progress, message, ready]),
      [
        [10, "a", false],
        [50, "", false],
        [100, "up", true],
      ],
    );
    assert.equal(events[2]?.["url"], "/user/ana/");
  });

  it("mints and revokes tokens", async () => {
    hub.on("POST /hub/api/users/ana/tokens", { status: 201, json: { id: "a7", token: "fresh", scopes: ["self"], expires_at: null } });
    const made = await client.createToken("ana", { note: "VS Code", expiresIn: 3600, scopes: ["self"] });
    assert.deepEqual([made.id, made.token, made.note], ["a7", "fresh", null]);
    assert.deepEqual(JSON.parse(hub.received[0]?.body ?? ""), { note: "VS Code", expires_in: 3600, scopes: ["self"] });
    hub.on("DELETE /hub/api/users/ana/tokens/a7", { status: 204 }, { status: 404 });
    await client.deleteToken("ana", "a7");
    await client.deleteToken("ana", "a7");
  });

  it("throws typed errors that hold no token", async () => {
    hub.tokens.clear();
    await assert.rejects(
      client.user(),
      (error) => error instanceof HttpError && error.code === "signed-out" && !(error.message + error.body).includes("good-token"),
    );
  });
});

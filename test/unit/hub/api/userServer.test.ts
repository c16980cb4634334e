// Bringing a user's server up, and stopping it.
import assert from "node:assert/strict";
import { Deferred } from "../../../../src/base/async";
import { hasCode } from "../../../../src/base/errors";
import { HubClient } from "../../../../src/hub/api/client";
import {
  ensureRunning,
  ensureStartedElsewhere,
  remove,
  servers,
  sharedRunning,
  stop,
  type EnsureRunningOptions,
  type RunningServer,
} from "../../../../src/hub/api/userServer";
import { serverSettings } from "../../../../src/transport/settings";
import { FakeHub } from "../../../fakes/hub";
import { failure } from "../../../harness/failure";

const ready = { ready: true, pending: null, url: "/jupyter/user/ana/" };
const spawning = { ready: false, pending: "spawn" };
const start = "POST /hub/api/users/ana/server";
const progress = "GET /hub/api/users/ana/server/progress";
/** A stream that is slow only because the machine is busy is not taken for silent. */
const pace = { first: 1, ceiling: 5, quiet: 2_000 };
const impatient = { ...pace, quiet: 20 };

describe("user server", () => {
  let hub: FakeHub;
  let client: HubClient;
  let told: [number, string][];
  beforeEach(async () => {
    hub = await FakeHub.start("/jupyter/");
    client = new HubClient(serverSettings({ baseUrl: hub.url, token: "good-token", label: "ana @ hub" }));
    told = [];
  });
  afterEach(() => hub.stop());

  const ensure = (server = "", options: EnsureRunningOptions = {}): Promise<RunningServer> =>
    ensureRunning(client, "ana", server, { pace, onProgress: (fraction, message) => told.push([fraction, message]), ...options });
  const asks = (operation: string): number => hub.asked.filter((each) => each === operation).length;
  /** The start is taken, and the spawn is under way. */
  const takeStart = (): void => {
    hub.on(start, () => {
      hub.servers.set("", { ...spawning });
      return { status: 202 };
    });
  };
  /** Yields events, then brings the server up. */
  const bringUp = function* (...events: object[]): Generator<object> {
    yield* events;
    hub.servers.set("", ready);
    yield { progress: 100, ready: true, message: "Server ready", url: "/jupyter/user/ana/" };
  };

  describe("list", () => {
    it("has the default server first, present even when stopped", async () => {
      hub.servers.set("gpu", { ...ready, url: "/user/ana/gpu/" });
      hub.servers.set("big", { ...spawning, ready: false });
      const list = await servers(client, "ana");
      assert.deepEqual(
        list.map(({ name, stopped }) => [name, stopped]),
        [
          ["", true],
          ["big", false],
          ["gpu", false],
        ],
      );
    });
  });

  describe("ensureRunning", () => {
    it("returns a running server at once", async () => {
      hub.servers.set("", ready);
      assert.deepEqual(await ensure(), {
        name: "",
        place: { url: new URL("/jupyter/user/ana/", hub.url), isForeign: false, isDowngraded: false },
      });
      assert.deepEqual([hub.asked.length, told], [1, []]);
    });

    it("takes the hub's address of the server as it stands", async () => {
      hub.servers.set("gpu", { ...ready, url: "/jupyter/user/zo%C3%AB@x/gpu" });
      assert.equal((await ensure("gpu")).place.url.href, `${hub.url.origin}/jupyter/user/zo%C3%AB@x/gpu/`);
      hub.servers.set("gpu", { ...ready, full_url: "https://ana--7f.hub.example.org/jupyter/user/ana/gpu/" });
      assert.equal((await ensure("gpu")).place.url.href, "https://ana--7f.hub.example.org/jupyter/user/ana/gpu/");
    });

    it("starts a stopped one with the options and tells the hub's progress, never falling", async () => {
      takeStart();
      hub.on(progress, {
        events: bringUp({ progress: 20, message: "Requested" }, { progress: 10, message: "Pulling" }, { progress: 50, message: "Started" }),
      });
      const server = await ensure("", { start: { userOptions: { profile: "gpu" } } });
      assert.equal(server.place.url.pathname, "/jupyter/user/ana/");
      assert.deepEqual(told, [
        [0, "Starting your server"],
        [0.2, "Requested"],
        [0.2, "Pulling"],
        [0.5, "Started"],
      ]);
      assert.deepEqual(JSON.parse(hub.received.find(({ method }) => method === "POST")?.body ?? ""), { profile: "gpu" });
      assert.equal(asks(start), 1);
    });

    it("tells progress while the hub still holds the start request", async () => {
      const answered = new Deferred<{ status: number }>();
      hub.on(start, () => {
        hub.servers.set("", { ...spawning });
        return answered.promise;
      });
      hub.on(progress, { events: bringUp({ progress: 30, message: "Early" }) });
      await ensure();
      assert.deepEqual(told.at(-1), [0.3, "Early"]);
      answered.resolve({ status: 201 });
    });

    it("follows a spawn that is under way without another start", async () => {
      hub.servers.set("", { ...spawning });
      hub.on(progress, { events: bringUp({ progress: 50, message: "Half" }) });
      await ensure();
      assert.equal(asks(start), 0);
      assert.deepEqual(told, [[0.5, "Half"]]);
    });

    it("takes “already running” for a start", async () => {
      hub.on(start, () => {
        hub.servers.set("", ready);
        return { status: 400, json: { message: "ana is already running" } };
      });
      await ensure();
    });

    it("waits for a server that is stopping, then starts it", async () => {
      hub.servers.set("", { ready: false, pending: "stop" });
      let looks = 0;
      hub.on("GET /hub/api/users/ana", () => {
        if (++looks === 3) hub.servers.delete("");
        return undefined;
      });
      takeStart();
      hub.on(progress, { events: bringUp() });
      await ensure();
      assert.ok(hub.asked.indexOf(start) >= 3);
    });

    it("gives the hub's reason when the spawn fails", async () => {
      takeStart();
      hub.on(progress, {
        events: [
          { progress: 10, message: "Trying" },
          { progress: 100, failed: true, message: "Spawn failed: No GPU is free." },
        ],
      });
      const error = await failure(ensure());
      assert.equal(error.code, "start-failed");
      assert.match(error.message, /^ana @ hub could not start your server: No GPU is free\. Try again; .*\/jupyter\/hub\/home/);
    });

    it("asks for the reason when the start request says only “error”", async () => {
      hub.on(start, { status: 500, json: { message: "error" } });
      hub.on(progress, { events: [{ failed: true, message: "Spawn failed: Quota used up" }] });
      const error = await failure(ensure("", {}));
      assert.equal(error.code, "start-failed");
      assert.match(error.message, /Quota used up\. Try again/);
    });

    it("says at once what the start request says of a server that died, though the spawn counts as under way", async () => {
      const answered = new Deferred<{ status: number; json: unknown }>();
      hub.on(start, () => {
        hub.servers.set("", { ...spawning });
        return answered.promise;
      });
      hub.on(progress, () => {
        answered.resolve({ status: 500, json: { message: "Spawner failed to start [status=1]. The logs for ana may contain details." } });
        return { events: [{ progress: 20, message: "One" }], hold: true };
      });
      const error = await failure(ensure("", { pace: { ...pace, quiet: 60_000 } }));
      assert.deepEqual([error.code, /status=1\]\. The logs/.test(error.message)], ["start-failed", true], error.message);
    });

    it("takes a request that failed without a reason for the end of the process, while the hub goes on waiting for it", async () => {
      hub.on(start, () => {
        hub.servers.set("", { ...spawning });
        return { status: 500, json: { message: "Internal Server Error" } };
      });
      hub.on(progress, { events: [{ progress: 20, message: "One" }], hold: true });
      const error = await failure(ensure("", { pace: impatient }));
      assert.deepEqual([error.code, /process seems to have ended at once/.test(error.message)], ["start-failed", true], error.message);
    });

    it("says what may have been where the hub gives no reason at all", async () => {
      hub.on(start, { status: 500, json: { message: "Internal Server Error" } });
      assert.match((await failure(ensure())).message, /no reason; perhaps somebody stopped it/);
    });

    it("waits until somebody has started it elsewhere, and follows that", async () => {
      let looks = 0;
      hub.on("GET /hub/api/users/ana", () => {
        if (++looks === 3) hub.servers.set("", { ...spawning });
        return undefined;
      });
      hub.on(progress, { events: bringUp({ progress: 50, message: "Half" }) });
      const onProgress = (fraction: number, message: string): unknown => told.push([fraction, message]);
      const up = await ensureStartedElsewhere(client, "ana", "", { pace, onProgress });
      assert.deepEqual([up.place.url.pathname, told, asks(start)], ["/jupyter/user/ana/", [[0.5, "Half"]], 0]);
    });

    it("gives what the hub said where there is no more", async () => {
      hub.on(start, { status: 400, json: { message: "Named servers are not enabled." } });
      const error = await failure(ensure());
      assert.deepEqual([error.code, /Named servers are not enabled\. Try/.test(error.message)], ["start-failed", true]);
      takeStart();
      hub.on(start, { status: 202 });
      assert.match((await failure(ensure())).message, /the hub gives no reason/);
    });

    it("opens a stream again that was cut, and tells nothing twice", async () => {
      takeStart();
      hub.on(
        progress,
        { events: [{ progress: 20, message: "One" }] },
        { status: 502, html: "" },
        { events: bringUp({ progress: 20, message: "One" }, { progress: 60, message: "Two" }) },
      );
      await ensure();
      assert.deepEqual(told, [
        [0, "Starting your server"],
        [0.2, "One"],
        [0.6, "Two"],
      ]);
    });

    it("asks the model while the stream is silent", async () => {
      takeStart();
      hub.on(progress, { events: [{ progress: 20, message: "One" }], hold: true });
      let looks = 0;
      hub.on("GET /hub/api/users/ana", () => {
        if (++looks === 5) hub.servers.set("", ready);
        return undefined;
      });
      await ensure("", { pace: impatient });
      assert.equal(asks(progress), 1);
    });

    it("goes by the model where the token may not read progress", async () => {
      takeStart();
      let looks = 0;
      hub.on("GET /hub/api/users/ana", () => {
        if (++looks === 4) hub.servers.set("", ready);
        return undefined;
      });
      await ensure();
    });

    it("waits as long as the hub wants before it asks again", async () => {
      hub.on(start, { status: 429, headers: { "retry-after": "0.01" }, json: { message: "Too many users" } }, () => {
        hub.servers.set("", ready);
        return { status: 201 };
      });
      await ensure();
      assert.equal(asks(start), 2);
      assert.match(told[1]?.[1] ?? "", /starting many servers/);
    });

    it("outlives a hub that is gone for a moment", async () => {
      hub.on(start, () => {
        hub.servers.set("", { ...spawning });
        return { drop: true };
      });
      const down = { status: 503, html: "", headers: { "retry-after": "0" } };
      hub.on(
        "GET /hub/api/users/ana",
        () => undefined,
        down,
        down,
        down,
        () => {
          hub.servers.set("", ready);
          return undefined;
        },
      );
      await ensure();
      assert.ok(told.some(([, message]) => message.startsWith("The hub does not answer; asking again")));
      assert.equal(asks(start), 1);
    });

    it("ends with what cut the start request where nothing was started", async () => {
      hub.on(start, { drop: true });
      assert.equal((await failure(ensure())).code, "unreachable");
    });

    it("ends at its timeout, whatever the hub does, and says what to do", async () => {
      hub.servers.set("", { ...spawning });
      hub.on(progress, { events: [], hold: true });
      const error = await failure(ensure("", { timeout: 60 }));
      assert.equal(error.code, "timeout");
      assert.match(error.message, /your server of ana @ hub ended after 0\.06 s; it is still not up.*\/jupyter\/hub\/home/);
    });

    it("can be aborted at every point", async () => {
      for (const point of ["GET /hub/api/users/ana", start, progress]) {
        const abort = new AbortController();
        hub.servers.clear();
        takeStart();
        hub.on("GET /hub/api/users/ana", () => undefined);
        hub.on(progress, { events: [], hold: true });
        hub.on(point, () => {
          if (point === start) hub.servers.set("", { ...spawning });
          abort.abort();
          return new Promise<undefined>(() => undefined); // never answered
        });
        assert.equal((await failure(ensure("", { signal: abort.signal }))).code, "aborted", point);
      }
    });

    it("ends at once when signed out or forbidden", async () => {
      hub.tokens.clear();
      await assert.rejects(ensure(), (error) => hasCode(error, "signed-out"));
    });
  });

  describe("a server of somebody else", () => {
    const shared = (ready: boolean): void =>
      void hub.on("GET /hub/api/users/ana/shared", {
        json: { items: [{ server: { user: { name: "bob" }, name: "gpu", url: "/user/bob/gpu/", ready }, scopes: [] }] },
      });

    it("is found running, at its own address", async () => {
      shared(true);
      assert.equal((await sharedRunning(client, "ana", "bob", "gpu")).place.url.pathname, "/user/bob/gpu/");
    });

    it("cannot be started: the owner is named; and may be shared no longer", async () => {
      shared(false);
      const stopped = await failure(sharedRunning(client, "ana", "bob", "gpu"));
      assert.deepEqual([stopped.code, /Ask bob/.test(stopped.message)], ["server-stopped", true]);
      assert.equal((await failure(sharedRunning(client, "ana", "bob", "other"))).code, "not-found");
    });

    it("is none on hubs without shares", async () => {
      assert.equal((await failure(sharedRunning(client, "ana", "bob", "gpu"))).code, "not-found");
    });
  });

  describe("stop", () => {
    const removal = "DELETE /hub/api/users/ana/servers/gpu";
    const end = (): Promise<void> => stop(client, "ana", "gpu", { pace });

    it("waits until the server is really stopped", async () => {
      hub.servers.set("gpu", ready);
      hub.on(removal, () => {
        hub.servers.set("gpu", { ready: false, pending: "stop" });
        return { status: 202 };
      });
      let looks = 0;
      hub.on("GET /hub/api/users/ana", () => {
        if (++looks === 4) hub.servers.delete("gpu");
        return undefined;
      });
      await end();
      assert.deepEqual([looks, asks(removal)], [4, 1]);
    });

    it("is done at once where nothing runs", async () => {
      hub.on(removal, { status: 404, json: { message: "No such server" } });
      await end();
      assert.equal(hub.asked.length, 1);
    });

    it("stops one that is starting when it has come up", async () => {
      hub.servers.set("gpu", { ...spawning });
      hub.on(removal, { status: 400, json: { message: "ana:gpu is pending spawn, please wait" } }, { status: 204 });
      let looks = 0;
      hub.on("GET /hub/api/users/ana", () => {
        if (++looks === 3) hub.servers.set("gpu", ready);
        return undefined;
      });
      await end();
      assert.equal(asks(removal), 2);
    });

    it("deletes a server for good, also one that was stopping", async () => {
      hub.on(removal, { status: 202 }, { status: 204 });
      await remove(client, "ana", "gpu", { pace });
      assert.deepEqual(
        hub.received.filter(({ method }) => method === "DELETE").map(({ body }) => body),
        ['{"remove":true}', '{"remove":true}'],
      );
    });

    it("has a bound", async () => {
      hub.servers.set("gpu", { ready: false, pending: "stop" });
      hub.on(removal, { status: 202 });
      const error = await failure(stop(client, "ana", "gpu", { pace, timeout: 40 }));
      assert.equal(error.code, "timeout");
    });
  });
});

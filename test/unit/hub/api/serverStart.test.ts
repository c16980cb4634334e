// Bringing a user's server up, whatever the hub does meanwhile, and what is told of it.
import assert from "node:assert/strict";
import { Deferred } from "../../../../src/base/async";
import type { HubClient } from "../../../../src/hub/api/client";
import { ensureStartedElsewhere } from "../../../../src/hub/api/userServer";
import type { FakeHub } from "../../../fakes/hub";
import { impatient, pace, progress, ready, spawning, start, UserServerBench } from "./userServerBench";

describe("user server", () => {
  let bench: UserServerBench;
  let hub: FakeHub;
  let client: HubClient;
  let told: UserServerBench["told"];
  beforeEach(async () => {
    bench = await UserServerBench.start();
    ({ hub, client, told } = bench);
  });
  afterEach(() => hub.stop());

  describe("ensureRunning", () => {
    it("returns a running server at once", async () => {
      hub.servers.set("", ready);
      assert.deepEqual(await bench.ensure(), {
        name: "",
        place: { url: new URL("/jupyter/user/ana/", hub.url), isForeign: false, isDowngraded: false },
      });
      assert.deepEqual([hub.asked.length, told], [1, []]);
    });

    it("takes the hub's address of the server as it stands", async () => {
      hub.servers.set("gpu", { ...ready, url: "/jupyter/user/zo%C3%AB@x/gpu" });
      assert.equal((await bench.ensure("gpu")).place.url.href, `${hub.url.origin}/jupyter/user/zo%C3%AB@x/gpu/`);
      hub.servers.set("gpu", { ...ready, full_url: "https://ana--7f.hub.example.org/jupyter/user/ana/gpu/" });
      assert.equal((await bench.ensure("gpu")).place.url.href, "https://ana--7f.hub.example.org/jupyter/user/ana/gpu/");
    });

    it("starts a stopped one with the options and tells the hub's progress, never falling", async () => {
      bench.takeStart();
      hub.on(progress, {
        events: bench.bringUp(
          { progress: 20, message: "Requested" },
          { progress: 10, message: "Pulling" },
          { progress: 50, message: "Started" },
        ),
      });
      const server = await bench.ensure("", { start: { userOptions: { profile: "gpu" } } });
      assert.equal(server.place.url.pathname, "/jupyter/user/ana/");
      assert.deepEqual(told, [
        [0, "Starting your server"],
        [0.2, "Requested"],
        [0.2, "Pulling"],
        [0.5, "Started"],
      ]);
      assert.deepEqual(JSON.parse(hub.received.find(({ method }) => method === "POST")?.body ?? ""), { profile: "gpu" });
      assert.equal(bench.asks(start), 1);
    });

    it("tells progress while the hub still holds the start request", async () => {
      const answered = new Deferred<{ status: number }>();
      hub.on(start, () => {
        hub.servers.set("", { ...spawning });
        return answered.promise;
      });
      hub.on(progress, { events: bench.bringUp({ progress: 30, message: "Early" }) });
      await bench.ensure();
      assert.deepEqual(told.at(-1), [0.3, "Early"]);
      answered.resolve({ status: 201 });
    });

    it("follows a spawn that is under way without another start", async () => {
      hub.servers.set("", { ...spawning });
      hub.on(progress, { events: bench.bringUp({ progress: 50, message: "Half" }) });
      await bench.ensure();
      assert.equal(bench.asks(start), 0);
      assert.deepEqual(told, [[0.5, "Half"]]);
    });

    it("takes “already running” for a start", async () => {
      hub.on(start, () => {
        hub.servers.set("", ready);
        return { status: 400, json: { message: "ana is already running" } };
      });
      await bench.ensure();
    });

    it("waits for a server that is stopping, then starts it", async () => {
      hub.servers.set("", { ready: false, pending: "stop" });
      let looks = 0;
      hub.on("GET /hub/api/users/ana", () => {
        if (++looks === 3) hub.servers.delete("");
        return undefined;
      });
      bench.takeStart();
      hub.on(progress, { events: bench.bringUp() });
      await bench.ensure();
      assert.ok(hub.asked.indexOf(start) >= 3);
    });

    it("waits until somebody has started it elsewhere, and follows that", async () => {
      let looks = 0;
      hub.on("GET /hub/api/users/ana", () => {
        if (++looks === 3) hub.servers.set("", { ...spawning });
        return undefined;
      });
      hub.on(progress, { events: bench.bringUp({ progress: 50, message: "Half" }) });
      const onProgress = (fraction: number, message: string): unknown => told.push([fraction, message]);
      const up = await ensureStartedElsewhere(client, "ana", "", { pace, onProgress });
      assert.deepEqual([up.place.url.pathname, told, bench.asks(start)], ["/jupyter/user/ana/", [[0.5, "Half"]], 0]);
    });

    it("opens a stream again that was cut, and tells nothing twice", async () => {
      bench.takeStart();
      hub.on(
        progress,
        { events: [{ progress: 20, message: "One" }] },
        { status: 502, html: "" },
        { events: bench.bringUp({ progress: 20, message: "One" }, { progress: 60, message: "Two" }) },
      );
      await bench.ensure();
      assert.deepEqual(told, [
        [0, "Starting your server"],
        [0.2, "One"],
        [0.6, "Two"],
      ]);
    });

    it("asks the model while the stream is silent", async () => {
      bench.takeStart();
      hub.on(progress, { events: [{ progress: 20, message: "One" }], hold: true });
      let looks = 0;
      hub.on("GET /hub/api/users/ana", () => {
        if (++looks === 5) hub.servers.set("", ready);
        return undefined;
      });
      await bench.ensure("", { pace: impatient });
      assert.equal(bench.asks(progress), 1);
    });

    it("goes by the model where the token may not read progress", async () => {
      bench.takeStart();
      let looks = 0;
      hub.on("GET /hub/api/users/ana", () => {
        if (++looks === 4) hub.servers.set("", ready);
        return undefined;
      });
      await bench.ensure();
    });

    it("waits as long as the hub wants before it asks again", async () => {
      hub.on(start, { status: 429, headers: { "retry-after": "0.01" }, json: { message: "Too many users" } }, () => {
        hub.servers.set("", ready);
        return { status: 201 };
      });
      await bench.ensure();
      assert.equal(bench.asks(start), 2);
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
      await bench.ensure();
      assert.ok(told.some(([, message]) => message.startsWith("The hub does not answer; asking again")));
      assert.equal(bench.asks(start), 1);
    });
  });
});

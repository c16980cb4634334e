// A user's servers: which there are, one of somebody else, and how they are stopped.
import assert from "node:assert/strict";
import type { HubClient } from "../../../../src/hub/api/client";
import { remove, servers, sharedRunning, stop } from "../../../../src/hub/api/userServer";
import type { FakeHub } from "../../../fakes/hub";
import { failure } from "../../../harness/failure";
import { pace, ready, spawning, UserServerBench } from "./userServerBench";

describe("user server", () => {
  let bench: UserServerBench;
  let hub: FakeHub;
  let client: HubClient;
  beforeEach(async () => {
    bench = await UserServerBench.start();
    ({ hub, client } = bench);
  });
  afterEach(() => hub.stop());

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
      assert.deepEqual([looks, bench.asks(removal)], [4, 1]);
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
      assert.equal(bench.asks(removal), 2);
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

// A server that does not come up: the hub's reason, the timeout and the cancellation.
import assert from "node:assert/strict";
import { Deferred } from "../../../../src/base/async";
import { hasCode } from "../../../../src/base/errors";
import type { FakeHub } from "../../../fakes/hub";
import { failure } from "../../../harness/failure";
import { impatient, pace, progress, spawning, start, UserServerBench } from "./userServerBench";

describe("user server", () => {
  let bench: UserServerBench;
  let hub: FakeHub;
  beforeEach(async () => {
    bench = await UserServerBench.start();
    ({ hub } = bench);
  });
  afterEach(() => hub.stop());

  describe("ensureRunning", () => {
    it("gives the hub's reason when the spawn fails", async () => {
      bench.takeStart();
      hub.on(progress, {
        events: [
          { progress: 10, message: "Trying" },
          { progress: 100, failed: true, message: "Spawn failed: No GPU is free." },
        ],
      });
      const error = await failure(bench.ensure());
      assert.equal(error.code, "start-failed");
      assert.match(error.message, /^ana @ hub could not start your server: No GPU is free\. Try again; .*\/jupyter\/hub\/home/);
    });

    it("asks for the reason when the start request says only “error”", async () => {
      hub.on(start, { status: 500, json: { message: "error" } });
      hub.on(progress, { events: [{ failed: true, message: "Spawn failed: Quota used up" }] });
      const error = await failure(bench.ensure("", {}));
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
      const error = await failure(bench.ensure("", { pace: { ...pace, quiet: 60_000 } }));
      assert.deepEqual([error.code, /status=1\]\. The logs/.test(error.message)], ["start-failed", true], error.message);
    });

    it("takes a request that failed without a reason for the end of the process, while the hub goes on waiting for it", async () => {
      hub.on(start, () => {
        hub.servers.set("", { ...spawning });
        return { status: 500, json: { message: "Internal Server Error" } };
      });
      hub.on(progress, { events: [{ progress: 20, message: "One" }], hold: true });
      const error = await failure(bench.ensure("", { pace: impatient }));
      assert.deepEqual([error.code, /process seems to have ended at once/.test(error.message)], ["start-failed", true], error.message);
    });

    it("says what may have been where the hub gives no reason at all", async () => {
      hub.on(start, { status: 500, json: { message: "Internal Server Error" } });
      assert.match((await failure(bench.ensure())).message, /no reason; perhaps somebody stopped it/);
    });

    it("gives what the hub said where there is no more", async () => {
      hub.on(start, { status: 400, json: { message: "Named servers are not enabled." } });
      const error = await failure(bench.ensure());
      assert.deepEqual([error.code, /Named servers are not enabled\. Try/.test(error.message)], ["start-failed", true]);
      bench.takeStart();
      hub.on(start, { status: 202 });
      assert.match((await failure(bench.ensure())).message, /the hub gives no reason/);
    });

    it("ends with what cut the start request where nothing was started", async () => {
      hub.on(start, { drop: true });
      assert.equal((await failure(bench.ensure())).code, "unreachable");
    });

    it("ends at its timeout, whatever the hub does, and says what to do", async () => {
      hub.servers.set("", { ...spawning });
      hub.on(progress, { events: [], hold: true });
      const error = await failure(bench.ensure("", { timeout: 60 }));
      assert.equal(error.code, "timeout");
      assert.match(error.message, /your server of ana @ hub ended after 0\.06 s; it is still not up.*\/jupyter\/hub\/home/);
    });

    it("can be aborted at every point", async () => {
      for (const point of ["GET /hub/api/users/ana", start, progress]) {
        const abort = new AbortController();
        hub.servers.clear();
        bench.takeStart();
        hub.on("GET /hub/api/users/ana", () => undefined);
        hub.on(progress, { events: [], hold: true });
        hub.on(point, () => {
          if (point === start) hub.servers.set("", { ...spawning });
          abort.abort();
          return new Promise<undefined>(() => undefined); // never answered
        });
        assert.equal((await failure(bench.ensure("", { signal: abort.signal }))).code, "aborted", point);
      }
    });

    it("ends at once when signed out or forbidden", async () => {
      hub.tokens.clear();
      await assert.rejects(bench.ensure(), (error) => hasCode(error, "signed-out"));
    });
  });
});

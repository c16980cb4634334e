// The per-user cache builds each entry once, whoever asks, and recovers from builds that did not end.
import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Deferred } from "../../../src/base/async";
import { cached, withLock } from "../../harness/install/cache";

describe("per-user cache", () => {
  const before = process.env.XDG_CACHE_HOME;
  let home: string;

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "cache-test-"));
    process.env.XDG_CACHE_HOME = home;
  });

  afterEach(() => {
    if (before === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = before;
    rmSync(home, { recursive: true });
  });

  it("builds an entry once for all who ask at the same time", async () => {
    let builds = 0;
    const entry = {
      name: "thing",
      key: ["1"],
      build: async (directory: string) => {
        builds += 1;
        writeFileSync(join(directory, "content"), "");
      },
    };
    const [one, two] = await Promise.all([cached(entry), cached(entry)]);
    assert.equal(one, two);
    assert.equal(builds, 1);
    assert.ok(existsSync(join(one, "content")));
  });

  it("keeps entries with different keys apart", async () => {
    const build = async (): Promise<void> => {};
    assert.notEqual(await cached({ name: "thing", key: ["1"], build }), await cached({ name: "thing", key: ["2"], build }));
  });

  it("starts afresh after a build that failed", async () => {
    const broken = async (directory: string): Promise<void> => {
      writeFileSync(join(directory, "half"), "");
      throw new Error("no network");
    };
    await assert.rejects(cached({ name: "thing", key: ["3"], build: broken }), /no network/);
    const directory = await cached({ name: "thing", key: ["3"], build: async () => {} });
    assert.ok(!existsSync(join(directory, "half")));
  });

  it("runs one task under a lock after the other", async () => {
    const file = join(home, "lock");
    const first = new Deferred<void>();
    const order: string[] = [];
    const one = withLock(file, "one", async () => {
      await first.promise;
      order.push("one");
    });
    const two = withLock(file, "two", async () => void order.push("two"));
    first.resolve();
    await Promise.all([one, two]);
    assert.deepEqual(order, ["one", "two"]);
    assert.deepEqual(readdirSync(home), []);
  });

  it("takes over the lock of a dead process", async () => {
    const dead = spawnSync(process.execPath, ["--version"]).pid;
    const file = join(home, "lock");
    writeFileSync(file, String(dead));
    assert.equal(await withLock(file, "it", async () => "done"), "done");
  });
});

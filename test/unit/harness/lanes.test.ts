// Jobs side by side, and files in parts.
import { strict as assert } from "node:assert";
import { Deferred } from "../../../src/base/async";
import { inParts, runInLanes } from "../../harness/lanes/lanes";

describe("lanes", () => {
  it("run as many jobs at a time as there are, the longest first, and give results in the order of the jobs", async () => {
    const begun: number[] = [];
    let most = 0;
    let now = 0;
    const job = (seconds: number) => ({
      seconds,
      run: async (): Promise<number> => {
        begun.push(seconds);
        most = Math.max(most, ++now);
        await new Promise(setImmediate);
        now--;
        return seconds;
      },
    });
    assert.deepEqual(await runInLanes([3, 1, 5, 2, 4].map(job), 2), [3, 1, 5, 2, 4]);
    assert.deepEqual([begun, most], [[5, 4, 3, 2, 1], 2]);
  });

  it("take what can begin before what is longer and has to wait", async () => {
    const set = new Deferred<void>();
    const begun: string[] = [];
    const job = (name: string, seconds: number, after?: Promise<void>, end = (): void => undefined) => ({
      ...{ seconds, after },
      run: () => Promise.resolve(void begun.push(name)).then(end),
    });
    const fails = (): void => {
      set.reject(new Error("not there"));
    };
    await runInLanes([job("long", 9, set.promise), job("short", 1, undefined, fails)], 1);
    assert.deepEqual(begun, ["short", "long"]);
  });

  it("begin nothing more after one has failed, and let what runs end", async () => {
    const begun: number[] = [];
    const slow = new Deferred<void>();
    const fails = (): Promise<void> => {
      setImmediate(() => slow.resolve());
      return Promise.reject(new Error("interrupted"));
    };
    const runs = [() => slow.promise, fails, () => Promise.resolve()];
    const jobs = runs.map((run, at) => ({ seconds: 9 - at, run: () => (begun.push(at), run()) }));
    await assert.rejects(runInLanes(jobs, 2), /interrupted/);
    assert.deepEqual(begun, [0, 1]);
  });

  it("share files out evenly, each once", () => {
    const files = ["a", "bbbb", "cc", "ddd", "e"];
    assert.deepEqual(
      inParts(files, 2, (file) => file.length),
      [
        ["a", "bbbb", "e"],
        ["cc", "ddd"],
      ],
    );
    assert.deepEqual(
      inParts(["a"], 3, () => 1),
      [["a"]],
    );
  });
});

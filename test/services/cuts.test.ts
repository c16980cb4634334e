// Network cuts of seconds while kernels print: no line is lost, or it is told where it died with what was between kernel and
// client. CUTS=50 makes more of them than usual.
import assert from "node:assert/strict";
import { startFaultProxy, type FaultProxy } from "../harness/faultProxy";
import { sharedHub } from "../harness/hub/shared";
import { serverSettings } from "../../src/transport/settings";
import { kernelBench, type KernelBench, run } from "./support/kernels";

const cuts = Number(process.env["CUTS"] ?? 6);
const atOnce = 6;
const perKernel = Math.ceil(cuts / atOnce);
/** Ten a second, for the longest cut and what comes between two. */
const linesPerCut = 130;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

interface Kind {
  readonly name: string;
  /** What the server sends before it notices has gone with what was in between: that is beyond any client. */
  readonly takesAlong?: true;
  readonly strike: (proxy: FaultProxy) => void;
}

/** How the network breaks, until it is restored. */
const kinds: readonly Kind[] = [
  {
    name: "ends",
    strike: (proxy) => {
      proxy.refuse();
      proxy.cut();
    },
  },
  { name: "breaks on both sides", takesAlong: true, strike: (proxy) => proxy.close() },
  { name: "is silent", strike: (proxy) => proxy.stall() },
];

describe("a network that breaks for seconds while a kernel prints", function () {
  this.timeout(10 * 60_000);
  let bench: KernelBench;
  kernelBench((started) => (bench = started));

  for (const { name, takesAlong, strike } of kinds) {
    it(`${name}: no line is lost${takesAlong ? ", or that is told" : ""}`, async () => {
      const outcomes = await Promise.all(
        Array.from({ length: atOnce }, async (_, index) => {
          const { baseUrl } = bench.direct;
          const proxy = await startFaultProxy({ host: baseUrl.hostname, port: Number(baseUrl.port) });
          const { token } = sharedHub().user("ana");
          const connection = await bench.ready({
            settings: serverSettings({ baseUrl: proxy.through(baseUrl.href), token, label: `${index}` }),
          });
          let told = 0;
          connection.onDidMissMessages(() => told++);
          const lines = perKernel * linesPerCut;
          const cell = run(connection, `import time\nfor i in range(${lines}):\n  print(i, flush=True)\n  time.sleep(0.1)`);
          await cell.prints("5\n");
          for (let cut = 0; cut < perKernel; cut++) {
            strike(proxy);
            await pause(2_000 + Math.random() * 8_000);
            await proxy.restore();
            // The next one comes while it connects, while it is told what it has missed, or later.
            await pause(Math.random() * 3_000);
          }
          await cell.future.done;
          const printed = new Set(cell.text().split("\n").slice(0, -1).map(Number));
          const lost = Array.from({ length: lines }, (_, line) => line).filter((line) => !printed.has(line));
          proxy.close();
          return { lost, told };
        }),
      );
      const lost = outcomes.flatMap((outcome) => outcome.lost).length;
      const told = outcomes.reduce((sum, outcome) => sum + outcome.told, 0);
      const printed = outcomes.length * perKernel * linesPerCut;
      console.log(
        `${name}: ${perKernel * atOnce} cuts, ${printed} lines, ${lost} lost, ${told} times told; ${JSON.stringify(outcomes.filter((outcome) => outcome.lost.length + outcome.told > 0))}`,
      );
      if (takesAlong) for (const each of outcomes) assert.ok(each.lost.length === 0 || each.told > 0, "lost without a word");
      else assert.deepEqual({ lost, told }, { lost: 0, told: 0 });
    });
  }
});

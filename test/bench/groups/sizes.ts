// What a run costs in small and large notebooks, beside VS Code alone, and the first completion, beside that of a kernel as it is.
import * as v from "valibot";
import type { Bench } from "../bench";
import type { Group } from "../group";
import { startKernel, stopKernel } from "../kernels";
import { median, quantile, type Measurement } from "../measurement";
import { figuresOf } from "../window/figures";

const sizes = [1, 200, 1_000] as const;
const turns = 4;
const passes = 15;
const kernels = 5;
/** Milliseconds: a person has read what the first cell has shown. */
const quiet = 5_000;

const numbers = v.array(v.number());
const figuresModel = v.object({
  ours: v.record(v.string(), numbers),
  empty: v.record(v.string(), numbers),
  firstCompletion: numbers,
  nextCompletion: numbers,
});

export const size: Group = {
  name: "size",
  title: "notebooks of 1, 200 and 1,000 cells, and the first completion",
  async measure(bench) {
    const figures = await figuresOf(bench, "inHostSizes.ts", { sizes, turns, passes, kernels, quiet });
    const { ours, empty, firstCompletion, nextCompletion } = v.parse(figuresModel, figures);
    const raw = await rawCompletions(bench);
    const [of, alone] = [(count: number): number => median(ours[count] ?? []), (count: number): number => median(empty[count] ?? [])];
    return [
      ...sizes.flatMap((count): Measurement[] => [
        { name: `size.pass.median.cells${count}`, unit: "ms", ours: of(count), peer: alone(count) },
        {
          name: `size.pass.p95.cells${count}`,
          unit: "ms",
          ours: quantile(ours[count] ?? [], 0.95),
          peer: quantile(empty[count] ?? [], 0.95),
        },
      ]),
      // How many times as long as in a notebook of one cell.
      ...sizes.slice(1).map((count): Measurement => ({
        name: `size.growth.cells${count}`,
        unit: "×",
        ours: of(count) / of(1),
        peer: alone(count) / alone(1),
      })),
      {
        name: "size.completion.first",
        unit: "ms",
        ours: median(firstCompletion),
        raw: median(raw.first),
        goal: { kind: "ofRaw", value: 0.5 },
      },
      { name: "size.completion.next", unit: "ms", ours: median(nextCompletion), raw: median(raw.next) },
    ];
  },
};

/** The same of kernels that nobody has warmed up, by the plainest client. */
async function rawCompletions(bench: Bench): Promise<{ readonly first: number[]; readonly next: number[] }> {
  const hub = await bench.hub();
  const [first, next]: [number[], number[]] = [[], []];
  for (let kernel = 0; kernel < kernels; kernel++) {
    const place = await startKernel(hub, "ana");
    const client = await bench.client("raw");
    try {
      await client.call("connect", place);
      await client.call("execute", { code: "answer = 42", times: 1 });
      await new Promise((resolve) => setTimeout(resolve, quiet));
      first.push(...(await client.call("complete", { code: "ans", times: 1 })));
      next.push(...(await client.call("complete", { code: "answ", times: 1 })));
    } finally {
      client.stop();
      await stopKernel(place);
    }
  }
  return { first, next };
}

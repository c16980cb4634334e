// A contestant's process from inside: the measuring, the same for all, around the little that each does its own way.
import { messageOf } from "../../../src/base/errors";
import type { Answer, Call, KernelPlace, Operations, RunCost } from "./protocol";

/** Called for each iopub message of a run. */
export type OnOutput = (type: string, content: Readonly<Record<string, unknown>>) => void;

/** What each contestant does its own way. */
export interface Contestant {
  connect(place: KernelPlace): Promise<void>;
  /** Resolves when reply and idle are here. */
  execute(code: string, onOutput?: OnOutput): Promise<void>;
  complete(code: string): Promise<void>;
  close(): void;
  manage(place: KernelPlace, visible: boolean): Promise<void>;
  requests(): number;
  pongBytes(): number;
}

/** How often the heap is looked at in a flood. */
const heapEvery = 10_000;

/** Answers calls until the other side is gone. */
export function serve(contestant: Contestant): void {
  const operations = operationsOf(contestant);
  process.on("message", ({ id, name, argument }: Call) => {
    operations[name](argument).then(
      (value) => answer({ id, value }),
      (error: unknown) => answer({ id, error: messageOf(error) }),
    );
  });
  process.on("disconnect", () => process.exit());
}

function answer(message: Answer): void {
  if (process.connected) process.send?.(message);
}

function operationsOf(contestant: Contestant): Operations {
  return {
    connect: (place) => contestant.connect(place),
    execute: ({ code, times }) => timed(times, () => contestant.execute(code)),
    complete: ({ code, times }) => timed(times, () => contestant.complete(code)),
    run: (code) => cost(contestant, code),
    heapGrowth: (code) => heapGrowth(contestant, code),
    display: (code) => display(contestant, code),
    manage: ({ place, visible }) => contestant.manage(place, visible),
    requests: async () => contestant.requests(),
    pongBytes: async () => contestant.pongBytes(),
    close: async () => contestant.close(),
  };
}

async function timed(times: number, act: () => Promise<void>): Promise<number[]> {
  const all: number[] = [];
  for (let time = 0; time < times; time++) {
    const start = performance.now();
    await act();
    all.push(performance.now() - start);
  }
  return all;
}

async function cost(contestant: Contestant, code: string): Promise<RunCost> {
  let messages = 0;
  let lines = 0;
  const cpu = process.cpuUsage();
  const start = performance.now();
  await contestant.execute(code, (type, { text }) => {
    if (type !== "stream" || typeof text !== "string") return;
    messages++;
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines++;
  });
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return { ms, cpu: (user + system) / 1000, messages, lines };
}

async function heapGrowth(contestant: Contestant, code: string): Promise<number> {
  const heap = (): number => {
    global.gc?.();
    return process.memoryUsage().heapUsed;
  };
  const before = heap();
  let most = before;
  let messages = 0;
  await contestant.execute(code, (type) => {
    // Within the flood, so that a backlog counts.
    if (type === "stream" && ++messages % heapEvery === 0) most = Math.max(most, heap());
  });
  return Math.max(most, heap()) - before;
}

async function display(contestant: Contestant, code: string): Promise<number> {
  let handed: number | undefined;
  const start = performance.now();
  await contestant.execute(code, (type) => {
    if (type === "display_data") handed = performance.now();
  });
  if (handed === undefined) throw new Error("The display_data did not come.");
  return handed - start;
}

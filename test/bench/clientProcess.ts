// A contestant's process, seen from outside: calls over Node's ipc channel, one answer each.
import type { ChildProcess } from "node:child_process";
import { Deferred, withTimeout } from "../../src/base/async";
import type { ProcessOwner } from "../harness/processes/owner";
import type { Answer, Operations } from "./clients/protocol";

/** Milliseconds that one call may take. */
const bound = 60_000;

/** A running contestant. */
export interface ClientProcess {
  /** Calls one of its operations. @throws Error as the operation did, or when the process has ended. */
  call<K extends keyof Operations>(name: K, argument: Parameters<Operations[K]>[0]): Promise<Awaited<ReturnType<Operations[K]>>>;
  /** Ends it at once. */
  stop(): void;
}

/** Starts the bundled program `file` of the contestant `name`. */
export function startClient(owner: ProcessOwner, name: string, file: string): ClientProcess {
  const child = owner.spawn(process.execPath, ["--expose-gc", "--enable-source-maps", ...profiling(), file], {
    // What a library prints is no result.
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  return new Client(name, child);
}

/** For finding out why: BENCH_PROFILE names a directory for CPU profiles of all contestants. */
function profiling(): string[] {
  const { BENCH_PROFILE: directory } = process.env;
  return directory === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${directory}`];
}

class Client implements ClientProcess {
  readonly #calls = new Map<number, Deferred<unknown>>();
  #count = 0;

  constructor(
    private readonly contestant: string,
    private readonly child: ChildProcess,
  ) {
    child.on("message", ({ id, error, value }: Answer) => {
      const call = this.#calls.get(id);
      this.#calls.delete(id);
      if (error === undefined) call?.resolve(value);
      else call?.reject(new Error(error));
    });
    child.once("exit", (code, signal) => {
      for (const call of this.#calls.values()) call.reject(new Error(`The process of ${contestant} ended (${signal ?? code ?? "?"}).`));
    });
  }

  async call<K extends keyof Operations>(name: K, argument: Parameters<Operations[K]>[0]): Promise<Awaited<ReturnType<Operations[K]>>> {
    const id = this.#count++;
    const call = new Deferred<unknown>();
    this.#calls.set(id, call);
    this.child.send({ id, name, argument });
    // The other side answers with what its operation of that name returns.
    return (await withTimeout(call.promise, bound, `"${name}" of ${this.contestant} did not end within ${bound / 1000} s.`)) as Awaited<
      ReturnType<Operations[K]>
    >;
  }

  stop(): void {
    // Its end of the channel tells it; a profile is written on the way.
    if (this.child.connected) this.child.disconnect();
  }
}

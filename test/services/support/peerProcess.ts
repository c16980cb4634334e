// Each check of each client runs in a process of its own: what it throws at nobody harms no other, and is counted.
import { once } from "node:events";
import { join } from "node:path";
import { build } from "esbuild";
import { withTimeout } from "../../../src/base/async";
import { program } from "../../bench/bench";
import { ProcessOwner } from "../../harness/processes/owner";
import type { checks, Facts } from "./peerChecks";
import type { managerChecks } from "./peerManagerChecks";
import type { RealServer } from "./peerScene";

export type CheckName = keyof typeof checks | keyof typeof managerChecks;

/** What a process is asked, and what it answers. */
export interface PeerQuestion {
  readonly client: "ours" | "peer";
  readonly check: CheckName;
  readonly server: RealServer;
}
export interface PeerAnswer {
  readonly facts?: Facts;
  readonly error?: string;
}

/** Milliseconds that a check may take; what settles takes a few seconds. */
const bound = 60_000;

/** Starts processes for checks. */
export class PeerProcesses {
  readonly #owner = new ProcessOwner();
  readonly #file = join(this.#owner.directory, "check.cjs");

  private constructor() {}

  /** Bundles the program once. */
  static async make(): Promise<PeerProcesses> {
    const processes = new PeerProcesses();
    await build({ entryPoints: [join(import.meta.dirname, "peerProgram.ts")], outfile: processes.#file, ...program });
    return processes;
  }

  /** Runs a check in a fresh process. @throws Error where it could not be carried through */
  async run(question: PeerQuestion): Promise<Facts> {
    const child = this.#owner.spawn(process.execPath, ["--expose-gc", this.#file], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
    const what = `"${question.check}" of ${question.client}`;
    try {
      child.send(question);
      const ended = once(child, "exit").then(() => Promise.reject(new Error(`The process of ${what} ended.`)));
      const answer = once(child, "message").then(([message]) => message as PeerAnswer); // peerProgram.ts sends no other
      const { facts, error } = await withTimeout(Promise.race([answer, ended]), bound, `${what} did not end.`);
      if (!facts) throw new Error(`${what} failed: ${error ?? ""}`);
      return facts;
    } finally {
      child.kill();
    }
  }

  stop(): Promise<void> {
    return this.#owner.stop();
  }
}

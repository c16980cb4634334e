// One long-running process of the test hub that can be stopped and started again; its output goes to a log file.
import type { ChildProcess } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { withTimeout } from "../../../src/base/async";
import type { ProcessOwner } from "../processes/owner";

/** What to start, as for node:child_process `spawn`. */
export interface ProcessRecipe {
  name: string;
  command: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  cwd: string;
  /** stdout and stderr are appended to this file: unlike a pipe it does not fill up, and outlives a restart. */
  logFile: string;
}

/** A process that is started and stopped on demand, and ends with its owner at the latest. */
export class ManagedProcess {
  #child: ChildProcess | undefined;

  constructor(
    private readonly owner: ProcessOwner,
    private readonly recipe: ProcessRecipe,
  ) {}

  /** Whether it was started and has not ended. */
  get running(): boolean {
    return this.#child?.exitCode === null && this.#child.signalCode === null;
  }

  /** Starts it unless it runs. That it is ready is for the caller to find out. */
  start(): void {
    if (this.running) return;
    const { command, args, env, cwd, logFile } = this.recipe;
    const log = openSync(logFile, "a");
    this.#child = this.owner.spawn(command, args, { cwd, env, stdio: ["ignore", log, log] });
    closeSync(log);
    // A missing program shows as a process that is not running; without a listener it would crash the harness.
    this.#child.on("error", () => (this.#child = undefined));
  }

  /** Ends it with SIGTERM, after five seconds with SIGKILL; resolves when it is gone. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child === undefined || !this.running) return;
    const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    child.kill("SIGTERM");
    const killer = setTimeout(() => child.kill("SIGKILL"), 5_000);
    await withTimeout(gone, 10_000, `The ${this.recipe.name} process of the test hub did not end.`);
    clearTimeout(killer);
  }
}

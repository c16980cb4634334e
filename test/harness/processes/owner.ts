// Owns processes and a temporary directory: when it ends, or the harness dies in whatever way, so do they.
import { spawn, type ChildProcess, type SpawnOptions } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withTimeout } from "../../../src/base/async";

/**
 * Starts processes that cannot outlive it. All it starts, and all that those start, carry a mark in their environment;
 * a small process beside us (reaper.mjs) kills whatever carries it once we stop or die, then removes `directory`.
 */
export class ProcessOwner {
  /** A temporary directory, removed at the end. */
  readonly directory = realpathSync(mkdtempSync(join(tmpdir(), "jupyterhub-connect-")));
  readonly #mark = randomBytes(12).toString("hex");
  readonly #reaper: ChildProcess;
  #stopped: Promise<void> | undefined;

  constructor() {
    this.#reaper = spawn(process.execPath, [join(import.meta.dirname, "reaper.mjs"), this.#mark, this.directory], {
      // Without the ipc channel and the mark of others; in a session of its own, out of reach of Ctrl-C.
      env: { PATH: process.env.PATH },
      cwd: "/",
      detached: true,
      stdio: ["pipe", "ignore", "inherit"],
    });
    this.#reaper.unref();
  }

  /** Environment variables for anything started by other means, so that it ends with the rest. */
  get env(): NodeJS.ProcessEnv {
    return { ...process.env, JUPYTERHUB_CONNECT_OWNER: this.#mark };
  }

  /** Starts a process; as node:child_process `spawn`, with the mark added to `options.env` (default: our own). */
  spawn(command: string, args: readonly string[], options: SpawnOptions = {}): ChildProcess {
    if (this.#stopped !== undefined) throw new Error("This harness has stopped; start another one.");
    return spawn(command, args, { ...options, env: { ...(options.env ?? process.env), JUPYTERHUB_CONNECT_OWNER: this.#mark } });
  }

  /** Kills everything that was started, at once, and removes the directory. A second call waits for the first. */
  stop(): Promise<void> {
    this.#stopped ??= withTimeout(
      new Promise<void>((resolve) => {
        if (this.#reaper.exitCode !== null) resolve();
        this.#reaper.once("exit", () => resolve());
        this.#reaper.ref();
        this.#reaper.stdin?.end();
      }),
      20_000,
      "The processes of the test harness did not end; look for them with ps.",
    );
    return this.#stopped;
  }
}

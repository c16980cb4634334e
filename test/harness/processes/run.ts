// Runs a program to its end and explains it when it fails.
import { spawn } from "node:child_process";
import { constants, setPriority } from "node:os";
import { passSignalsOn } from "./signals";

/** How to run a program. */
export interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** `capture` (default) keeps the output for the result and the error; `stderr` shows it to the person as it comes. */
  output?: "capture" | "stderr";
  /** After this many milliseconds the program is killed and the run fails; default 20 minutes. */
  timeout?: number;
  /** Whatever else runs on the machine goes first: tests may run meanwhile. */
  background?: boolean;
}

/** A program that could not be started, failed or took too long. */
export class RunError extends Error {
  constructor(
    message: string,
    /** The program's exit code, if it ran to its end. */
    readonly exitCode?: number,
  ) {
    super(message);
    this.name = "RunError";
  }
}

/**
 * Runs `command` and resolves with what it printed on stdout; stdin is empty.
 * @throws RunError with the last lines the program printed.
 */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { cwd, env, output = "capture", timeout = 20 * 60_000, background = false } = options;
  return new Promise((resolve, reject) => {
    const name = [command, ...args].join(" ").slice(0, 200);
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", output === "stderr" ? 2 : "pipe", output === "stderr" ? 2 : "pipe"] });
    // Else an interrupted installation would go on without us, in a folder that someone else may take over.
    passSignalsOn(child);
    if (background && child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
    let stdout = "";
    let all = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      all += text;
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (all += text));
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      reject(new RunError(`${name} did not end within ${timeout / 1000} s.${tail(all)}`));
    }, timeout);
    child.on("error", (error) => {
      clearTimeout(timer);
      reject(new RunError(`${command} could not be started: ${error.message}`));
    });
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      if (code === 0) resolve(stdout);
      else reject(new RunError(`${name} failed (${signal ?? `exit code ${code ?? -1}`}).${tail(all)}`, code ?? undefined));
    });
  });
}

/** The end of what a program printed, as an indented block. */
export function tail(text: string, lines = 15): string {
  const last = text.trimEnd().split("\n").slice(-lines);
  return last.join("") === "" ? "" : `\n  ${last.join("\n  ")}`;
}

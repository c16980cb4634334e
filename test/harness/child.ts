// Runs a program as part of a command: its output goes where ours goes, it ends when we end.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { messageOf } from "../../src/base/errors";
import { harness, root } from "./paths";
import { passSignalsOn } from "./processes/signals";

/** What a child gets beside its arguments. */
export interface ChildOptions {
  /** Added to our environment. */
  readonly env?: NodeJS.ProcessEnv;
  /** Given what the child has printed when it has ended; without, its output goes where ours goes, as it comes. */
  readonly onOutput?: ((text: string) => void) | undefined;
}

/**
 * Runs `node ARGS` in the repository's root and resolves with its exit code.
 * @throws Error when a signal to us, or one of its own, ended it.
 */
export function runNode(args: readonly string[], { env = {}, onOutput }: ChildOptions = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const output = onOutput ? "pipe" : "inherit";
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: { ...process.env, ...env },
      // As in run.mjs: a command learns of our death by the end of the ipc channel.
      stdio: ["inherit", output, output, "ipc"],
    });
    const printed: string[] = [];
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", (text: string) => void printed.push(text));
    const state = passSignalsOn(child);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      onOutput?.(printed.join(""));
      if (state.interrupted) reject(new Interrupted());
      else if (code === null) reject(new Error(`${args.join(" ")} was ended by ${signal ?? "a signal"}.`));
      else resolve(code);
    });
  });
}

/** Thrown when a signal asked us to end: nothing more should be started. */
export class Interrupted extends Error {
  constructor() {
    super("Interrupted.");
    this.name = "Interrupted";
  }
}

/** Runs one of the harness's commands (`test:unit`, `lint` …) as a child. */
export function runCommand(name: string, args: readonly string[] = [], options: ChildOptions = {}): Promise<number> {
  return runNode(["--import", "tsx", join(harness, "commands", `${name.replaceAll(":", "-")}.ts`), ...args], options);
}

/** Runs a program of an npm package, such as "eslint/bin/eslint.js". */
export function runPackage(path: string, args: readonly string[], nodeArgs: readonly string[] = []): Promise<number> {
  return runNode([...nodeArgs, join(root, "node_modules", path), ...args]);
}

/** Runs mocha over `files` (paths and globs below the root) with TypeScript; results as results.ts describes them. */
export function runMocha(files: readonly string[], args: readonly string[]): Promise<number> {
  const reporter = join(harness, "results", "mochaReporter.js");
  const required = join(harness, "results", "failOnErrors.ts");
  return runPackage("mocha/bin/mocha.js", ["--reporter", reporter, "--require", required, ...args, ...files], ["--import", "tsx"]);
}

/** Ends the process as `main` ends: with its exit code, or with 2 and the reason on stderr. */
export function runMain(main: () => Promise<number>): void {
  main().then(
    (code) => (process.exitCode = code),
    (error: unknown) => {
      process.stderr.write(`${messageOf(error)}\n`);
      process.exit(error instanceof Interrupted ? 130 : 2);
    },
  );
}

// Runs a program as part of a command: its output goes where ours goes, it ends when we end.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { harness, root } from "./paths";

/** Runs `node ARGS` in the repository's root and resolves with its exit code (128 and more: ended by a signal). */
export function runNode(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: { ...process.env, ...env },
      // As in run.mjs: a command learns of our death by the end of the ipc channel.
      stdio: ["inherit", "inherit", "inherit", "ipc"],
    });
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
    const passOn = (signal: NodeJS.Signals): void => void child.kill(signal);
    for (const signal of signals) process.on(signal, passOn);
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      for (const name of signals) process.off(name, passOn);
      resolve(code ?? (signal === null ? 1 : 130));
    });
  });
}

/** Runs one of the harness's commands (`test:unit`, `lint` …) as a child. */
export function runCommand(name: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<number> {
  return runNode(["--import", "tsx", join(harness, "commands", `${name.replaceAll(":", "-")}.ts`), ...args], env);
}

/** Runs a program of an npm package, such as "eslint/bin/eslint.js". */
export function runPackage(path: string, args: readonly string[], nodeArgs: readonly string[] = []): Promise<number> {
  return runNode([...nodeArgs, join(root, "node_modules", path), ...args]);
}

/** Runs mocha over `files` (a glob below the root) with TypeScript; results as results.ts describes them. */
export function runMocha(files: string, args: readonly string[]): Promise<number> {
  const reporter = join(harness, "results", "mochaReporter.js");
  return runPackage("mocha/bin/mocha.js", ["--reporter", reporter, ...args, files], ["--import", "tsx"]);
}

/** Ends the process as `main` ends: with its exit code, or with 2 and the reason on stderr. */
export function runMain(main: () => Promise<number>): void {
  main().then(
    (code) => (process.exitCode = code),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      process.exitCode = 2;
    },
  );
}

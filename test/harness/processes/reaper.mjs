// Ends whatever a harness left behind. Started beside the harness with a pipe on stdin: when the pipe closes, because
// the harness asked for it or because it died in whatever way, every process that carries the owner's mark in its
// environment is killed, also those that put themselves into sessions of their own (user servers, kernels, terminals).
// Usage: node reaper.mjs MARK DIRECTORY; the directory is removed at the end.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";

const [mark, directory] = process.argv.slice(2);
// Ctrl-C goes to everyone at the terminal; this one leaves last.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => undefined);
process.stdin.resume();
process.stdin.on("close", () => void reap());

async function reap() {
  // Twice empty: a process may have forked while the first list was made.
  const deadline = Date.now() + 10_000;
  for (let empty = 0; empty < 2 && Date.now() < deadline;) {
    const pids = marked();
    empty = pids.length === 0 ? empty + 1 : 0;
    for (const pid of pids) {
      try {
        process.kill(pid, "SIGKILL"); // everything it owned is temporary: nothing is worth waiting for
      } catch (error) {
        if (error.code !== "ESRCH") process.stderr.write(`Process ${pid} could not be ended: ${error.message}\n`);
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  process.exit(0);
}

/** The ids of all living processes with the mark in their environment, ourselves excepted. */
function marked() {
  const needle = `JUPYTERHUB_CONNECT_OWNER=${mark}`;
  if (process.platform === "linux") {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
      .filter((pid) => {
        try {
          return readFileSync(`/proc/${pid}/environ`, "latin1").split("\0").includes(needle);
        } catch {
          return false; // ended meanwhile, or another user's
        }
      })
      .map(Number);
  }
  return execFileSync("ps", ["axeww", "-o", "pid=,command="], { encoding: "utf8", maxBuffer: 1 << 26 })
    .split("\n")
    .filter((line) => line.includes(needle))
    .map((line) => Number.parseInt(line, 10))
    .filter((pid) => pid !== process.pid);
}

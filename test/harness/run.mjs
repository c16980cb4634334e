// Entry of every npm script: makes sure the npm packages are there, then runs test/harness/commands/NAME.ts.
// Plain JavaScript without dependencies, since it runs before anything is installed. Prints nothing on stdout.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const [command = "", ...args] = process.argv.slice(2);
const script = join(root, "test", "harness", "commands", `${command.replaceAll(":", "-")}.ts`);

if (!/^[a-z0-9:-]+$/.test(command) || !existsSync(script)) fail(`There is no command "${command}"; see "scripts" in package.json.`);
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) fail(`Node ${process.versions.node} is too old: install Node 20.19 or newer.`);
await ensurePackages();
runCommand();

/** Says on stderr why nothing can be done, and ends. */
function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}

/** Whether node_modules holds what package-lock.json asks for; npm keeps its own record of what it installed. */
function packagesInstalled() {
  const read = (file) => JSON.parse(readFileSync(join(root, file), "utf8")).packages;
  try {
    const wanted = read("package-lock.json");
    const installed = read("node_modules/.package-lock.json");
    return Object.entries(wanted).every(([path, { version, optional, peer, link }]) => {
      if (path === "" || link) return true;
      const present = installed[path]?.version;
      return present === version || (present === undefined && Boolean(optional || peer));
    });
  } catch {
    return false; // no node_modules, or an installation that did not end: npm writes its record last
  }
}

/** Runs `npm ci` unless the packages are there; two commands started at once do not install at once. */
async function ensurePackages() {
  if (packagesInstalled()) return;
  const lock = join(root, "out", ".npm-ci.lock");
  mkdirSync(dirname(lock), { recursive: true });
  while (!takeLock(lock)) await new Promise((resolve) => setTimeout(resolve, 250));
  try {
    if (packagesInstalled()) return;
    const started = Date.now();
    process.stderr.write("npm packages: installing…\n");
    // npm's stdout goes to our stderr (2): a command's stdout belongs to the command.
    const npm = spawnSync("npm", ["ci", "--loglevel=error"], { cwd: root, stdio: ["ignore", 2, 2] });
    if (npm.error) fail(`npm could not be started (${npm.error.message}): install npm.`);
    if (npm.status !== 0) fail("npm ci failed, see above. Is the npm registry reachable?");
    process.stderr.write(`npm packages: done in ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
  } finally {
    rmSync(lock, { force: true });
  }
}

/** Creates the lock file; one whose owner is dead, or that nobody wrote a pid into, is removed for the next try. */
function takeLock(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
  }
  try {
    const pid = Number(readFileSync(lock, "utf8"));
    if (pid > 0) process.kill(pid, 0);
    else if (Date.now() - statSync(lock).mtimeMs > 5_000) rmSync(lock, { force: true });
  } catch (error) {
    if (error.code === "ESRCH") rmSync(lock, { force: true });
  }
  return false;
}

/** Runs the command and ends as it ends; signals are passed on, so that it can clean up what it started. */
function runCommand() {
  // The ipc channel carries no messages: its end tells the command that we are gone (see processes/interrupt.ts).
  const child = spawn(process.execPath, ["--import", "tsx", script, ...args], {
    cwd: root,
    stdio: ["inherit", "inherit", "inherit", "ipc"],
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => fail(`The command could not be started: ${error.message}`));
  child.on("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

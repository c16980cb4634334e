// No process outlives the harness that started it.
import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ProcessOwner } from "../../harness/processes/owner";
import { root } from "../../harness/paths";
import { waitFor } from "../../harness/processes/wait";

/** Starts a process in a session of its own, as user servers and kernels are, and writes its pid to the file "pid". */
const forking = `
  const { spawn } = require("node:child_process");
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { detached: true, stdio: "ignore" });
  require("node:fs").writeFileSync("pid", String(child.pid));
  setInterval(() => {}, 1000);
`;

describe("process owner", () => {
  it("ends what it started, and what that started in sessions of its own, and removes its directory", async () => {
    const owner = new ProcessOwner();
    const child = owner.spawn(process.execPath, ["-e", forking], { cwd: owner.directory, stdio: "ignore" });
    const grandchild = await pidIn(owner.directory);
    await owner.stop();
    assert.ok(child.signalCode === "SIGKILL" || !alive(child.pid ?? 0));
    assert.ok(!alive(grandchild));
    assert.ok(!existsSync(owner.directory));
    await owner.stop();
  });

  it("does so too when the harness is killed", async () => {
    const script = `
      const { ProcessOwner } = require("./test/harness/processes/owner.ts");
      const owner = new ProcessOwner();
      owner.spawn(process.execPath, ["-e", ${JSON.stringify(forking)}], { cwd: owner.directory, stdio: "ignore" });
      console.log(owner.directory);
    `;
    const harness = spawn(process.execPath, ["--import", "tsx", "-e", script], { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
    const [text] = (await once(harness.stdout, "data")) as [Buffer];
    const directory = text.toString().trim();
    const grandchild = await pidIn(directory);
    harness.kill("SIGKILL");
    await waitFor("the end of all", () => !alive(grandchild) && !existsSync(directory), 10_000);
  }).timeout(15_000);
});

function pidIn(directory: string): Promise<number> {
  return waitFor("the grandchild", () => Number(readFileSync(join(directory, "pid"), "utf8")) || undefined, 10_000);
}

/** Whether the process runs; one that ended and was not yet collected by its parent does not. */
function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

// The window of an e2e suite: opened before its first test, pictured when a test fails, closed after its last.
import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import path from "node:path";
import { sharedHub } from "../../harness/hub/shared";
import { out } from "../../harness/paths";
import { errorsIn, lastLines } from "../../harness/results/logFiles";
import { undeclaredErrors, watchLog } from "../../harness/results/loggedErrors";
import { openPersonWindow, type PersonWindow, type PersonWindowOptions } from "../../harness/vscode/window";
import { waitFor } from "../../harness/processes/wait";
import { filesWith } from "./files";

/** Opening installs the extension and starts VS Code and a browser; the first use ever also builds code-server. */
const openMs = 20 * 60_000;
const settleMs = 30_000;

/**
 * Call inside `describe`; the result is for use inside tests.
 * @param options what to open; a function for what is known only when the tests begin, such as a hub's address
 */
export function personWindow(options: PersonWindowOptions | (() => Promise<PersonWindowOptions>)): () => PersonWindow {
  let window: PersonWindow | undefined;
  let unwatch = (): void => undefined;

  before(async function () {
    this.timeout(openMs);
    window = await openPersonWindow(typeof options === "function" ? await options() : options);
    unwatch = watchLog(errorsIn(window.server.logs));
  });

  afterEach(async function () {
    const { currentTest } = this;
    if (currentTest?.state !== "failed" || !window) return;
    const name = currentTest.fullTitle().replaceAll(/[^\p{L}\p{N}]+/gu, "-");
    await window.workbench.screenshot(path.join(out, "screenshots", "failed", `${name}.png`));
    // What explains it: the extension's log, and the notebooks as they were saved.
    cpSync(window.server.logs, path.join(out, "logs", name), { recursive: true });
    cpSync(window.folder, path.join(out, "logs", name, "notebooks"), { recursive: true });
    if (currentTest.err) Object.assign(currentTest.err, { shown: await shownBy(window) });
  });

  afterEach("no cell is left running", async function () {
    const { notebook } = window?.workbench ?? {};
    if (!notebook) return;
    await waitFor("no cell to be left running", async () => (await notebook.unfinished()) === 0, settleMs).catch(async (cause: unknown) => {
      throw new Error(`Cells are left running: ${await notebook.summary()}`, { cause });
    });
  });

  after(async () => {
    if (!window) return;
    const { directory } = window.server;
    const found = filesWith(directory, ...sharedHub().users.flatMap(({ password, token }) => [password, token]));
    const late = undeclaredErrors();
    unwatch();
    await window.close();
    assert.deepEqual(late, [], "errors in the extension's log");
    assert.deepEqual(found, [], "files of VS Code that hold a password or token");
  });

  return () => {
    if (window === undefined) throw new Error("The window is not open yet: use it inside a test.");
    return window;
  };
}

/** What is on the screen and in the extension's log when a test has failed. */
async function shownBy({ workbench, server }: PersonWindow): Promise<string> {
  const cells = await workbench.notebook.summary();
  const status = await workbench.kernelStatus.allInnerTexts();
  return [`Cells: ${cells}. Status bar: ${status.join()}.`, ...lastLines(server.logs)].join("\n");
}

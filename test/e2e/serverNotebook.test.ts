// A notebook that is on the server, as a person opens it: from the palette, through folders, after a reload, with the server stopped.
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { sharedHub } from "../harness/hub/shared";
import { waitFor } from "../harness/processes/wait";
import { samplePath } from "../harness/sample/sampleNotebook";
import { signIn } from "../harness/vscode/hubSteps";
import { savesOnDemand } from "../harness/vscode/settings";
import { hubUser } from "./support/user";
import { personWindow } from "./support/window";

const startMs = 90_000;
const cells = ["import os; print('works in', os.path.basename(os.getcwd()))", "x = 41 + 1\nx"].map((source, index) => ({
  ...{ cell_type: "code", id: `cell-${index}`, metadata: {}, execution_count: null, outputs: [] },
  source: source.split(/(?<=\n)/),
}));
const content = {
  cells,
  metadata: { kernelspec: { name: "python3", display_name: "Python 3 (ipykernel)", language: "python" } },
  nbformat: 4,
  nbformat_minor: 5,
};

describe("a notebook on the server", () => {
  const window = personWindow({ files: [samplePath], settings: savesOnDemand });
  const name = "ana";
  let server: string;
  const ask = async (path: string, body?: object): Promise<Response> => {
    const headers = { Authorization: `token ${sharedHub().user(name).token}` };
    const answer = await fetch(new URL(`api/${path}`, server), { headers, ...(body && { method: "PUT", body: JSON.stringify(body) }) });
    assert.ok(answer.ok, `${path}: ${answer.status}`);
    return answer;
  };

  before(async () => {
    server = await sharedHub().startServer(name);
    await ask("contents/teaching", { type: "directory" });
    await ask("contents/teaching/week 1", { type: "directory" });
    await ask("contents/teaching/week 1/first steps.ipynb", { type: "notebook", format: "json", content });
    await ask("contents/teaching/week 1/data.csv", { type: "file", format: "text", content: "a,b\n1,2\n" });
  });
  after(() => sharedHub().stopServer(name));

  it("is opened from the palette, through the server's folders", async () => {
    const { workbench } = window();
    const { quickInput } = workbench;
    await signIn(workbench, hubUser(name));
    await workbench.clearNotifications();
    await quickInput.command("JupyterHub Connect: Open Notebook on Server…");
    await quickInput.pick(/teaching/);
    await quickInput.pick(/week 1/);
    await quickInput.waitForEntry(/first steps/);
    await workbench.screenshot("out/screenshots/server-folders.png");
    await quickInput.pick(/\.\.$/);
    await quickInput.pick(/week 1/);
    await quickInput.pick(/first steps/);
    await workbench.notebook.shown();
  });

  it("runs at once on a kernel of its server, in its folder, and is saved there", async () => {
    const { workbench } = window();
    const { notebook } = workbench;
    await notebook.run(0);
    assert.equal(await notebook.ended(0, startMs), "ok");
    const [output] = await notebook.outputsOnce(0, (now) => now.length > 0);
    assert.match(output?.text ?? "", /works in week 1/);
    await notebook.run(1);
    assert.equal(await notebook.ended(1, startMs), "ok");
    await workbench.save();
    await workbench.screenshot("out/screenshots/server-notebook.png");
    const sessions = (await (await ask("sessions")).json()) as { path: string }[];
    assert.deepEqual(
      sessions.map(({ path }) => path),
      ["teaching/week 1/first steps.ipynb"],
    );
    const saved = await (await ask("contents/teaching/week 1/first steps.ipynb?type=file&format=text")).text();
    assert.match(saved.replaceAll("\\", ""), /"42"/);
  });

  it("is there after a reload, with its kernel", async () => {
    const { workbench } = window();
    const { notebook } = workbench;
    await waitFor("VS Code to remember the open tab", () => remembersTab(workbench.page, "first%20steps.ipynb"), 30_000);
    await workbench.page.reload({ waitUntil: "commit" });
    await notebook.shown();
    await notebook.kernelIs("Python 3 (ipykernel)", startMs);
    await notebook.run(1);
    assert.equal(await notebook.ended(1, startMs), "ok");
    await workbench.save();
  });

  it("says that its server is stopped, starts it on one click, and opens by itself then", async () => {
    const { workbench } = window();
    const { notebook } = workbench;
    await sharedHub().stopServer(name);
    await workbench.page.reload({ waitUntil: "commit" });
    await workbench.notification(/whose server is not running/, startMs);
    await workbench.screenshot("out/screenshots/server-notebook-stopped.png");
    await workbench.answerNotification(/whose server is not running/, "Start Server");
    await notebook.shown();
    await notebook.run(0);
    assert.equal(await notebook.ended(0, startMs), "ok");
    await workbench.screenshot("out/screenshots/server-notebook-again.png");
    await workbench.save();
  });
});

/** Whether a tab whose address ends so is among those that VS Code will open again: kept in the browser, written every few seconds. */
async function remembersTab(page: Page, text: string): Promise<boolean> {
  const kept = await page.evaluate(async () => {
    let all = "";
    for (const { name = "" } of await indexedDB.databases()) {
      // No function here has a name: what names functions for Node is not there in the page.
      const database = await new Promise<IDBDatabase>((resolve) => {
        const request = indexedDB.open(name);
        request.onsuccess = () => resolve(request.result);
      });
      for (const store of database.objectStoreNames) {
        // Only this key: lists of what was opened lately, and what extensions keep, have the address in them earlier.
        all += await new Promise<string>((resolve) => {
          const request = database.transaction(store).objectStore(store).get("memento/workbench.parts.editor");
          request.onsuccess = () => resolve(JSON.stringify(request.result ?? ""));
        });
      }
      database.close();
    }
    return all;
  });
  return kept.includes(text);
}

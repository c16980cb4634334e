// One notebook in two windows: opening it takes nothing from the window that runs it; running it, or asking for it, does.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { saveContents } from "../../src/services/contents/client";
import { serverSettings, type ServerSettings } from "../../src/transport/settings";
import { sharedHub } from "../harness/hub/shared";
import { waitFor } from "../harness/processes/wait";
import { namesPython, notebookFile } from "../harness/sample/notebookContent";
import { samplePath } from "../harness/sample/sampleNotebook";
import { pickHubKernel, signIn, type HubUser } from "../harness/vscode/hubSteps";
import { savesOnDemand } from "../harness/vscode/settings";
import type { Workbench } from "../harness/vscode/workbench";
import { hubUser } from "./support/user";
import { personWindow } from "./support/window";

/** As many as VS Code shows of a cell. */
const lines = 25;
/** Goes on from the middle when it is told to, by a file. */
const gate = "go on";
const counter = `import os, time
for i in range(${lines}):
    print("line", i, flush=True)
    time.sleep(0.1)
    while i == 12 and not os.path.exists("${gate}"): time.sleep(0.1)
os.remove("${gate}")`;
const counted = Array.from({ length: lines }, (_, index) => `line ${index}`).join("\n");
const turn = "turn = globals().get('turn', 0) + 1\nprint('turn', turn)";
const runMs = 120_000;
const elsewhere = /is being run in another window/;

describe("a notebook that is open in two windows", function () {
  this.timeout(4 * 60_000);
  const window = personWindow({ files: [samplePath], settings: savesOnDemand });
  let user: HubUser;
  let second: Workbench;
  let server: ServerSettings;
  const goOn = (): Promise<unknown> => saveContents(server, gate, { type: "file", format: "text", content: "" });
  const shown = async ({ notebook }: Workbench, index: number): Promise<string> =>
    (await notebook.outputs(index)).map(({ text }) => text).join("\n");
  const shows = async (workbench: Workbench, index: number, text: string): Promise<void> => {
    // The outputs above it may have pushed it out of the view, where VS Code draws nothing.
    await workbench.notebook.select(index);
    await waitFor(`“${text}” in cell ${index}`, async () => (await shown(workbench, index)).includes(text), runMs);
  };

  before(async () => {
    user = hubUser("ana");
    writeFileSync(path.join(window().folder, "two.ipynb"), notebookFile([counter, turn, counter], namesPython));
    server = serverSettings({ baseUrl: await sharedHub().startServer(user.name), token: user.token });
  });
  after(() => sharedHub().stopServer("ana"));

  it("goes on in the one that runs it when it is opened in the other", async () => {
    const { workbench: first, folder, server: codeServer } = window();
    await signIn(first, user);
    await first.sideBar.open("Explorer");
    await first.openNotebook("two.ipynb");
    await first.clearNotifications();
    await pickHubKernel(first, user);
    await first.notebook.run(0);
    await shows(first, 0, "line 2");
    second = await first.another(codeServer.folderUrl(folder));
    await second.openNotebook("two.ipynb");
    await pickHubKernel(second, user);
    await second.notification(elsewhere);
    assert.equal(await first.notebook.state(0), "running");
    await goOn();
    await first.page.bringToFront();
    assert.equal(await first.notebook.ended(0, runMs), "ok");
    assert.equal((await shown(first, 0)).trim(), counted);
    // It is done there, and not saved: nothing has been taken.
    assert.equal(await shown(second, 0), "");
  });

  it("goes on in the other when that asks for it, without an error in the first", async () => {
    const { workbench: first, folder, server: codeServer } = window();
    await first.notebook.run(2);
    await shows(first, 2, "line 2");
    await second.close();
    second = await first.another(codeServer.folderUrl(folder));
    await second.openNotebook("two.ipynb");
    await pickHubKernel(second, user);
    await second.answerNotification(elsewhere, "Show Here");
    await shows(second, 2, "line 12");
    await goOn();
    assert.equal(await second.notebook.ended(2, runMs), "ok");
    assert.equal((await shown(second, 2)).trim(), counted);
    await first.page.bringToFront();
    assert.doesNotMatch(await shown(first, 2), /taken over|Error/);
    assert.equal(await first.notebook.unfinished(), 0);
  });

  it("is run by turns, with one click each", async () => {
    const { workbench: first } = window();
    for (let count = 1; count <= 8; count++) {
      const one = count % 2 === 1 ? second : first;
      await one.page.bringToFront();
      await one.notebook.run(1);
      await shows(one, 1, `turn ${count}`);
      assert.equal(await one.notebook.ended(1, runMs), "ok");
    }
  });

  it("is run by turns while it runs: what runs comes along", async () => {
    const { workbench: first } = window();
    await second.page.bringToFront();
    await second.notebook.run(0);
    await shows(second, 0, "line 2");
    await first.page.bringToFront();
    await first.notebook.run(1);
    await shows(first, 0, "line 12");
    await second.page.bringToFront();
    await second.notebook.run(1);
    await shows(second, 0, "line 12");
    await goOn();
    assert.equal(await second.notebook.ended(1, runMs), "ok");
    assert.equal((await shown(second, 0)).trim(), counted);
    // It waited already when it was asked for again.
    assert.equal((await shown(second, 1)).trim(), "turn 9");
    assert.equal(await first.notebook.unfinished(), 0);
  });
});

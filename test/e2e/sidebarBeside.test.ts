// The JupyterHub Connect view while others work on the same server: JupyterLab in a browser, and a second VS Code.
import assert from "node:assert/strict";
import { cpSync, mkdirSync } from "node:fs";
import path from "node:path";
import { ServiceManager } from "../../src/services/serviceManager";
import { serverSettings } from "../../src/transport/settings";
import { sharedHub } from "../harness/hub/shared";
import { waitFor } from "../harness/processes/wait";
import { signIn, type HubUser } from "../harness/vscode/hubSteps";
import { JupyterLab } from "../harness/vscode/jupyterLab";
import { quietSettings } from "../harness/vscode/settings";
import { Workbench } from "../harness/vscode/workbench";
import { samplePath } from "../harness/sample/sampleNotebook";
import { hubUser } from "./support/user";
import { personWindow } from "./support/window";

/** The poller's longest pause at rest where the server tells of kernels by itself, and some. */
const pollMs = 60_000;
const truthMs = 1_000;
const content = {
  cells: [],
  metadata: { kernelspec: { name: "python3", display_name: "Python 3 (ipykernel)", language: "python" } },
  nbformat: 4,
  nbformat_minor: 5,
};
const cell = { cell_type: "code", id: "a", metadata: {}, execution_count: null, outputs: [], source: "x = 41\nx + 1" };

describe("the JupyterHub Connect view beside others", () => {
  const window = personWindow({ files: [samplePath], settings: quietSettings });
  let user: HubUser;
  let others: ServiceManager;
  let second: Workbench | undefined;

  before(async () => {
    // Somebody who has not used JupyterLab before: it opens again what was open, with kernels.
    user = hubUser("alice@example.org");
    others = new ServiceManager(serverSettings({ baseUrl: await sharedHub().startServer(user.name), token: user.token }));
  });
  after(async () => {
    await second?.close();
    others.dispose();
    await sharedHub().stopServer(user.name);
  });

  const gone = async (workbench: Workbench, row: RegExp): Promise<number> => {
    const start = Date.now();
    await waitFor(`${row} to be gone`, async () => !(await workbench.sideBar.rows()).some((text) => row.test(text)), pollMs);
    return Date.now() - start;
  };
  const begin = async (name: string): Promise<void> => {
    const { kernel } = await others.sessions.startNew({ path: name, name, type: "notebook", kernel: { name: "python3" } });
    await kernel?.execute({ code: "x = 41" }).done;
  };

  it("follows what JupyterLab starts, runs, renames and shuts down", async () => {
    const { workbench, browser } = window();
    await signIn(workbench, user);
    const lab = await JupyterLab.open(browser, sharedHub(), user.name);
    try {
      await lab.openNotebook("beside.ipynb", { ...content, cells: [cell] });
      await workbench.sideBar.row(/beside\.ipynb idle · Python 3/, pollMs);
      assert.match(await lab.run(0), /42$/);
      await lab.rename("renamed.ipynb");
      await workbench.sideBar.row(/renamed\.ipynb idle/, pollMs);
      assert.ok(!(await workbench.sideBar.rows()).some((row) => row.includes("beside.ipynb")));
      await lab.shutDownKernel();
      await gone(workbench, /renamed\.ipynb/);
      await workbench.sideBar.row(/No notebook runs here/);
    } finally {
      await lab.page.close();
    }
  });

  it("follows what a second window does, and both may do the same", async () => {
    const { workbench, browser, server } = window();
    const folder = path.join(server.directory, "second");
    mkdirSync(folder);
    cpSync(samplePath, path.join(folder, "sample.ipynb"));
    second = await Workbench.open(browser, server.folderUrl(folder));
    await second.trust();
    await signIn(second, user);
    for (const name of ["one.ipynb", "two.ipynb"]) await begin(name);
    for (const each of [workbench, second]) await each.sideBar.row(/two\.ipynb idle/, pollMs);
    await second.sideBar.rowAction(/one\.ipynb/, /Shut Down/);
    await second.answerDialog(/Shut down the kernel of “one.ipynb”/, "Shut Down");
    // How long a kernel takes to end is for the server to say.
    await waitFor(
      "the server to have shut it down",
      async () => !(await others.sessions.refresh()).some(({ path: at }) => at === "one.ipynb"),
      pollMs,
    );
    assert.ok((await gone(second, /one\.ipynb/)) <= truthMs);
    await gone(workbench, /one\.ipynb/);
    // Both have asked whether it shall go when the first of them is answered.
    for (const each of [workbench, second]) {
      await each.sideBar.rowAction(/two\.ipynb/, /Shut Down/);
      await each.page.locator(".monaco-dialog-box").waitFor();
    }
    for (const each of [second, workbench]) {
      await each.answerDialog(/Shut down the kernel of “two.ipynb”/, "Shut Down");
      await gone(each, /two\.ipynb/);
    }
    await others.kernels.refresh();
    assert.deepEqual(others.kernels.running, []);
    for (const each of [workbench, second]) {
      await each.sideBar.row(/No notebook runs here/, pollMs);
      assert.deepEqual(
        (await each.notifications()).filter((text) => !text.startsWith("Signed in")),
        [],
      );
    }
  });
});

// Servers as a person handles them in the JupyterHub view: new, started with options, failing, kept alive, deleted.
import assert from "node:assert/strict";
import { sharedHub } from "../harness/hub/shared";
import { pickHubKernel, signIn } from "../harness/vscode/hubSteps";
import { themes, type Workbench } from "../harness/vscode/workbench";
import { samplePath } from "../harness/sample/sampleNotebook";
import { personWindow } from "./support/window";

const startMs = 60_000;

describe("a person with several servers", () => {
  const window = personWindow({ files: [samplePath] });
  const name = "ana";

  /** A picture in each theme. */
  const pictures = async (workbench: Workbench, title: string, prepare?: () => Promise<void>): Promise<void> => {
    for (const theme of Object.keys(themes) as (keyof typeof themes)[]) {
      await workbench.setTheme(theme);
      await prepare?.();
      await workbench.screenshot(`out/screenshots/servers-${title}-${theme}.png`);
      await workbench.quickInput.dismiss();
    }
  };

  after(async () => {
    await sharedHub().stopServer(name);
  });

  it("makes a new server under a name of their own", async () => {
    const { workbench } = window();
    await workbench.openNotebook("sample.ipynb");
    await signIn(workbench, { url: sharedHub().url, name, token: sharedHub().user(name).token });
    await workbench.rowAction(/^ana @/, /New Server/);
    await workbench.quickInput.answer(/name for the server/i, "My GPU");
    await workbench.sidebarRow(/My GPU running/, startMs);
    await workbench.clearNotifications();
    await pictures(workbench, "tree");
    const answer = await sharedHub().api(`users/${name}`, {}, [200]);
    const { servers } = (await answer.json()) as { servers: Record<string, { display_name: string }> };
    assert.equal(servers["my-gpu"]?.display_name, "My GPU");
  });

  it("stops it, and starts it with options of their own; a failure says why and can be tried again", async () => {
    const { workbench } = window();
    const { quickInput } = workbench;
    await workbench.rowAction(/My GPU running/, /Stop Server/);
    assert.match(await workbench.answerDialog(/Stop the server/, "Stop Server"), /Files stay/);
    await workbench.sidebarRow(/My GPU stopped/, startMs);
    await pictures(workbench, "options", async () => {
      await workbench.rowAction(/My GPU stopped/, /Start Server with Options/);
      await quickInput.waitForEntry(/Options as JSON/);
    });
    await workbench.rowAction(/My GPU stopped/, /Start Server with Options/);
    await quickInput.pick(/Options as JSON/);
    await quickInput.answer(/JSON object/, '{"fail": "The quota of GPU hours is used up until Monday.", "delay": 2}');
    await workbench.notification(/quota of GPU hours/, startMs);
    await pictures(workbench, "failure");
    await workbench.answerNotification(/quota of GPU hours/, "Try Again");
    await workbench.notification(/Starting the server/);
    await workbench.notification(/quota of GPU hours/, startMs);
    await workbench.clearNotifications();
    await workbench.sidebarRow(/My GPU stopped/);
  });

  it("cancels waiting for a start that takes for ever, and has it stopped", async () => {
    const { workbench } = window();
    await workbench.rowAction(/My GPU stopped/, /Start Server with Options/);
    await workbench.quickInput.pick(/Options as JSON/);
    await workbench.quickInput.answer(/JSON object/, '{"pending": true}');
    await workbench.notification(/Waiting for a place that never comes/, startMs);
    await pictures(workbench, "progress");
    await workbench.answerNotification(/Waiting for a place that never comes/, "Cancel");
    await workbench.answerNotification(/goes on starting it/, "Stop Server");
    await workbench.sidebarRow(/My GPU stopped/, startMs);
  });

  it("keeps a server alive for a while, sees that, and ends it", async () => {
    const { workbench } = window();
    await workbench.quickInput.command("JupyterHub: Keep Server Alive…");
    await workbench.quickInput.pick(/^2 hours/);
    await workbench.sidebarRow(/Default server running.*kept alive until/);
    const item = workbench.page.locator(".statusbar-item", { hasText: "Kept alive until" });
    await item.waitFor();
    await pictures(workbench, "kept-alive");
    await item.click();
    await item.waitFor({ state: "hidden" });
    assert.ok(!(await workbench.sidebarRows()).some((row) => row.includes("kept alive")));
  });

  it("restarts a server, after reading what is lost, and deletes another", async () => {
    const { workbench } = window();
    await workbench.rowAction(/Default server running/, /Restart Server/);
    assert.match(await workbench.answerDialog(/Restart the server/, "Restart Server"), /same options/);
    await workbench.sidebarRow(/Default server (stopping|starting)/);
    await workbench.sidebarRow(/Default server running/, startMs);
    await workbench.quickInput.command("JupyterHub: Delete Server…");
    await workbench.answerDialog(/Delete the server “My GPU”/, "Delete Server");
    await workbench.page.locator(".sidebar .monaco-list-row", { hasText: "My GPU" }).waitFor({ state: "detached" });
  });

  it("is offered to start the server whose kernel they pick", async () => {
    const { workbench } = window();
    await workbench.rowAction(/Default server running/, /Stop Server/);
    await workbench.answerDialog(/Stop the server/, "Stop Server");
    await workbench.sidebarRow(/Default server stopped/, startMs);
    await pickHubKernel(workbench, { url: sharedHub().url, name, token: sharedHub().user(name).token });
    await workbench.notification(/is not running. It also starts when you run a cell/);
    await pictures(workbench, "offer");
    await workbench.answerNotification(/is not running/, "Start Server");
    await workbench.sidebarRow(/Default server running/, startMs);
  });
});

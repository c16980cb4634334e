// Servers as a person handles them in the JupyterHub Connect view: new, started with options, failing, kept alive, deleted.
import assert from "node:assert/strict";
import { sharedHub } from "../harness/hub/shared";
import { mayLog } from "../harness/results/loggedErrors";
import { waitFor } from "../harness/processes/wait";
import { pickHubKernel } from "../harness/vscode/hubSteps";
import type { Workbench } from "../harness/vscode/workbench";
import { samplePath } from "../harness/sample/sampleNotebook";
import { hubUser } from "./support/user";
import { takePictures } from "../harness/vscode/pictures";
import { personWindow } from "./support/window";

const startMs = 60_000;

describe("a person with several servers", () => {
  const window = personWindow({ files: [samplePath] });
  const name = "ana";

  const pictures = async (workbench: Workbench, title: string, prepare?: () => Promise<void>): Promise<void> => {
    const arrange = async (): Promise<void> => {
      await workbench.quickInput.dismiss();
      await prepare?.();
    };
    await takePictures(workbench, `out/screenshots/servers-${title}`, ["dark", "light", "contrast"], arrange);
    await workbench.quickInput.dismiss();
  };

  const signInWithPassword = async (workbench: Workbench): Promise<void> => {
    const { quickInput } = workbench;
    await quickInput.command("JupyterHub Connect: Sign In…");
    await quickInput.answer(/address of your JupyterHub/i, sharedHub().url);
    await quickInput.answer(/your user name on this hub/i, name);
    await quickInput.answer(/password of ana/i, sharedHub().user(name).password);
    await workbench.answerNotification(/^Signed in as/, "Start Server");
    await workbench.sideBar.open("JupyterHub Connect");
    await workbench.sideBar.row(/Default server running/, startMs);
  };

  /** The hub's model of the server that people know by this name: before hub 6 that is its name to the hub, too. */
  const serverCalled = async (title: string): Promise<{ user_options: object } | undefined> => {
    const answer = await sharedHub().api(`users/${name}`, {}, [200]);
    const { servers } = (await answer.json()) as { servers: Record<string, { display_name?: string; user_options: object }> };
    return Object.entries(servers).find(([own, { display_name: shown }]) => (shown || own) === title)?.[1];
  };

  after(async () => {
    await sharedHub().stopServer(name);
  });

  it("makes a new server under a name of their own", async () => {
    const { workbench } = window();
    await workbench.openNotebook("sample.ipynb");
    await signInWithPassword(workbench);
    await workbench.sideBar.rowAction(/^ana @/, /New Server/);
    await workbench.quickInput.answer(/name for the server/i, "My GPU");
    await workbench.sideBar.row(/My GPU running/, startMs);
    await workbench.clearNotifications();
    await pictures(workbench, "tree");
    assert.ok(await serverCalled("My GPU"));
  });

  it("stops it, and starts it with a profile and an image of their own, chosen from what the hub offers", async () => {
    const { workbench } = window();
    const { quickInput } = workbench;
    await workbench.sideBar.rowAction(/My GPU running/, /Stop Server/);
    assert.match(await workbench.answerDialog(/Stop the server/, "Stop Server"), /Files stay/);
    await workbench.sideBar.row(/My GPU stopped/, startMs);
    await workbench.sideBar.rowAction(/My GPU stopped/, /Start Server with Options/);
    await quickInput.pick(/Choose from What the Hub Offers/);
    await quickInput.pick(/^GPU/);
    await quickInput.pick(/Another image/);
    await quickInput.answer(/An image with its tag/, "without a tag");
    await quickInput.answer(/such as quay.io/, "quay.io/jupyter/base-notebook:latest");
    await quickInput.pick(/^64 GB/);
    await workbench.sideBar.row(/My GPU running/, startMs);
    const chosen = { profile: "gpu", "image--unlisted-choice": "quay.io/jupyter/base-notebook:latest", memory: "64" };
    assert.deepEqual((await serverCalled("My GPU"))?.user_options, chosen);
  });

  it("finds the last choice preselected; a failure says why and can be tried again", async () => {
    const { workbench } = window();
    const { quickInput } = workbench;
    mayLog(/My GPU was not started: HttpError: .*Your quota of large servers is used up/);
    await workbench.sideBar.rowAction(/My GPU running/, /Stop Server/);
    await workbench.answerDialog(/Stop the server/, "Stop Server");
    await workbench.sideBar.row(/My GPU stopped/, startMs);
    await workbench.clearNotifications();
    await pictures(workbench, "profiles", async () => {
      await workbench.sideBar.rowAction(/My GPU stopped/, /Start Server with Options/);
      await quickInput.waitForEntry(/As the Last Time/);
    });
    await pictures(workbench, "image", async () => {
      await workbench.sideBar.rowAction(/My GPU stopped/, /Start Server with Options/);
      await quickInput.pick(/^GPU/);
      await quickInput.waitForEntry(/PyTorch/);
    });
    await workbench.sideBar.rowAction(/My GPU stopped/, /Start Server with Options/);
    await quickInput.pick(/^Large/);
    await workbench.notification(/quota of large servers is used up/, startMs);
    await pictures(workbench, "failure");
    await workbench.answerNotification(/quota of large servers/, "Try Again");
    await workbench.notification(/quota of large servers/, startMs);
    await workbench.clearNotifications();
    await workbench.sideBar.row(/My GPU stopped/);
  });

  it("cancels waiting for a start that takes for ever, and has it stopped", async () => {
    const { workbench } = window();
    await workbench.sideBar.rowAction(/My GPU stopped/, /Start Server with Options/);
    await workbench.quickInput.pick(/Options as JSON/);
    await workbench.quickInput.answer(/JSON object/, '{"pending": true}');
    await workbench.notification(/Waiting for a place that never comes/, startMs);
    await pictures(workbench, "progress");
    await workbench.answerNotification(/Waiting for a place that never comes/, "Cancel");
    await workbench.answerNotification(/goes on starting it/, "Stop Server");
    await workbench.sideBar.row(/My GPU stopped/, startMs);
  });

  it("keeps a server alive for a while, sees that, and ends it", async () => {
    const { workbench } = window();
    await workbench.quickInput.command("JupyterHub Connect: Keep Server Alive…");
    await workbench.quickInput.pick(/^2 hours/);
    await workbench.sideBar.row(/Default server running.*kept alive until/);
    const item = workbench.page.locator(".statusbar-item", { hasText: "Kept alive until" });
    await item.waitFor();
    await pictures(workbench, "kept-alive");
    await item.click();
    await item.waitFor({ state: "hidden" });
    await waitFor(
      "the row to say so no more",
      async () => !(await workbench.sideBar.rows()).some((row) => row.includes("kept alive")),
      10_000,
    );
  });

  it("restarts a server, after reading what is lost, and deletes another", async () => {
    const { workbench } = window();
    await workbench.sideBar.rowAction(/Default server running/, /Restart Server/);
    assert.match(await workbench.answerDialog(/Restart the server/, "Restart Server"), /same options/);
    await workbench.sideBar.row(/Default server (stopping|starting)/);
    await workbench.sideBar.row(/Default server running/, startMs);
    await workbench.quickInput.command("JupyterHub Connect: Delete Server…");
    await workbench.answerDialog(/Delete the server “My GPU”/, "Delete Server");
    await workbench.page.locator(".sidebar .monaco-list-row", { hasText: "My GPU" }).waitFor({ state: "detached" });
  });

  it("is offered to start the server whose kernel they pick", async () => {
    const { workbench } = window();
    await workbench.sideBar.rowAction(/Default server running/, /Stop Server/);
    await workbench.answerDialog(/Stop the server/, "Stop Server");
    await workbench.sideBar.row(/Default server stopped/, startMs);
    // The notebook was given the only kernel that fits it while the server ran: another one is picked.
    await pickHubKernel(workbench, hubUser(name), "Bash");
    await workbench.notification(/is not running. It also starts when you run a cell/);
    await pictures(workbench, "offer");
    await workbench.answerNotification(/is not running/, "Start Server");
    await workbench.sideBar.row(/Default server running/, startMs);
  });
});

// A Jupyter server without a hub: from its address and token to the first output.
import assert from "node:assert/strict";
import { startPlainServer, type PlainServer } from "../harness/hub/plainServer";
import { stackVersion } from "../harness/hub/shared";
import { sampleCell, samplePath } from "../harness/sample/sampleNotebook";
import { filesWith } from "./support/files";
import { personWindow } from "./support/window";

const token = "0123456789abcdef0123456789abcdef";

describe("a Jupyter server without a hub", () => {
  const window = personWindow({ files: [samplePath] });
  let plain: PlainServer;

  before(async () => void (plain = await startPlainServer({ token, version: stackVersion })));
  after(() => plain.stop());

  it("is signed in to with its token, named again where that was wrong, and runs a cell", async () => {
    const { workbench, server } = window();
    const { notebook, quickInput } = workbench;
    await workbench.openNotebook("sample.ipynb");
    const cell = sampleCell("counter");
    await notebook.select(cell);
    await notebook.pressRun(cell);
    await quickInput.answer(/address of your JupyterHub/i, plain.url);
    await quickInput.answer(/Jupyter server without a hub/, "not this");
    await quickInput.expect(/does not accept this token or password/);
    await workbench.page.screenshot({ path: "out/screenshots/sign-in-plain-server.png", animations: "disabled" });
    await quickInput.answer(/token or password/i, token);
    assert.equal(await notebook.ended(cell, 60_000), "ok");
    await workbench.sideBar.open("JupyterHub Connect");
    await workbench.sideBar.row(/sample\.ipynb/);
    await workbench.screenshot("out/screenshots/plain-server.png");
    assert.deepEqual(filesWith(server.directory, token), []);
  });
});

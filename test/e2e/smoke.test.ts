// The whole line as a person walks it: sign in, choose the hub's kernel, run a cell.
import assert from "node:assert/strict";
import { sharedHub } from "../harness/hub/shared";
import { sampleCell, samplePath } from "../harness/sample/sampleNotebook";
import { accountLabel, pickHubKernel, signIn, type HubUser } from "../harness/vscode/hubSteps";
import { personWindow } from "./support/window";

describe("a person with a token", () => {
  const window = personWindow({ files: [samplePath] });
  let user: HubUser;

  before(() => {
    const { name, token } = sharedHub().user("ana");
    user = { url: sharedHub().url, name, token };
  });

  after(() => sharedHub().stopServer(user.name));

  it("signs in from the command palette and is in the Accounts menu", async () => {
    const { workbench } = window();
    await workbench.openNotebook("sample.ipynb");
    await signIn(workbench, user);
    const entries = await workbench.openAccounts();
    await workbench.dismiss();
    assert.ok(
      entries.some((entry) => entry.startsWith(accountLabel(user))),
      entries.join(", "),
    );
  });

  it("runs a cell on the kernel chosen in the notebook's kernel picker", async () => {
    const { workbench } = window();
    const { notebook } = workbench;
    await pickHubKernel(workbench, user);
    const cell = sampleCell("counter");
    await notebook.run(cell);
    assert.equal(await notebook.ended(cell, 60_000), "ok");
    const outputs = await notebook.outputsOnce(cell, (now) => now.length > 0);
    assert.deepEqual(
      outputs.map(({ text }) => text),
      ["step 1 of 5\nstep 2 of 5\nstep 3 of 5\nstep 4 of 5\nstep 5 of 5"],
    );
    assert.equal(await notebook.executionOrder(cell), "[1]");
  });
});

// Servers by commands with arguments, as tests and other extensions use them: they ask nothing and say why they fail.
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { mayLog } from "../harness/results/loggedErrors";
import { testHub } from "../harness/vscode/inHost/testHub";
import { closeNotebooks, errorOf, openNotebook, run, selectKernel, textOf } from "./support/notebook";
import { signIn, signOut } from "./support/users";

const user = "alice@example.org";

interface Model {
  readonly ready: boolean;
  readonly display_name?: string;
  readonly user_options: object;
  readonly last_activity: string;
}

describe("servers", function () {
  this.timeout(120_000);
  let account: string;

  const command = async (name: string, given: object): Promise<unknown> =>
    vscode.commands.executeCommand(`jupyterhubConnect.${name}`, { account, ...given });
  const model = async (name: string): Promise<Model | undefined> => {
    const answer = await testHub().api(`users/${encodeURIComponent(user)}?include_stopped_servers=1`, {}, [200]);
    return ((await answer.json()) as { servers: Record<string, Model | undefined> }).servers[name];
  };

  before(async () => {
    account = await signIn(user);
  });
  afterEach(closeNotebooks);
  after(() => signOut(account, user));

  it("are created with a name for people and options, run cells, and are deleted", async () => {
    await command("newServer", { name: "made", displayName: "Made Here", options: { image: "x" } });
    assert.deepEqual((await model("made"))?.user_options, { image: "x" });
    const notebook = await openNotebook("import os; os.environ['TEST_USER_OPTIONS']");
    await selectKernel({ account, server: "made" });
    await run(notebook).ended;
    assert.equal(textOf(notebook), `'{"image": "x"}'`);
    await assert.rejects(command("newServer", { name: "made" }), /already/);
    await command("deleteServer", { server: "made", confirmed: true });
    assert.equal(await model("made"), undefined);
  });

  it("are stopped and started with other options, and as the last time", async () => {
    await command("newServer", { name: "again" });
    await command("stopServer", { server: "again", confirmed: true });
    assert.notEqual((await model("again"))?.ready, true);
    await command("startServerWithOptions", { server: "again", options: { profile: "small" } });
    await command("stopServer", { server: "again", confirmed: true });
    await command("startServer", { server: "again" });
    const now = await model("again");
    assert.deepEqual([now?.ready, now?.user_options], [true, { profile: "small" }]);
    await command("deleteServer", { server: "again", confirmed: true });
  });

  it("are restarted under an open notebook, whose next cell runs on a new kernel", async () => {
    await command("newServer", { name: "fresh" });
    const notebook = await openNotebook("x = 1", "x");
    await selectKernel({ account, server: "fresh" });
    await run(notebook).ended;
    await command("restartServer", { server: "fresh", confirmed: true });
    await run(notebook, 1).ended;
    assert.equal(errorOf(notebook, 1)?.name, "NameError");
    await command("deleteServer", { server: "fresh", confirmed: true });
  });

  it("are started by running a cell, which goes on by itself", async () => {
    await command("newServer", { name: "asleep" });
    const notebook = await openNotebook("'awake'");
    await selectKernel({ account, server: "asleep" });
    await command("stopServer", { server: "asleep", confirmed: true });
    await run(notebook, 0, 90_000).ended;
    assert.equal(textOf(notebook), "'awake'");
    await command("deleteServer", { server: "asleep", confirmed: true });
  });

  it("say why they do not start: a quota, a process that dies, a name that cannot be", async () => {
    await assert.rejects(
      command("newServer", { name: "large", options: { profile: "quota" } }),
      /quota of large servers is used up until Monday/,
    );
    await command("deleteServer", { server: "large", confirmed: true });
    const unusual = command("newServer", { name: "Not A Slug" });
    if (Number(testHub().version.split(".")[0]) >= 6) await assert.rejects(unusual, /Choose a name of small letters/);
    // Older hubs take any name.
    else await unusual.then(() => command("deleteServer", { server: "Not A Slug", confirmed: true }));
    await assert.rejects(command("newServer", { name: "fail-now" }), /No room for fail-now/);
    await command("deleteServer", { server: "fail-now", confirmed: true });
  });

  it("are stopped while they wait for a place for ever", async () => {
    const starting = command("newServer", { name: "pending-here" });
    const refused = assert.rejects(starting, /was stopped/);
    for (;;) if ((await model("pending-here")) !== undefined) break;
    await command("stopServer", { server: "pending-here", confirmed: true });
    await refused;
    await command("deleteServer", { server: "pending-here", confirmed: true });
    assert.equal(await model("pending-here"), undefined);
  });

  it("go on where a caller does not say that the person agrees: they are asked, in a dialog", async () => {
    mayLog(/(stopServer|restartServer|deleteServer|signOut) failed: Error: DialogService: refused to show dialog in tests/);
    await command("newServer", { name: "guarded" });
    // VS Code shows no dialog in tests, and answers none for the person.
    for (const name of ["stopServer", "restartServer", "deleteServer"]) await command(name, { server: "guarded" });
    await vscode.commands.executeCommand("jupyterhubConnect.signOut", { id: account });
    assert.equal((await model("guarded"))?.ready, true);
    await command("deleteServer", { server: "guarded", confirmed: true });
  });

  it("are kept alive for as long as is said, by reports that the hub takes", async () => {
    await command("newServer", { name: "kept" });
    const before = Date.parse((await model("kept"))?.last_activity ?? "");
    await command("keepAlive", { server: "kept", hours: 1 });
    assert.ok(Date.parse((await model("kept"))?.last_activity ?? "") > before);
    await command("stopKeepingAlive", { server: "kept" });
    await command("deleteServer", { server: "kept", confirmed: true });
    await assert.rejects(command("keepAlive", { server: "kept", hours: 1 }), /not running/);
  });
});

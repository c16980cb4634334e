// The extension inside a real VS Code: it activates and offers its commands.
import assert from "node:assert/strict";
import * as vscode from "vscode";

const id = "jupyterhub-connect.jupyterhub-connect";

describe("extension", () => {
  it("activates", async () => {
    const extension = vscode.extensions.getExtension(id);
    assert.ok(extension, `${id} is not installed`);
    await extension.activate();
    assert.equal(extension.isActive, true);
  });

  it("registers every command that its package contributes", async () => {
    const contributed = contributedCommands();
    assert.ok(contributed.includes("jupyterhubConnect.signIn"));
    const registered = await vscode.commands.getCommands(true);
    assert.deepEqual(
      contributed.filter((command) => !registered.includes(command)),
      [],
    );
  });
});

function contributedCommands(): string[] {
  const manifest = vscode.extensions.getExtension(id)?.packageJSON as {
    contributes?: { commands?: { command: string }[] };
  };
  return (manifest.contributes?.commands ?? []).map(({ command }) => command);
}

// Notebooks that are read again while or after their cells run: every output is in the cell that it is of.
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { closed, counted, counter, ended, notebooksOf, openedByHand, selectKernel, shows, textOf, writtenContent } from "./support/notebook";

describe("a notebook of which several cells have one id", function () {
  this.timeout(120_000);
  const { account } = notebooksOf("ana");

  it("shows what was taken up in the cell that was run", async () => {
    const uri = await writtenContent([{ source: "print('first')", id: "same" }, { source: counter(15, 0.2), id: "same" }, { source: counter(15, 0.2), id: "same" }]);
    const first = await openedByHand(uri);
    await selectKernel({ account: account() });
    void vscode.commands.executeCommand("notebook.cell.execute", { ranges: [{ start: 2, end: 3 }], document: uri });
    await shows(first, 2, "line 2");
    await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
    await closed(first);
    const again = await openedByHand(uri);
    await ended(again, 2);
    assert.deepEqual([0, 1, 2].map((index) => textOf(again, index)), ["", "", counted(15)]);
  });
});

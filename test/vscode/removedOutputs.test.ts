// Outputs that somebody removes from a cell that still runs: what comes from then on is shown in fresh ones, and saved.
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { waitFor } from "../harness/processes/wait";
import { run, shows, showsNothing, textOf } from "./support/notebook";
import { notebooksOf } from "./support/users";

const steps = 30;
const ticking = (step: string): string => `import sys, time
from IPython.display import display, update_display
display_id = "bar"
for i in range(${steps}):
${step}
    time.sleep(0.1)
print("end")`;

/** What people's cells do while they run, and what shows step `i` of it. */
const cells: Record<string, { step: string; shown: (step: number) => string }> = {
  "a stream": { step: `    print("line", i, flush=True)`, shown: (step) => `line ${step}\n` },
  "a progress bar that overwrites its line": {
    step: `    print(f"\\rstep {i} of ${steps}", end="", flush=True)`,
    shown: (step) => `step ${step} of`,
  },
  "two streams by turns": {
    step: `    print("line", i, file=sys.stderr if i % 2 else sys.stdout, flush=True)`,
    shown: (step) => `line ${step}\n`,
  },
  "updates by a display id": {
    step: `    (update_display if i else display)({"text/plain": f"step {i} of ${steps}"}, raw=True, display_id="bar")`,
    shown: (step) => `step ${step} of`,
  },
  "a stream after a display": {
    step: `    if i == 0: display("shown")\n    print("line", i, flush=True)`,
    shown: (step) => `line ${step}\n`,
  },
};

const ways: Record<string, (notebook: vscode.NotebookDocument) => Thenable<unknown>> = {
  "Clear Cell Outputs": (notebook) =>
    vscode.commands.executeCommand("notebook.cell.clearOutputs", { ranges: [{ start: 0, end: 1 }], document: notebook.uri }),
  "Clear All Outputs": () => vscode.commands.executeCommand("notebook.clearAllCellsOutputs"),
};

/** The outputs of a saved notebook's first cell, as text. */
async function saved(notebook: vscode.NotebookDocument): Promise<string> {
  assert.ok(await notebook.save());
  const content = Buffer.from(await vscode.workspace.fs.readFile(notebook.uri)).toString();
  const {
    cells: [first],
  } = JSON.parse(content) as { cells: { outputs: { text?: string[]; data?: Record<string, string[]> }[] }[] };
  return (first?.outputs ?? []).map(({ text, data }) => (text ?? data?.["text/plain"] ?? []).join("")).join("");
}

describe("outputs that are removed from a running cell", function () {
  this.timeout(90_000);
  const { opened } = notebooksOf("ana");

  for (const [what, { step, shown }] of Object.entries(cells)) {
    for (const [how, clear] of Object.entries(ways)) {
      it(`${what} goes on after ${how}`, async () => {
        const notebook = await opened(ticking(step));
        const running = run(notebook);
        await waitFor(
          "step 4, or a later one",
          () => Array.from({ length: steps - 4 }, (_, index) => shown(index + 4)).some((text) => textOf(notebook).includes(text)),
          20_000,
        );
        await clear(notebook);
        await showsNothing(notebook, 0);
        await running.ended;
        const text = textOf(notebook);
        const first = Array.from({ length: steps }, (_, index) => index).find((index) => text.includes(shown(index)));
        assert.ok(first !== undefined && first >= 4 && !text.includes(shown(0)), text);
        // All that is not overwritten.
        const lasting =
          what.startsWith("a progress") || what.startsWith("updates")
            ? [steps - 1]
            : Array.from({ length: steps - first }, (_, index) => first + index);
        for (const index of lasting) assert.ok(text.includes(shown(index)), `${shown(index)} is not in ${text}`);
        assert.equal(text.split("end\n").length, 2, text);
        assert.equal(await saved(notebook), text);
      });
    }
  }

  it("each time anew, and in a cell whose thread prints after its end", async () => {
    const notebook = await opened(
      `import threading
ends = threading.Event()
def talk():
    line = 0
    while not ends.wait(0.1):
        print("late", line, flush=True)
        line += 1
threading.Thread(target=talk).start()`,
      "ends.set()",
    );
    await run(notebook).ended;
    let last = 0;
    for (let round = 0; round < 2; round++) {
      await shows(notebook, 0, `late ${last + 3}\n`);
      last = Number(/late (\d+)\n(?!late)/.exec(textOf(notebook))?.[1]);
      await vscode.commands.executeCommand("notebook.clearAllCellsOutputs");
      await showsNothing(notebook, 0);
    }
    await shows(notebook, 0, `late ${last + 3}\n`);
    await run(notebook, 1).ended;
  });
});

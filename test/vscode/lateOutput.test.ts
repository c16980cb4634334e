// A cell whose thread still prints after its end: shown, however the cell is run again meanwhile.
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { suggested } from "./support/completion";
import { grows, run, shows, succeeded, textOf } from "./support/notebook";
import { notebooksOf } from "./support/users";
import { resetSettings, setting } from "./support/settings";

const talking = `import threading, time
if "over" in globals(): over.set()
over = threading.Event()
def talk(over):
    for number in range(100_000):
        if over.wait(0.005): return
        print("late", number, flush=True)
threading.Thread(target=talk, args=(over,), daemon=True).start()`;

describe("a cell whose thread still prints", function () {
  this.timeout(90_000);
  const { opened } = notebooksOf("ana");
  afterEach(resetSettings);

  it("is run again at any moment", async () => {
    const notebook = await opened(talking, "over.set()");
    const press = (): Thenable<unknown> =>
      vscode.commands.executeCommand("notebook.cell.execute", { ranges: [{ start: 0, end: 1 }], document: notebook.uri });
    await press();
    for (let rounds = 1, number = await succeeded(notebook, 0); rounds < 20; rounds++) {
      // Between two writes as well as in one, where VS Code takes the cell for running: who presses then has to do so again.
      if (rounds % 2 === 0) await grows(notebook, 0);
      const again = setInterval(() => void press(), 300);
      await press();
      number = await succeeded(notebook, 0, number).finally(() => clearInterval(again));
    }
    await run(notebook, 1).ended;
  });

  it("goes on while a kernel is asked for completions: it gives what threads print to the request that it took last", async () => {
    const notebook = await opened(talking, "threading.Barr", "over.set()");
    await run(notebook).ended;
    await suggested(notebook, 1, "Barrier");
    await grows(notebook, 0);
    await run(notebook, 2).ended;
  });

  it("shows what came while it waited to be run again, where it was taken back", async () => {
    await setting("jupyterhubConnect.runQueue", "window");
    const counting =
      "import time\nfor n in range(6000):\n    update_display(n, display_id='n')\n    print(n, flush=True)\n    time.sleep(0.05)";
    const notebook = await opened("from IPython.display import display, update_display\ndisplay('none', display_id='n')\nNone", counting);
    await run(notebook).ended;
    const running = run(notebook, 1);
    await running.shows("0");
    await vscode.commands.executeCommand("notebook.cell.execute", { ranges: [{ start: 0, end: 1 }], document: notebook.uri });
    await grows(notebook, 1);
    await vscode.commands.executeCommand("jupyterhubConnect.interruptKernel", { notebook: notebook.uri.toString(), confirmed: true });
    await running.ended;
    const last = Number(/(\d+)\s+(?!\d)/.exec(textOf(notebook, 1))?.[1]);
    assert.ok(last > 0);
    // The interrupt may have come between the two.
    await Promise.any([last, last + 1].map((number) => shows(notebook, 0, String(number))));
  });
});

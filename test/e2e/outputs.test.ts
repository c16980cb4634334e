// What people see of outputs that change while a cell runs: read from the page, not from the document.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { readNotebook } from "../harness/conform/notebook";
import { sharedHub } from "../harness/hub/shared";
import { namesPython, notebookContent, notebookFile } from "../harness/sample/notebookContent";
import { samplePath } from "../harness/sample/sampleNotebook";
import { pickHubKernel, signIn, type HubUser } from "../harness/vscode/hubSteps";
import { waitFor } from "../harness/processes/wait";
import { savesOnDemand } from "../harness/vscode/settings";
import { throttle } from "../harness/vscode/slowWindow";
import { hubUser } from "./support/user";
import { personWindow } from "./support/window";

/** A stream that grows, and another behind it, so fast that VS Code has not loaded yet what draws them. */
const grows = "import sys\nprint('a', flush=True)\nprint('b', flush=True)\nprint('c', file=sys.stderr, flush=True)";
const byTurns = `import sys, time
for i in range(6):
    print('out', i, flush=True)
    print('more', i, flush=True)
    time.sleep(0.15)
    print('err', i, file=sys.stderr, flush=True)`;
const drawnByNobody = `from IPython.display import display
display({"application/vnd.plotly.v1+json": {"data": [], "layout": {}}}, raw=True)
display({"application/x-unknown": "x"}, raw=True)`;

describe("outputs on the screen", function () {
  this.timeout(6 * 60_000);
  const window = personWindow({ files: [samplePath], settings: savesOnDemand });
  let user: HubUser;

  before(async () => {
    user = hubUser("ana");
    await signIn(window().workbench, user);
  });
  after(() => sharedHub().stopServer("ana"));

  /** Opens a new notebook of code cells, with the hub's kernel. */
  const open = async (name: string, ...sources: string[]): Promise<void> => {
    const { workbench, folder } = window();
    writeFileSync(path.join(folder, name), notebookFile(sources));
    await workbench.sideBar.open("Explorer");
    await workbench.openNotebook(name);
    await pickHubKernel(workbench, user);
  };
  /** What a cell shows once it shows `last`, or after some seconds. */
  const shown = async (index: number, last: string): Promise<string> => {
    const text = (outputs: readonly { text: string }[]): string => outputs.map((output) => output.text).join("\n");
    return text(await window().workbench.notebook.outputsOnce(index, (outputs) => text(outputs).includes(last), 10_000));
  };
  const ran = async (index: number, last: string): Promise<string> => {
    const { notebook } = window().workbench;
    await notebook.run(index);
    assert.equal(await notebook.ended(index, 60_000), "ok");
    return shown(index, last);
  };

  it("are all there of the first cell of a window, whose stream grows while another begins", async () => {
    await open("first.ipynb", grows, grows, byTurns);
    assert.match(await ran(0, "c"), /a\s+b\s+c/);
    assert.match(await ran(1, "c"), /a\s+b\s+c/, "the next one, by when all is loaded");
    const turns = await ran(2, "err 5");
    for (let turn = 0; turn < 6; turn++) assert.match(turns, new RegExp(`out ${turn}\\s+more ${turn}\\s+err ${turn}`), turns);
  });

  it("are all there of the first cell after a reload", async () => {
    const { workbench } = window();
    await workbench.quickInput.command("View: Close All Editors");
    await workbench.page.reload({ waitUntil: "commit" });
    await open("second.ipynb", byTurns);
    const turns = await ran(0, "err 5");
    for (let turn = 0; turn < 6; turn++) assert.match(turns, new RegExp(`out ${turn}\\s+more ${turn}\\s+err ${turn}`), turns);
  });

  it("go on after Clear All Outputs, while the cell runs", async () => {
    const { workbench, folder } = window();
    await open("cleared.ipynb", "import time\nfor i in range(25):\n    print('line', i, flush=True)\n    time.sleep(0.4)\nprint('end')");
    await workbench.notebook.run(0);
    assert.match(await shown(0, "line 8"), /line 0\b[^]*line 8/);
    await workbench.quickInput.command("Notebook: Clear All Outputs");
    await workbench.notebook.ended(0, 60_000);
    const text = await shown(0, "end");
    assert.match(text, /^(?!line 0\b)line \d+\n[^]*line 23\s+line 24\s+end$/);
    await workbench.save();
    const { cells } = JSON.parse(readFileSync(path.join(folder, "cleared.ipynb"), "utf8")) as {
      cells: { outputs: { text: string[] }[] }[];
    };
    assert.equal(
      cells[0]?.outputs
        .map((output) => output.text.join(""))
        .join("")
        .trim(),
      text,
    );
  });

  it("of a cell stay when an Output widget that captures some is cleared", async () => {
    const widget = "import ipywidgets\nfrom IPython.display import clear_output\nout = ipywidgets.Output()";
    await open(
      "widget.ipynb",
      `${widget}\nprint('mine')\nwith out:\n    print('captured')\n    clear_output()\n    print('captured too')\nprint('mine too')`,
    );
    const text = await ran(0, "mine too");
    assert.match(text, /mine\s+captured too\s+mine too/);
    assert.ok(!text.includes("captured\n"), text);
  });

  it("and the numbers of cells are saved whole in a window that takes its time", async () => {
    const { workbench, folder } = window();
    const grown = "import time\nfor i in range(8):\n    print('line', i, flush=True)\n    time.sleep(0.05)";
    const file = path.join(folder, "slow.ipynb");
    // As after an earlier run: VS Code removes those numbers when it hears of the new one, which ends with the same.
    writeFileSync(file, numbered([grown, "x = 1", grown, "x = 2"]));
    await workbench.sideBar.open("Explorer");
    await workbench.openNotebook("slow.ipynb");
    await pickHubKernel(workbench, user);
    await throttle(workbench.page, 6);
    try {
      await workbench.notebook.runAll();
      await workbench.notebook.select(3);
      await workbench.notebook.ended(3, 60_000);
      const lines = Array.from({ length: 8 }, (_, line) => `line ${line}\n`).join("");
      const saved = async (): Promise<boolean> => {
        await workbench.quickInput.command("File: Save");
        return isDeepStrictEqual(contentIn(file), [
          [1, lines],
          [2, ""],
          [3, lines],
          [4, ""],
        ]);
      };
      await waitFor("all to be saved", saved, 60_000, 1_000).catch(() => assert.fail(JSON.stringify(contentIn(file))));
    } finally {
      await throttle(workbench.page, 1);
    }
  });

  it("that nothing draws are told of once, with what to do, and saved as they are", async () => {
    const { workbench, folder } = window();
    await open("plotly.ipynb", drawnByNobody);
    // It is shown for some seconds only.
    const [told] = await Promise.all([workbench.notification(/plotly/, 60_000), ran(0, "No renderer")]);
    assert.match(told, /application\/vnd\.plotly\.v1\+json.*pio\.renderers\.default = "\w+"/);
    await workbench.save();
    const { cells } = JSON.parse(readFileSync(path.join(folder, "plotly.ipynb"), "utf8")) as { cells: { outputs: { data: object }[] }[] };
    assert.deepEqual(
      cells[0]?.outputs.map(({ data }) => Object.keys(data)),
      [["application/vnd.plotly.v1+json"], ["application/x-unknown"]],
    );
  });
});

/** A notebook of code cells that were run before, and numbered in their order. */
function numbered(sources: readonly string[]): string {
  const { cells, ...rest } = notebookContent(sources, { ...namesPython, language_info: { name: "python" } });
  return JSON.stringify({ cells: cells.map((cell, index) => ({ ...cell, execution_count: index + 1 })), ...rest });
}

/** Of each cell of a notebook file its number and the text of its outputs. */
function contentIn(file: string): readonly (readonly [number | null | undefined, string])[] {
  return readNotebook(file).cells.map(({ execution_count: number, outputs = [] }) => [
    number,
    outputs.map((output) => (output.output_type === "stream" ? [output.text].flat().join("") : "")).join(""),
  ]);
}

// Outputs that are changed after they were shown, as the document has them and as they are saved.
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { mimesOf, run, textOf } from "./support/notebook";
import { notebooksOf } from "./support/users";

const png = "iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg==";
/** How often what depends on the moment is tried. */
const rounds = Number(process.env["ROUNDS"] ?? 5);

interface SavedOutput {
  readonly text?: string[];
  readonly data?: Record<string, string | string[]>;
  readonly metadata?: Record<string, Record<string, unknown>>;
}

async function saved(notebook: vscode.NotebookDocument): Promise<SavedOutput[][]> {
  assert.ok(await notebook.save());
  const content = Buffer.from(await vscode.workspace.fs.readFile(notebook.uri)).toString();
  return (JSON.parse(content) as { cells: { outputs: SavedOutput[] }[] }).cells.map(({ outputs }) => outputs);
}

describe("outputs that are changed", function () {
  this.timeout(120_000 + rounds * 10_000);
  const { opened } = notebooksOf("ana");

  it("take new metadata by display id, between other outputs that have grown meanwhile", async () => {
    const notebook = await opened(
      `import base64, time
from IPython.display import Image, display
png = base64.b64decode("${png}")
for n in range(3): print("above", n, flush=True); time.sleep(0.12)
h = display(Image(png, width=10), display_id=True)
second = display(Image(png, width=11), display_id=True)
for n in range(3): print("below", n, flush=True); time.sleep(0.12)`,
      "h.update(Image(png, width=300))",
      "second.update(Image(png, width=301)); h.update(Image(png, width=302)); second.update(Image(png, width=303))",
    );
    for (const [index, widths] of [
      [0, [10, 11]],
      [1, [300, 11]],
      [2, [302, 303]],
    ] as const) {
      await run(notebook, index).ended;
      const [outputs = []] = await saved(notebook);
      assert.deepEqual(
        outputs.flatMap(({ metadata }) => metadata?.["image/png"]?.["width"] ?? []),
        widths,
      );
      assert.deepEqual(
        outputs.map(({ text = [] }) => text.join("")),
        ["above 0\nabove 1\nabove 2\n", "", "", "below 0\nbelow 1\nbelow 2\n"],
      );
    }
    assert.equal(mimesOf(notebook).length, 4);
  });

  it("have text once that comes together with other outputs", async () => {
    const notebook = await opened(
      `import time
from IPython.display import display
print("line 0", flush=True)
time.sleep(0.5)
print("line 1", flush=True)
print("line 2", flush=True)
display("shown")`,
    );
    await run(notebook).ended;
    assert.equal(textOf(notebook), "line 0\nline 1\nline 2\n'shown'");
  });

  it("go on growing after such a change", async () => {
    const notebook = await opened(
      `from IPython.display import display
import time
h = display({"text/plain": "x"}, raw=True, metadata={"n": 0}, display_id=True)
for n in range(8):
    print("line", n, flush=True)
    h.display_id and display({"text/plain": "x"}, raw=True, metadata={"n": n}, display_id=h.display_id, update=True)
    time.sleep(0.08)`,
    );
    await run(notebook).ended;
    const [outputs = []] = await saved(notebook);
    assert.deepEqual(
      outputs.map(({ metadata }) => metadata?.["n"]),
      [7, undefined],
    );
    assert.equal(outputs[1]?.text?.join(""), Array.from({ length: 8 }, (_, n) => `line ${n}\n`).join(""));
  });

  it("by display ids of earlier cells are all saved right after the run", async () => {
    const notebook = await opened(
      "from IPython.display import display, update_display\ndisplay(0, display_id='a')\nNone",
      "display(0, display_id='b')\nNone",
      "import time\nfor n in range(start, start + 8):\n    update_display(n, display_id='a'); update_display(-n, display_id='b')\n    time.sleep(0.01)",
      "start = 1",
    );
    await run(notebook, 0).ended;
    await run(notebook, 1).ended;
    const seen: string[] = [];
    for (let round = 0; round < rounds; round++) {
      const edit = new vscode.WorkspaceEdit();
      const { document } = notebook.cellAt(3);
      edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), `start = ${round * 10 + 1}`);
      await vscode.workspace.applyEdit(edit);
      await run(notebook, 3).ended;
      await run(notebook, 2).ended;
      const [a, b] = await saved(notebook);
      seen.push([a, b].map((outputs) => [outputs?.[0]?.data?.["text/plain"] ?? []].flat().join("")).join());
    }
    assert.deepEqual(
      seen,
      Array.from({ length: rounds }, (_, round) => `${round * 10 + 8},${-(round * 10 + 8)}`),
    );
  });

  it("of the cell itself stay when an Output widget is cleared that captures some", async () => {
    const widget =
      "import ipywidgets\nfrom IPython.display import clear_output, display\nout = ipywidgets.Output()\nother = ipywidgets.Output()\nNone";
    const notebook = await opened(
      widget,
      "print('kept in JupyterLab')\nwith out:\n    print('in the widget')\n    clear_output()",
      "display('kept')\nfor n in range(5):\n    with out:\n        clear_output(wait=True)\n        print('frame', n)\n    with other:\n        print('other')\n        clear_output()\nprint('end')",
    );
    await run(notebook, 0).ended;
    await run(notebook, 1).ended;
    assert.equal(textOf(notebook, 1), "kept in JupyterLab\n");
    await run(notebook, 2).ended;
    assert.match(textOf(notebook, 2), /^'kept'frame 4\nend\n$/);
  });
});

// Measures runs in small and large notebooks, and the first completion, inside a real extension host; VS Code calls run().
import { writeFileSync } from "node:fs";
import path from "node:path";
import * as v from "valibot";
import * as vscode from "vscode";
import { readParameters } from "../../harness/vscode/inHost/parameters";
import { print, runnable } from "../../harness/vscode/inHost/print";
import { extensionId, openNotebook, runPasses, runToEnd, withEmpty } from "./notebooks";

/** Makes a name that stands in no cell: VS Code would suggest it as a word. */
const defining = 'globals()["ans" + "wer"] = 42';
/** Milliseconds until a completion. */
const completionBound = 30_000;

const parametersModel = v.object({
  parameters: v.object({
    url: v.string(),
    token: v.string(),
    /** A folder for notebooks. */
    folder: v.string(),
    /** Where the SizeFigures are written, as JSON. */
    out: v.string(),
    /** How many cells the notebooks have, one after the other. */
    sizes: v.array(v.number()),
    /** Of `pass` for each size, by turns: so many turns of so many passes. */
    turns: v.number(),
    passes: v.number(),
    /** Kernels whose first completion is asked for. */
    kernels: v.number(),
    /** Milliseconds of quiet between the end of a kernel's first cell and its first completion. */
    quiet: v.number(),
  }),
});

/** What is measured, in milliseconds. */
export interface SizeFigures {
  /** From the command that runs `pass` to its end in the document, by the number of cells, which all have run before. */
  readonly ours: Readonly<Record<string, readonly number[]>>;
  /** The same with a controller that does nothing. */
  readonly empty: Readonly<Record<string, readonly number[]>>;
  /** From the question to the kernel's suggestion, the first one and the next of each kernel. */
  readonly firstCompletion: readonly number[];
  readonly nextCompletion: readonly number[];
}

export const run = runnable(async () => {
  const { parameters } = v.parse(parametersModel, readParameters(__dirname));
  const { url, token, folder, sizes, turns, passes, kernels, quiet, out } = parameters;
  await vscode.extensions.getExtension(extensionId)?.activate();
  const account = await vscode.commands.executeCommand<object>("jupyterhubConnect.signIn", { url, token });
  const ours: Record<string, readonly number[]> = {};
  const empty: Record<string, readonly number[]> = {};
  for (const size of sizes) {
    print(`${size} cells`);
    const sources = ["pass", ...Array.from({ length: size - 1 }, (_, index) => `x = ${index}`)];
    const notebook = await openNotebook(path.join(folder, `ours-${size}.ipynb`), sources);
    await runAll(notebook);
    await withEmpty(path.join(folder, `empty-${size}.ipynb`), sources, async (other) => {
      await runAll(other);
      const times = { ours: [] as number[], empty: [] as number[] };
      [ours[size], empty[size]] = [times.ours, times.empty];
      for (let turn = 0; turn < turns; turn++) {
        for (const [document, all] of [
          [notebook, times.ours],
          [other, times.empty],
        ] as const) {
          await vscode.window.showNotebookDocument(document, { preview: false });
          all.push(...(await runPasses(document.cellAt(0), passes)));
        }
      }
    });
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
  }
  const firstCompletion: number[] = [];
  const nextCompletion: number[] = [];
  for (let kernel = 0; kernel < kernels; kernel++) {
    const notebook = await openNotebook(path.join(folder, `complete-${kernel}.ipynb`), [defining, "ans", "answ"]);
    await runToEnd(notebook.cellAt(0));
    await new Promise((resolve) => setTimeout(resolve, quiet));
    firstCompletion.push(await complete(notebook.cellAt(1)));
    nextCompletion.push(await complete(notebook.cellAt(2)));
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
  }
  writeFileSync(out, JSON.stringify({ ours, empty, firstCompletion, nextCompletion } satisfies SizeFigures));
  await vscode.commands.executeCommand("jupyterhubConnect.signOut", { ...account, confirmed: true });
});

/** Runs all cells; resolves when the last has ended. */
async function runAll(notebook: vscode.NotebookDocument): Promise<void> {
  await vscode.commands.executeCommand("notebook.cell.execute", {
    ranges: [{ start: 0, end: notebook.cellCount - 1 }],
    document: notebook.uri,
  });
  await runToEnd(notebook.cellAt(notebook.cellCount - 1));
}

/** From the question for completions at the end of a cell until the kernel's is among them: where it is not, it is asked again. */
async function complete({ document }: vscode.NotebookCell): Promise<number> {
  const begun = performance.now();
  const end = document.positionAt(document.getText().length);
  for (;;) {
    const { items } = await vscode.commands.executeCommand<vscode.CompletionList>(
      "vscode.executeCompletionItemProvider",
      document.uri,
      end,
    );
    if (items.some(({ label }) => (typeof label === "string" ? label : label.label) === "answer")) return performance.now() - begun;
    if (performance.now() - begun > completionBound) throw new Error("The kernel has completed nothing.");
  }
}

// Measures the extension inside a real extension host, by VS Code's public API; VS Code calls run().
import { writeFileSync } from "node:fs";
import path from "node:path";
import * as v from "valibot";
import * as vscode from "vscode";
import { readParameters } from "../../harness/vscode/inHost/parameters";
import { print, runnable } from "../../harness/vscode/inHost/print";
import { byKeyLine } from "./byHand";
import { change, extensionId, openNotebook, runPasses, runToEnd, withEmpty } from "./notebooks";

const parametersModel = v.object({
  parameters: v.object({
    url: v.string(),
    token: v.string(),
    /** A folder for notebooks. */
    folder: v.string(),
    /** Where the Figures are written, as JSON. */
    out: v.string(),
    passes: v.number(),
    lines: v.number(),
    cells: v.number(),
    rounds: v.number(),
    /** How many notebooks are open when `pass` is measured, one after the other. */
    open: v.array(v.number()),
  }),
});

/** What is measured, in milliseconds unless told otherwise. */
export interface Figures {
  /** As VS Code counts it and shows it with the extension: reading the code, and the call of `activate`. */
  readonly activation: number;
  /** Until the extension is active, with what VS Code does meanwhile. */
  readonly active: number;
  /** As `active`, of extensions of VS Code's own that do nearly nothing: what VS Code itself takes. */
  readonly smallest: readonly number[];
  /** From the command that runs `print(1)` to its output in the document, each time. */
  readonly firstOutput: readonly number[];
  /** From the command that runs `pass` to its end in the document, each time, by the number of open notebooks. */
  readonly pass: Readonly<Record<string, readonly number[]>>;
  /** `edits`: changes of the cell's outputs; `growth`: bytes of the process beyond what it had, at the worst moment. */
  readonly flood: { readonly ms: number; readonly edits: number; readonly growth: number; readonly lines: number };
  /** From the command that runs them all to the end of the last, each time. */
  readonly many: readonly number[];
  /** As `pass` and `many`, with a controller that does nothing: what VS Code itself takes. */
  readonly empty: { readonly pass: Figures["pass"]; readonly many: readonly number[] };
}

export const run = runnable(async () => {
  const { parameters } = v.parse(parametersModel, readParameters(__dirname));
  const { url, token, folder, passes, lines, cells, rounds, open } = parameters;
  const smallest = await activateSmall();
  const active = await activate(extensionId);
  const activation = spent("LoadExtensionCode") + spent("ActivateExtension");
  const account = await vscode.commands.executeCommand<object>("jupyterhubConnect.signIn", { url, token });
  const first = await openNotebook(path.join(folder, "first.ipynb"), ["pass", "print(1)", `for i in range(${lines}): print(i)`]);
  const [pass, printing, flooding] = first.getCells();
  if (!pass || !printing || !flooding) throw new Error("The notebook has not all of its cells.");
  await runToEnd(pass);
  const firstOutput: number[] = [];
  for (let round = 0; round < passes; round++) {
    const output = change(({ cell, outputs }) => cell === printing && (outputs?.length ?? 0) > 0);
    const begun = performance.now();
    const ended = runToEnd(printing);
    await output;
    firstOutput.push(performance.now() - begun);
    await ended;
  }
  const byOpen: Record<string, readonly number[]> = {};
  const measurePass = async (count: number): Promise<void> => {
    for (let there = vscode.workspace.notebookDocuments.length; there < count; there++) {
      const other = await openNotebook(path.join(folder, `other-${there}.ipynb`), ["pass"]);
      const [cell] = other.getCells();
      if (cell) await runToEnd(cell);
    }
    print(`${vscode.workspace.notebookDocuments.length} notebooks open`);
    await vscode.window.showNotebookDocument(first, { preview: false });
    byOpen[count] = await runPasses(pass, passes);
  };
  const [fewest = 1, ...more] = open;
  await measurePass(fewest);
  const floodFigures = await flood(flooding);
  const many = await runMany(await openNotebook(path.join(folder, "many.ipynb"), sourcesOf(cells)), rounds);
  const emptyPass: Record<string, readonly number[]> = {};
  for (const count of more) {
    await measurePass(count);
    await withEmpty(path.join(folder, `empty-${count}.ipynb`), ["pass"], async (notebook) => {
      emptyPass[count] = await runPasses(notebook.cellAt(0), passes);
    });
  }
  await vscode.commands.executeCommand("workbench.action.closeAllEditors");
  await withEmpty(path.join(folder, "empty.ipynb"), ["pass"], async (notebook, executed) => {
    emptyPass[fewest] = await runPasses(notebook.cellAt(0), passes);
    print(byKeyLine);
    await executed(passes);
  });
  const emptyMany = await withEmpty(path.join(folder, "empty-many.ipynb"), sourcesOf(cells), (notebook) => runMany(notebook, rounds));
  const empty = { pass: emptyPass, many: emptyMany };
  const figures: Figures = { activation, active, smallest, firstOutput, pass: byOpen, flood: floodFigures, many, empty };
  writeFileSync(parameters.out, JSON.stringify(figures));
  await vscode.commands.executeCommand("jupyterhubConnect.signOut", { ...account, confirmed: true });
});

/** Reads the bundle and activates, as the first notebook does; with all the ways to the window and back. */
async function activate(id: string): Promise<number> {
  const extension = vscode.extensions.getExtension(id);
  if (!extension || extension.isActive) throw new Error(`The activation of ${id} cannot be measured: it is active, or not there.`);
  const begun = performance.now();
  await extension.activate();
  return performance.now() - begun;
}

interface Marks {
  getMarks(): readonly { readonly name: string; readonly startTime: number }[];
}

/** What VS Code's own marks say that it took for the extension under test. */
function spent(what: "LoadExtensionCode" | "ActivateExtension"): number {
  const marks = (globalThis as { MonacoPerformanceMarks?: Marks }).MonacoPerformanceMarks?.getMarks() ?? [];
  const [from, to] = ["will", "did"].map(
    (when) => marks.find(({ name }) => name === `code/extHost/${when}${what}/${extensionId}`)?.startTime,
  );
  if (from === undefined || to === undefined) throw new Error("This VS Code does not say how long it took to activate the extension.");
  return to - from;
}

async function activateSmall(): Promise<readonly number[]> {
  const times: number[] = [];
  for (const id of ["vscode.search-result", "vscode.markdown-math", "vscode.grunt", "vscode.gulp", "vscode.jake"]) {
    const extension = vscode.extensions.getExtension(id);
    if (extension && !extension.isActive) times.push(await activate(id));
  }
  // The first one of all is slower.
  return times.slice(1);
}

async function flood(cell: vscode.NotebookCell): Promise<Figures["flood"]> {
  const before = process.memoryUsage.rss();
  let growth = 0;
  let edits = 0;
  const watching = setInterval(() => (growth = Math.max(growth, process.memoryUsage.rss() - before)), 20);
  const counting = vscode.workspace.onDidChangeNotebookDocument(({ cellChanges }) => {
    if (cellChanges.some((one) => one.cell === cell && one.outputs !== undefined)) edits++;
  });
  try {
    const ms = await runToEnd(cell);
    const text = cell.outputs.flatMap(({ items }) => items.map(({ data }) => new TextDecoder().decode(data))).join("");
    return { ms, edits, growth, lines: text.split("\n").length - 1 };
  } finally {
    clearInterval(watching);
    counting.dispose();
  }
}

function sourcesOf(count: number): readonly string[] {
  return ["pass", ...Array.from({ length: count }, (_, index) => `x = ${index}`)];
}

/** Runs all but the first cell, which runs before and warms everything up. */
async function runMany(notebook: vscode.NotebookDocument, rounds: number): Promise<readonly number[]> {
  const count = notebook.cellCount - 1;
  const last = notebook.cellAt(count);
  await runToEnd(notebook.cellAt(0));
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const ended = change((one) => one.cell === last && one.executionSummary?.success !== undefined);
    const begun = performance.now();
    await vscode.commands.executeCommand("notebook.cell.execute", { ranges: [{ start: 1, end: count + 1 }], document: notebook.uri });
    await ended;
    times.push(performance.now() - begun);
  }
  return times;
}

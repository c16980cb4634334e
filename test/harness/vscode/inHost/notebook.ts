// Runs notebooks inside the extension host, as their user would, by the public API only; VS Code calls run().
import { writeFileSync } from "node:fs";
import path from "node:path";
import * as v from "valibot";
import * as vscode from "vscode";
import { delay, SerialQueue, withTimeout } from "../../../../src/base/async";
import { messageOf } from "../../../../src/base/errors";
import type { Outcome } from "../notebookOutcome";
import { allFinished, isFinished, runCell } from "./cellRun";
import { readParameters } from "./parameters";
import { print, runnable } from "./print";

const signInMs = 2 * 60_000;
/** A user's server may have to be started first, and some hubs take minutes. */
const selectMs = 15 * 60_000;
const saveMs = 60_000;
/** Before the next attempt, in milliseconds. */
const savePause = 100;
const columns = [vscode.ViewColumn.One, vscode.ViewColumn.Two, vscode.ViewColumn.Three];

const parametersModel = v.object({
  parameters: v.object({
    /** Absolute paths of the notebooks; they are saved there. `alone`: nothing else may run meanwhile. */
    notebooks: v.array(v.object({ file: v.string(), alone: v.boolean() })),
    /** So many of the others run at a time, three at most. */
    lanes: v.number(),
    url: v.string(),
    token: v.string(),
    server: v.optional(v.string()),
    kernel: v.optional(v.string()),
    /** Milliseconds for each cell. */
    timeout: v.number(),
    allowErrors: v.boolean(),
    /** Where the Outcome of each notebook is written, as JSON, as soon as it is known; null until then. */
    outcomes: v.string(),
    /** Put before the number of each notebook that runs alone in a line of its own, when its turn comes. */
    turn: v.string(),
  }),
});
type Parameters = v.InferOutput<typeof parametersModel>["parameters"];

/** Signs in and runs the notebooks. Resolves whatever came of it: see the outcomes. */
export const run = runnable(async () => {
  const { parameters } = v.parse(parametersModel, readParameters(__dirname));
  const { notebooks, lanes, turn } = parameters;
  const outcomes: (Outcome | null)[] = notebooks.map(() => null);
  const signedIn = signIn(parameters);
  const failed = (error: unknown): Outcome => ({ exitCode: 2, reason: messageOf(error), cells: [] });
  const runOne = async (index: number, file: string, column: vscode.ViewColumn): Promise<void> => {
    const say = (line: string): void => print(notebooks.length > 1 ? `${path.basename(file)}: ${line}` : line);
    outcomes[index] = await signedIn.then(() => runNotebook(file, column, parameters, say)).catch(failed);
    writeFileSync(parameters.outcomes, JSON.stringify(outcomes));
  };
  const waiting = [...notebooks.entries()].filter(([, { alone }]) => !alone).values();
  // Side by side: VS Code runs only what an editor shows.
  const lane = async (column: vscode.ViewColumn): Promise<void> => {
    for (const [index, { file }] of waiting) await runOne(index, file, column);
  };
  await Promise.all(columns.slice(0, lanes).map(lane));
  for (const [index, { file, alone }] of notebooks.entries()) {
    if (!alone) continue;
    print(`${turn}${index}`);
    await runOne(index, file, vscode.ViewColumn.One);
  }
  // The token that was made for this run goes with it.
  await signedIn.then(signOut, () => undefined); // why it could not sign in is each notebook's outcome
});

/** What acts on the active notebook waits here for its turn. */
const front = new SerialQueue();

async function signIn({ url, token }: Parameters): Promise<unknown> {
  const account = await command("signIn", { url, token }, signInMs);
  print(`signed in as ${labelOf(account) ?? url}`);
  return account;
}

/** Selects the kernel, runs all cells and saves. */
async function runNotebook(file: string, column: vscode.ViewColumn, parameters: Parameters, say: (line: string) => void): Promise<Outcome> {
  const { server, kernel } = parameters;
  const document = await vscode.workspace.openNotebookDocument(vscode.Uri.file(file));
  await front.run(async () => {
    await vscode.window.showNotebookDocument(document, { preview: false, viewColumn: column });
    const wanted = { ...(server === undefined ? {} : { server }), ...(kernel === undefined ? {} : { kernel }) };
    const selected = await command("selectKernel", wanted, selectMs);
    say(`kernel ${labelOf(selected) ?? "selected"}`);
  });
  const { reason, ended } = await runCells(document, parameters, say);
  await withTimeout(save(document, ended), 2 * saveMs, "The notebook was not saved.");
  const cells = document.getCells().map(({ executionSummary }) => executionSummary?.success ?? null);
  await front.run(async () => {
    await vscode.window.showNotebookDocument(document, { preview: false, viewColumn: column });
    await shutDownKernel(say);
    await vscode.commands.executeCommand("workbench.action.closeActiveEditor");
  });
  return reason === undefined ? { exitCode: 0, cells } : { exitCode: 1, reason, cells };
}

/** Saves until nothing is left to save and each of the cells that ended says how: VS Code gives up a save during which an output or a cell's end still arrives. */
async function save(document: vscode.NotebookDocument, ended: readonly vscode.NotebookCell[]): Promise<void> {
  await allFinished(ended);
  for (const end = Date.now() + saveMs; document.isDirty;) {
    if (!(await document.save())) {
      if (Date.now() > end) throw new Error("VS Code could not save the notebook.");
      await delay(savePause);
    }
    await allFinished(ended);
  }
}

interface Ran {
  /** Why the first bad cell failed. */
  readonly reason?: string;
  /** The cells that came to an end, well or not. */
  readonly ended: readonly vscode.NotebookCell[];
}

/** Runs the code cells one after the other. */
async function runCells(document: vscode.NotebookDocument, parameters: Parameters, say: (line: string) => void): Promise<Ran> {
  const ended: vscode.NotebookCell[] = [];
  const cells = document.getCells().filter((cell) => cell.kind === vscode.NotebookCellKind.Code);
  let first: string | undefined;
  for (const [index, cell] of cells.entries()) {
    const name = `cell ${index + 1} of ${cells.length}`;
    if (cell.document.getText().trim() === "") {
      say(`${name}: empty`);
      continue;
    }
    if (cell.document.languageId === "raw") {
      // As a part of "run all"; there is no end to wait for.
      void vscode.commands.executeCommand("notebook.cell.execute", {
        ranges: [{ start: cell.index, end: cell.index + 1 }],
        document: document.uri,
      });
      say(`${name}: raw`);
      continue;
    }
    const started = Date.now();
    const failure = await runCell(cell, parameters.timeout);
    const took = `${((Date.now() - started) / 1000).toFixed(1)} s`;
    say(`${name}: ${failure === undefined ? "ok" : failure} (${took})`);
    const finished = isFinished(cell);
    if (finished) ended.push(cell);
    if (failure === undefined || mayFail(cell)) continue;
    first ??= `${name} failed: ${failure}`;
    // A cell that goes on running would hold up, or mix with, all that follow.
    if (!parameters.allowErrors || !finished) break;
  }
  return first === undefined ? { ended } : { reason: first, ended };
}

/** Whether the notebook itself says that this cell raises an exception (the tag nbconvert and nbclient know). */
function mayFail(cell: vscode.NotebookCell): boolean {
  const tags = v.safeParse(v.object({ metadata: v.object({ tags: v.array(v.string()) }) }), cell.metadata);
  return tags.success && tags.output.metadata.tags.includes("raises-exception");
}

/** The notebook is saved: nobody comes back to this kernel. One that is gone already is no failure of the run. */
async function shutDownKernel(say: (line: string) => void): Promise<void> {
  try {
    await command("shutDownKernel", { confirmed: true }, signInMs);
  } catch (error) {
    say(`the kernel was not shut down: ${messageOf(error)}`);
  }
}

/** The profile goes with the run: the token that was made for it is to be revoked before. */
async function signOut(account: unknown): Promise<void> {
  try {
    await command("signOut", { ...v.parse(v.object({ id: v.string() }), account), confirmed: true }, signInMs);
  } catch (error) {
    print(`not signed out: ${messageOf(error)}`);
  }
}

async function command(name: string, argument: object, ms: number): Promise<unknown> {
  const running = vscode.commands.executeCommand(`jupyterhubConnect.${name}`, argument);
  return await withTimeout(Promise.resolve(running), ms, `${name} did not end within ${ms / 1000} s.`);
}

function labelOf(value: unknown): string | undefined {
  const labelled = v.safeParse(v.object({ label: v.string() }), value);
  if (labelled.success) return labelled.output.label;
  const identified = v.safeParse(v.object({ id: v.string() }), value);
  return identified.success ? identified.output.id : undefined;
}

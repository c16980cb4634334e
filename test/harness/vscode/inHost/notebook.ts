// Runs one notebook inside the extension host, as its user would, by the public API only; VS Code calls run().
import { writeFileSync } from "node:fs";
import * as v from "valibot";
import * as vscode from "vscode";
import { withTimeout } from "../../../../src/base/async";
import { messageOf } from "../../../../src/base/errors";
import type { Outcome } from "../notebookOutcome";
import { isFinished, runCell } from "./cellRun";
import { readParameters } from "./parameters";
import { print, runnable } from "./print";

const signInMs = 2 * 60_000;
/** A user's server may have to be started first, and some hubs take minutes. */
const selectMs = 15 * 60_000;
const saveMs = 60_000;

const parametersModel = v.object({
  parameters: v.object({
    /** Absolute path of the notebook; it is saved there. */
    notebook: v.string(),
    url: v.string(),
    token: v.string(),
    server: v.optional(v.string()),
    kernel: v.optional(v.string()),
    /** Milliseconds for each cell. */
    timeout: v.number(),
    allowErrors: v.boolean(),
    /** Where the Outcome is written, as JSON. */
    outcome: v.string(),
  }),
});
type Parameters = v.InferOutput<typeof parametersModel>["parameters"];

/** Signs in, selects the kernel, runs all cells and saves. Resolves whatever came of it: see the outcome. */
export const run = runnable(async () => {
  const { parameters } = v.parse(parametersModel, readParameters(__dirname));
  let outcome: Outcome;
  try {
    outcome = await runNotebook(parameters);
  } catch (error) {
    outcome = { exitCode: 2, reason: messageOf(error) };
  }
  writeFileSync(parameters.outcome, JSON.stringify(outcome));
});

async function runNotebook(parameters: Parameters): Promise<Outcome> {
  const { url, token } = parameters;
  const document = await vscode.workspace.openNotebookDocument(vscode.Uri.file(parameters.notebook));
  await vscode.window.showNotebookDocument(document, { preview: false });
  const account = await command("signIn", { url, token }, signInMs);
  print(`signed in as ${labelOf(account) ?? url}`);
  try {
    return await runSignedIn(document, parameters);
  } finally {
    await signOut(account);
  }
}

async function runSignedIn(document: vscode.NotebookDocument, parameters: Parameters): Promise<Outcome> {
  const { server, kernel } = parameters;
  const wanted = { ...(server === undefined ? {} : { server }), ...(kernel === undefined ? {} : { kernel }) };
  const selected = await command("selectKernel", wanted, selectMs);
  print(`kernel ${labelOf(selected) ?? "selected"}`);
  const reason = await runCells(document, parameters);
  if (document.isDirty && !(await withTimeout(Promise.resolve(document.save()), saveMs, "The notebook was not saved."))) {
    throw new Error("VS Code could not save the notebook.");
  }
  await shutDownKernel();
  return reason === undefined ? { exitCode: 0 } : { exitCode: 1, reason };
}

/** Runs the code cells one after the other; resolves with why the first bad one failed. */
async function runCells(document: vscode.NotebookDocument, parameters: Parameters): Promise<string | undefined> {
  const cells = document.getCells().filter((cell) => cell.kind === vscode.NotebookCellKind.Code);
  let first: string | undefined;
  for (const [index, cell] of cells.entries()) {
    const name = `cell ${index + 1} of ${cells.length}`;
    if (cell.document.getText().trim() === "") {
      print(`${name}: empty`);
      continue;
    }
    const started = Date.now();
    const failure = await runCell(cell, parameters.timeout);
    const took = `${((Date.now() - started) / 1000).toFixed(1)} s`;
    print(`${name}: ${failure === undefined ? "ok" : failure} (${took})`);
    if (failure === undefined || mayFail(cell)) continue;
    first ??= `${name} failed: ${failure}`;
    // A cell that goes on running would hold up, or mix with, all that follow.
    if (!parameters.allowErrors || !isFinished(cell)) break;
  }
  return first;
}

/** Whether the notebook itself says that this cell raises an exception (the tag nbconvert and nbclient know). */
function mayFail(cell: vscode.NotebookCell): boolean {
  const tags = v.safeParse(v.object({ metadata: v.object({ tags: v.array(v.string()) }) }), cell.metadata);
  return tags.success && tags.output.metadata.tags.includes("raises-exception");
}

/** The notebook is saved: nobody comes back to this kernel. One that is gone already is no failure of the run. */
async function shutDownKernel(): Promise<void> {
  try {
    await command("shutDownKernel", { confirmed: true }, signInMs);
  } catch (error) {
    print(`the kernel was not shut down: ${messageOf(error)}`);
  }
}

/** The profile goes with the run: the token that was made for it is to be revoked before. */
async function signOut(account: unknown): Promise<void> {
  try {
    await command("signOut", v.parse(v.object({ id: v.string() }), account), signInMs);
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

// Runs a notebook file through the extension in a real VS Code: files, parameters, outcome.
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as v from "valibot";
import { messageOf } from "../../../src/base/errors";
import { runInExtensionHost } from "./extensionHost";
import { outcomeModel, type Outcome } from "./notebookOutcome";

/** One notebook to run. */
export interface NotebookRun {
  /** The hub's address as a person would paste it. */
  readonly url: string;
  readonly token: string;
  /** A named server; default: the user's default one. */
  readonly server?: string;
  /** A kernel spec's name; default: what the extension takes without one. */
  readonly kernel?: string;
  readonly input: string;
  /** Written when the notebook has been run, also if a cell failed. */
  readonly output: string;
  /** Milliseconds for each cell. */
  readonly timeout: number;
  /** Go on after a failing cell. */
  readonly allowErrors: boolean;
  /** Told of each cell, with the token taken out. */
  readonly onLine: (line: string) => void;
  /** Default: this repository's. */
  readonly extensionPath?: string;
}

const setUpMs = 20 * 60_000;
/** The longest time a timer can be set to. */
const longestMs = 2 ** 31 - 1;

/** Runs it and writes the output file; never rejects, `exitCode` 2 stands for everything that kept it from running. */
export async function runNotebook(run: NotebookRun): Promise<Outcome> {
  const redact = (text: string): string => text.replaceAll(run.token, "(token)");
  const workspace = mkdtempSync(path.join(tmpdir(), "jupyterhub-connect-notebook-"));
  try {
    const cells = countCells(run.input);
    mkdirSync(path.dirname(path.resolve(run.output)), { recursive: true });
    // VS Code works on a copy: what is at OUT is replaced when there is something better, and IN stays as it is.
    const notebook = path.join(workspace, path.basename(run.output));
    copyFileSync(run.input, notebook);
    const outcomeFile = path.join(workspace, ".outcome.json");
    const { url, token, server, kernel, timeout, allowErrors } = run;
    await runInExtensionHost({
      ...(run.extensionPath === undefined ? {} : { extensionPath: run.extensionPath }),
      entry: "test/harness/vscode/inHost/notebook.ts",
      workspace,
      timeout: Math.min(longestMs, setUpMs + cells * (timeout + 30_000)),
      onLine: (line) => line !== "" && run.onLine(redact(line)),
      parameters: { notebook, url, token, server, kernel, timeout, allowErrors, outcome: outcomeFile },
    });
    const { exitCode, reason } = readOutcome(outcomeFile);
    if (exitCode !== 2) copyFileSync(notebook, run.output);
    return reason === undefined ? { exitCode } : { exitCode, reason: redact(reason) };
  } catch (error) {
    return { exitCode: 2, reason: redact(messageOf(error)) };
  } finally {
    rmSync(workspace, { recursive: true, force: true });
  }
}

/** The number of cells; throws with the reason if the file is no notebook that VS Code reads. */
function countCells(file: string): number {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new Error(`${file} cannot be read: ${messageOf(error)}`, { cause: error });
  }
  const notebook = v.safeParse(v.object({ nbformat: v.literal(4), cells: v.array(v.unknown()) }), content);
  if (!notebook.success) throw new Error(`${file} is not a notebook in format 4 (.ipynb).`);
  return notebook.output.cells.length;
}

function readOutcome(file: string): Outcome {
  try {
    return v.parse(outcomeModel, JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    throw new Error("VS Code ended before the notebook was run to its end.", { cause: error });
  }
}

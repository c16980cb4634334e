// Runs notebook files through the extension in a real VS Code: files, parameters, outcomes.
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Page } from "playwright-core";
import * as v from "valibot";
import { messageOf } from "../../../src/base/errors";
import { runInExtensionHost } from "./extensionHost";
import type { HostName } from "./hostRun";
import { outcomeModel, type Outcome } from "./notebookOutcome";

/** How to run notebooks. */
export interface RunOptions {
  /** The hub's address as a person would paste it. */
  readonly url: string;
  readonly token: string;
  /** A named server; default: the user's default one. */
  readonly server?: string;
  /** A kernel spec's name; default: what the extension takes without one. */
  readonly kernel?: string;
  /** Milliseconds for each cell. */
  readonly timeout: number;
  /** Go on after a failing cell. */
  readonly allowErrors: boolean;
  /** Told of each cell, with the token taken out. */
  readonly onLine: (line: string) => void;
  /** Told which notebook of those that run alone has its turn, counted from 0 among all. */
  readonly onTurn?: (index: number) => void;
  /** Given the window, to do in it what only a person can; code-server only. */
  readonly onWindow?: (page: Page) => void;
  /** Given the records of level error in the extension's log, where there are some. */
  readonly onErrors?: (records: readonly string[]) => void;
  readonly host?: HostName;
  /** Default: this repository's. */
  readonly extensionPath?: string;
}

/** One notebook to run. */
export interface NotebookRun extends RunOptions {
  readonly input: string;
  /** Written when the notebook has been run, also if a cell failed. */
  readonly output: string;
}

const setUpMs = 20 * 60_000;
/** The longest time a timer can be set to. */
const longestMs = 2 ** 31 - 1;
const turn = "notebook number ";

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
    const [outcome] = await runNotebooksIn(workspace, [{ file: notebook, cells, alone: false }], run);
    if (!outcome) throw new Error(endedEarly);
    if (outcome.exitCode !== 2) copyFileSync(notebook, run.output);
    return outcome.reason === undefined ? outcome : { ...outcome, reason: redact(outcome.reason) };
  } catch (error) {
    return { exitCode: 2, reason: redact(messageOf(error)), cells: [] };
  } finally {
    rmSync(workspace, { recursive: true, force: true });
  }
}

/** Why a notebook has no outcome. */
export const endedEarly = "VS Code ended before the notebook was run to its end.";

/** One of several notebooks. */
export interface NotebookFile {
  readonly file: string;
  /** How many it has. */
  readonly cells: number;
  /** Nothing else may run meanwhile: a person has to see whose question is asked. */
  readonly alone: boolean;
}

/**
 * Runs notebooks that lie in `workspace` in one VS Code, and saves them in place.
 * @param lanes how many run at a time
 * @returns the outcome of each; null for those that VS Code did not come to
 * @throws Error where VS Code could not run
 */
export async function runNotebooksIn(
  workspace: string,
  notebooks: readonly NotebookFile[],
  run: RunOptions,
  lanes = 1,
): Promise<(Outcome | null)[]> {
  const { url, token, server, kernel, timeout, allowErrors } = run;
  const outcomes = path.join(workspace, ".outcomes.json");
  const cells = notebooks.reduce((sum, notebook) => sum + notebook.cells, 0);
  const { errors } = await runInExtensionHost({
    host: run.host,
    ...(run.extensionPath === undefined ? {} : { extensionPath: run.extensionPath }),
    ...(run.onWindow === undefined ? {} : { onWindow: run.onWindow }),
    entry: "test/harness/vscode/inHost/notebook.ts",
    workspace,
    // Else the columns would change their numbers.
    settings: { "workbench.editor.closeEmptyGroups": lanes === 1 },
    timeout: Math.min(longestMs, setUpMs + cells * (timeout + 30_000)),
    onLine: (line) => {
      if (line.startsWith(turn)) run.onTurn?.(Number(line.slice(turn.length)));
      else if (line !== "") run.onLine(line.replaceAll(token, "(token)"));
    },
    parameters: { notebooks, lanes, url, token, server, kernel, timeout, allowErrors, outcomes, turn },
  });
  if (errors.length > 0) run.onErrors?.(errors.map((line) => line.replaceAll(token, "(token)")));
  return readOutcomes(outcomes);
}

/** The number of cells; throws with the reason if the file is no notebook that VS Code reads. */
export function countCells(file: string): number {
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

function readOutcomes(file: string): (Outcome | null)[] {
  try {
    return v.parse(v.array(v.nullable(outcomeModel)), JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    throw new Error(endedEarly, { cause: error });
  }
}

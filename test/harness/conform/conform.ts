// Runs all notebooks of a folder through the extension in a real VS Code and compares each with what it should be.
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { messageOf } from "../../../src/base/errors";
import { startHub, type TestHub } from "../hub/hub";
import { endedEarly, runNotebooksIn, type RunOptions } from "../vscode/notebookRun";
import type { Outcome } from "../vscode/notebookOutcome";
import { differences, type Ran } from "./compare";
import { readCorpus, type CorpusNotebook } from "./corpus";
import { readNotebook } from "./notebook";
import { Person } from "./person";
import { references, validate } from "./reference";

/** How to compare. */
export interface ConformOptions {
  /** The folder with the notebooks, and whatever files they read. */
  readonly directory: string;
  /** Only notebooks whose names match. */
  readonly only?: RegExp;
  /** Where the saved notebooks are put, to be looked at. */
  readonly out: string;
  /** Told what VS Code is at. */
  readonly onLine: (line: string) => void;
}

/** One notebook's result. */
export interface Conformity {
  readonly name: string;
  /** What is different or went wrong; none if all is as it should be. */
  readonly problems: readonly string[];
}

const cellMs = 120_000;
/** A kernel starts while the cells of another one run. */
const lanes = 2;

/**
 * One hub, one VS Code, one nbclient for all notebooks: the extension runs them as one user, nbclient as another one in
 * a directory with the same files, at the same time.
 */
export async function conform({ directory, only, out, onLine }: ConformOptions): Promise<Conformity[]> {
  const corpus = readCorpus(directory).filter(({ name }) => only?.test(name) ?? true);
  if (corpus.length === 0) throw new Error(`No notebook in ${directory} has a name like ${String(only)}.`);
  const hub = await startHub();
  const work = mkdtempSync(path.join(tmpdir(), "jupyterhub-connect-conform-"));
  try {
    const [ours, theirs] = [hub.users[0]?.name ?? "", hub.users[1]?.name ?? ""];
    for (const user of [ours, theirs]) {
      const home = hub.userPlace(user).directory;
      mkdirSync(home, { recursive: true });
      cpSync(directory, home, { recursive: true });
    }
    const saved = path.join(work, "saved");
    const logged: string[] = [];
    const [wanted, outcomes] = await Promise.all([
      references(hub, theirs, corpus, path.join(work, "reference")),
      runAll(hub, ours, corpus, saved, onLine, (records) => logged.push(...records)),
    ]);
    const files = corpus.map(({ file }) => path.join(saved, path.basename(file)));
    const invalid = await validate(hub, ours, files);
    keep(out, files);
    const home = hub.userPlace(ours).directory;
    const results = corpus.map((notebook, index) => {
      const problems = problemsOf(notebook, wanted.get(notebook.name), outcomes[index] ?? undefined, files[index] ?? "", home);
      const fault = invalid[index] ?? undefined;
      return { name: notebook.name, problems: fault === undefined ? problems : [...problems, `not valid: ${fault}`] };
    });
    return logged.length === 0 ? results : [...results, { name: "the extension's log", problems: logged }];
  } finally {
    await hub.stop();
    rmSync(work, { recursive: true, force: true });
  }
}

/** @param file what VS Code saved, with the kernel in `home` */
function problemsOf(
  { directions }: CorpusNotebook,
  wanted: Ran | string | undefined,
  outcome: Outcome | undefined,
  file: string,
  home: string,
): string[] {
  if (outcome === undefined) return [endedEarly];
  if (outcome.exitCode === 2) return [outcome.reason ?? "It could not be run."];
  if (wanted === undefined || typeof wanted === "string") return [wanted ?? "There is nothing to compare with."];
  try {
    return differences(wanted, { notebook: readNotebook(file), success: outcome.cells, home }, directions.noise);
  } catch (error) {
    return [`What VS Code saved cannot be compared: ${messageOf(error)}`];
  }
}

async function runAll(
  hub: TestHub,
  user: string,
  corpus: readonly CorpusNotebook[],
  saved: string,
  onLine: (line: string) => void,
  onErrors: (records: readonly string[]) => void,
): Promise<(Outcome | null)[]> {
  mkdirSync(saved, { recursive: true });
  const notebooks = corpus.map(({ file, cells, directions }) => {
    const copy = path.join(saved, path.basename(file));
    copyFileSync(file, copy);
    return { file: copy, cells, alone: directions.inputs.length > 0 };
  });
  const person = new Person();
  const run: RunOptions = {
    url: hub.url,
    token: hub.user(user).token,
    timeout: cellMs,
    allowErrors: true,
    // The window of the other host cannot be reached: nobody could answer input boxes in it.
    host: "code-server",
    onLine,
    onErrors,
    onTurn: (index) => {
      const answers = corpus[index]?.directions.inputs ?? [];
      person.answer(answers).catch((error: unknown) => onLine(`The person at the window left: ${messageOf(error)}`));
    },
    onWindow: (page) => person.sit(page),
  };
  try {
    return await runNotebooksIn(saved, notebooks, run, lanes);
  } finally {
    person.leave();
  }
}

function keep(directory: string, files: readonly string[]): void {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  for (const file of files) copyFileSync(file, path.join(directory, path.basename(file)));
}

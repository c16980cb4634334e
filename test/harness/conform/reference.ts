// What the notebooks should become: nbclient's run of each, or the expected file beside it.
import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import * as v from "valibot";
import type { TestHub } from "../hub/hub";
import { run } from "../processes/run";
import type { Ran } from "./compare";
import type { CorpusNotebook } from "./corpus";
import { notebookModel, readNotebook, type Cell } from "./notebook";

const resultModel = v.union([
  v.object({ notebook: notebookModel, cells: v.array(v.nullable(v.boolean())) }),
  v.object({ reason: v.string() }),
]);

/** What each notebook should become, by name; a text says why that is not known. */
export type References = ReadonlyMap<string, Ran | string>;

/**
 * Runs the notebooks that have no expected file with nbclient, as `user` in the user's own directory.
 * @param out a folder for the results, in which nothing else is
 */
export async function references(hub: TestHub, user: string, corpus: readonly CorpusNotebook[], out: string): Promise<References> {
  const { directory, env } = hub.userPlace(user);
  const unknown = corpus.filter(({ expected }) => expected === undefined);
  mkdirSync(out, { recursive: true });
  const script = path.join(import.meta.dirname, "reference.py");
  if (unknown.length > 0) {
    await run("python3", [script, out, ...unknown.map(({ file }) => path.resolve(file))], { cwd: directory, env, timeout: 60 * 60_000 });
  }
  return new Map(corpus.map((notebook) => [notebook.name, expectation(notebook, out, directory)]));
}

function expectation({ expected, file }: CorpusNotebook, out: string, home: string): Ran | string {
  if (expected !== undefined) {
    const notebook = readNotebook(expected);
    return { notebook, success: notebook.cells.map(succeeds) };
  }
  const result = v.parse(resultModel, JSON.parse(readFileSync(path.join(out, path.basename(file)), "utf8")));
  if ("reason" in result) return `nbclient could not run it (${result.reason})`;
  return { notebook: result.notebook, success: result.cells, home };
}

/** Of an expected file: a cell that is run has a number, and succeeds unless it shows an error. */
function succeeds({ execution_count = null, outputs = [] }: Cell): boolean | null {
  if (execution_count === null) return null;
  return outputs.every((output) => output.output_type !== "error");
}

/** What nbformat finds wrong with each of `files`, which must exist. */
export async function validate(hub: TestHub, user: string, files: readonly string[]): Promise<(string | null)[]> {
  const { env } = hub.userPlace(user);
  const printed = await run("python3", [path.join(import.meta.dirname, "validate.py"), ...files], { env });
  return v.parse(v.array(v.nullable(v.string())), JSON.parse(printed));
}

// The notebooks of a folder that are to be run and compared, and what each says of its own test.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import * as v from "valibot";

/** Notebooks with this ending hold what another one of the folder has to become. */
const expectedEnding = ".expected.ipynb";

/** What a notebook may say in its metadata under `jupyterhub_connect_test`. */
const directionsModel = v.object({
  /** What a person types into the input boxes, in order; null dismisses the box. */
  inputs: v.optional(v.array(v.nullable(v.string())), []),
  /** Regular expressions of text that differs from run to run, beside what is known to (see noise.ts). */
  noise: v.optional(v.array(v.string()), []),
});
export type Directions = v.InferOutput<typeof directionsModel>;

const notebookModel = v.object({
  nbformat: v.literal(4),
  cells: v.array(v.unknown()),
  metadata: v.looseObject({ jupyterhub_connect_test: v.optional(directionsModel, {}) }),
});

/** One notebook to run. */
export interface CorpusNotebook {
  /** The file's name without its ending. */
  readonly name: string;
  readonly file: string;
  /** The file with the expected result; without one the reference is nbclient. */
  readonly expected: string | undefined;
  /** How many cells it has. */
  readonly cells: number;
  readonly directions: Directions;
}

/**
 * The notebooks of `directory`, by name.
 * @throws Error if there is none, or one is not a notebook in format 4
 */
export function readCorpus(directory: string): CorpusNotebook[] {
  const names = readdirSync(directory)
    .filter((name) => name.endsWith(".ipynb"))
    .sort();
  const corpus = names
    .filter((name) => !name.endsWith(expectedEnding))
    .map((name) => {
      const file = path.join(directory, name);
      const expected = name.replace(/\.ipynb$/, expectedEnding);
      const { cells, directions } = read(file);
      return {
        name: path.basename(name, ".ipynb"),
        file,
        expected: names.includes(expected) ? path.join(directory, expected) : undefined,
        cells,
        directions,
      };
    });
  if (corpus.length === 0) throw new Error(`There is no notebook in ${directory}.`);
  return corpus;
}

function read(file: string): { readonly cells: number; readonly directions: Directions } {
  try {
    const { cells, metadata } = v.parse(notebookModel, JSON.parse(readFileSync(file, "utf8")));
    return { cells: cells.length, directions: metadata.jupyterhub_connect_test };
  } catch (error) {
    throw new Error(`${file} is not a notebook in format 4 (.ipynb).`, { cause: error });
  }
}

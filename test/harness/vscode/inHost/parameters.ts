// What a run of the harness tells code inside the extension host: a JSON file beside the bundles.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

const fileName = "parameters.json";

/** Writes `parameters` where readParameters(`directory`) finds them; only the user may read them (there are tokens). */
export function writeParameters(directory: string, parameters: unknown): void {
  writeFileSync(path.join(directory, fileName), JSON.stringify(parameters), { mode: 0o600 });
}

/** Reads the parameters and deletes the file; undefined if there is none. */
export function readParameters(directory: string): unknown {
  const file = path.join(directory, fileName);
  const text = readFileSync(file, "utf8");
  rmSync(file);
  return JSON.parse(text) as unknown;
}

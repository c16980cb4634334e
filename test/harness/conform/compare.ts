// Compares a notebook that the extension ran with what it should be, cell by cell.
import { quiet, type Quiet } from "./noise";
import { textOf, type Cell, type Notebook } from "./notebook";
import { inStretches, plainOutputs, quietly, type PlainOutput } from "./outputs";
import { movesCursor, screenOf } from "./terminal";

/** A notebook after its run. */
export interface Ran {
  readonly notebook: Notebook;
  /** Of each cell, whether its run succeeded; null where it was not run. */
  readonly success: readonly (boolean | null)[];
  /** The directory of the kernel, which shows in paths. */
  readonly home?: string;
}

/** What is different, a line each; none if all is equal. `noise`: the notebook's own patterns. */
export function differences(wanted: Ran, got: Ran, noise: readonly string[]): string[] {
  const quietWanted = quiet(wanted.home, noise);
  const quietGot = quiet(got.home, noise);
  const found: string[] = [];
  const note = (where: string, what: string | undefined): void => {
    if (what !== undefined) found.push(`${where}: ${what}`);
  };
  note(
    "metadata",
    difference(metadataOf(wanted.notebook, wanted.notebook, quietWanted), metadataOf(got.notebook, wanted.notebook, quietGot)),
  );
  note("cells", difference(wanted.notebook.cells.length, got.notebook.cells.length));
  for (const [index, cell] of wanted.notebook.cells.entries()) {
    const other = got.notebook.cells[index];
    if (other === undefined) break;
    const where = `cell ${index + 1}`;
    note(where, difference(frameOf(cell, quietWanted), frameOf(other, quietGot)));
    note(`${where} success`, difference(wanted.success[index] ?? null, got.success[index] ?? null));
    const [plain, otherPlain] = [plainOutputs(cell.outputs ?? [], quietWanted), plainOutputs(other.outputs ?? [], quietGot)];
    note(where, outputsDifference(plain, otherPlain, quietWanted, quietGot));
  }
  return found;
}

/** What a notebook says of itself. Its kernel counts by name, and is known only where `wanted` tells it: nbclient does not. */
function metadataOf({ metadata, nbformat, nbformat_minor }: Notebook, wanted: Notebook, quiet: Quiet): unknown {
  const known = Object.entries(metadata).filter(([key]) => key in wanted.metadata || !kernelKeys.includes(key));
  const plain = known.map(([key, value]) => [key, key === "kernelspec" ? nameIn(value) : quietly(value, quiet)]);
  return { nbformat, nbformat_minor, ...Object.fromEntries(plain) };
}

const kernelKeys = ["kernelspec", "language_info"];

function nameIn(kernelspec: unknown): unknown {
  return typeof kernelspec === "object" && kernelspec !== null && "name" in kernelspec ? kernelspec.name : undefined;
}

/** All of a cell but its outputs. VS Code keeps a cell's language where it is not the notebook's, and makes up ids. */
function frameOf({ cell_type, id, source, metadata, attachments, execution_count }: Cell, quiet: Quiet): unknown {
  const rest = Object.entries(metadata).filter(([key]) => key !== "vscode");
  return { cell_type, id: quietly(id, quiet), source: textOf(source), metadata: Object.fromEntries(rest), attachments, execution_count };
}

function outputsDifference(
  wanted: readonly PlainOutput[],
  got: readonly PlainOutput[],
  quietWanted: Quiet,
  quietGot: Quiet,
): string | undefined {
  const first = (one: readonly PlainOutput[], other: readonly PlainOutput[]): string | undefined =>
    firstDifference(one, other, (wantedText, gotText) => textDifference(wantedText, gotText, quietWanted, quietGot));
  const found = first(wanted, got);
  if (found === undefined || first(inStretches(wanted), inStretches(got)) === undefined) return overwrites(got);
  return found;
}

type CompareTexts = (wanted: string, got: string) => string | undefined;

function firstDifference(wanted: readonly PlainOutput[], got: readonly PlainOutput[], texts: CompareTexts): string | undefined {
  for (let index = 0; index < Math.max(wanted.length, got.length); index++) {
    const [one, other] = [wanted[index], got[index]];
    const found = one && other ? outputDifference(one, other, texts) : difference(one?.type, other?.type);
    if (found !== undefined) return `output ${index + 1}: ${found}`;
  }
  return undefined;
}

function outputDifference(wanted: PlainOutput, got: PlainOutput, texts: CompareTexts): string | undefined {
  if (wanted.type !== "stream" || got.type !== "stream") return difference(wanted, got);
  return wanted.name === got.name ? texts(wanted.text, got.text) : difference(wanted.name, got.name);
}

/** What overwrites is carried out before it is saved, so that a progress bar is one line; any other text is saved as it is. */
function textDifference(wanted: string, got: string, quietWanted: Quiet, quietGot: Quiet): string | undefined {
  if (!movesCursor(wanted)) return difference(quietWanted(wanted), quietGot(got));
  return difference(quietWanted(screenOf(wanted)), quietGot(screenOf(got)));
}

/** A carriage return that has not been carried out: the output would grow with every step of a progress bar. */
function overwrites(outputs: readonly PlainOutput[]): string | undefined {
  const at = outputs.findIndex((output) => output.type === "stream" && /[^\r\n]\r+[^\r\n]/.test(output.text));
  return at < 0 ? undefined : `output ${at + 1}: text that was overwritten is still there`;
}

/** Where two JSON values differ, with both; undefined if they are equal. The order of keys does not count. */
function difference(wanted: unknown, got: unknown, place = ""): string | undefined {
  if (Object.is(wanted, got)) return undefined;
  if (isTree(wanted) && isTree(got) && Array.isArray(wanted) === Array.isArray(got)) {
    const [one, other] = [new Map(Object.entries(wanted)), new Map(Object.entries(got))];
    for (const key of new Set([...one.keys(), ...other.keys()])) {
      const found = difference(one.get(key), other.get(key), `${place}/${key}`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  const at = place === "" ? "" : `${place} is `;
  return `${at}${shown(got, wanted)} instead of ${shown(wanted, got)}`;
}

function isTree(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** `value` for a line of text; of a long text, where it begins to differ from `other`. */
function shown(value: unknown, other: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value !== "string" || value.length < 160) return cut(JSON.stringify(value));
  let at = 0;
  while (typeof other === "string" && at < value.length && value[at] === other[at]) at++;
  const from = Math.max(0, at - 30);
  return `${from > 0 ? "…" : ""}${cut(JSON.stringify(value.slice(from, from + 120)))} (of ${value.length})`;
}

function cut(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

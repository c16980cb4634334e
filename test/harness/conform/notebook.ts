// Notebooks of the format as far as the comparison looks at them.
import { readFileSync } from "node:fs";
import * as v from "valibot";

/** Text, in one piece or as its lines. */
const textModel = v.union([v.string(), v.array(v.string())]);
const bundle = { data: v.record(v.string(), v.unknown()), metadata: v.record(v.string(), v.unknown()) };

const outputModel = v.variant("output_type", [
  v.object({ output_type: v.literal("stream"), name: v.string(), text: textModel }),
  v.object({ output_type: v.literal("display_data"), ...bundle }),
  v.object({ output_type: v.literal("execute_result"), ...bundle, execution_count: v.nullable(v.number()) }),
  v.object({ output_type: v.literal("error"), ename: v.string(), evalue: v.string(), traceback: v.array(v.string()) }),
]);
export type Output = v.InferOutput<typeof outputModel>;

const cellModel = v.object({
  cell_type: v.string(),
  id: v.optional(v.string()),
  source: textModel,
  metadata: v.record(v.string(), v.unknown()),
  attachments: v.optional(v.unknown()),
  execution_count: v.optional(v.nullable(v.number())),
  outputs: v.optional(v.array(outputModel)),
});
export type Cell = v.InferOutput<typeof cellModel>;

export const notebookModel = v.object({
  nbformat: v.literal(4),
  nbformat_minor: v.number(),
  metadata: v.record(v.string(), v.unknown()),
  cells: v.array(cellModel),
});
export type Notebook = v.InferOutput<typeof notebookModel>;

/** Reads a notebook file. @throws Error if it is none of format 4 */
export function readNotebook(file: string): Notebook {
  return v.parse(notebookModel, JSON.parse(readFileSync(file, "utf8")));
}

/** `text` in one piece. */
export function textOf(text: string | readonly string[]): string {
  return typeof text === "string" ? text : text.join("");
}

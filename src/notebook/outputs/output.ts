// Outputs of a cell, in the form that VS Code's built-in ipynb serializer reads and saves
// (microsoft/vscode, extensions/ipynb/src/serializers.ts and deserializers.ts).
import { randomUUID } from "node:crypto";
import type { JsonObject } from "../../services/kernel/messages";
import { mimeItems } from "./mimeItems";
import { textItem, type OutputItem } from "./outputItem";

export type StreamName = "stdout" | "stderr";

export const errorMime = "application/vnd.code.notebook.error";

/** The mime type under which VS Code keeps the text of a stream. */
export const streamMime = (name: StreamName): string => `application/vnd.code.notebook.${name}`;

/** Metadata that the serializer reads beside the items; `outputType` decides how an output is saved. */
export interface OutputMetadata extends Record<string, unknown> {
  readonly outputType: "stream" | "display_data" | "execute_result" | "error";
  /** For an `execute_result`: the number in its prompt. */
  readonly executionCount?: number | null;
  /** Metadata of the mime bundle. */
  readonly metadata?: JsonObject;
  /** Data for as long as the notebook is open, never saved: the display id. */
  readonly transient?: JsonObject;
  /** For an `error`: the output as nbformat has it, because an error item cannot hold the traceback's lines. */
  readonly originalError?: JsonObject;
}

/** One output of a cell; `id` is ours and stays the same while its content is replaced. */
export interface CellOutput {
  readonly id: string;
  readonly items: readonly OutputItem[];
  readonly metadata: OutputMetadata;
}

/** A mime bundle as `display_data`, `execute_result` and `update_display_data` carry it. */
export interface Bundle {
  readonly data: JsonObject;
  readonly metadata: JsonObject;
  readonly transient: JsonObject;
}

/** An id for a new output. */
export const newOutputId = (): string => randomUUID();

/** The output of stream `name`, holding `text`. */
export function streamOutput(id: string, name: StreamName, text: string): CellOutput {
  return { id, items: [textItem(streamMime(name), text)], metadata: { outputType: "stream" } };
}

/**
 * The output of a mime bundle, richest representation first.
 * @param items of the bundle, where it is shown several times
 */
export function displayOutput(
  id: string,
  outputType: "display_data" | "execute_result",
  bundle: Bundle,
  executionCount: number | null,
  items = mimeItems(bundle.data),
): CellOutput {
  return {
    id,
    items,
    metadata: {
      outputType,
      ...(outputType === "execute_result" ? { executionCount } : {}),
      metadata: bundle.metadata,
      ...(Object.keys(bundle.transient).length > 0 ? { transient: bundle.transient } : {}),
    },
  };
}

/** The output of an error; without traceback VS Code shows `ename: evalue`. */
export function errorOutput(id: string, ename: string, evalue: string, traceback: readonly string[]): CellOutput {
  // As NotebookCellOutputItem.error writes it.
  const item = JSON.stringify({ name: ename, message: evalue, stack: traceback.join("\n") }, undefined, "\t");
  return {
    id,
    items: [textItem(errorMime, item)],
    metadata: { outputType: "error", originalError: { output_type: "error", ename, evalue, traceback: [...traceback] } },
  };
}

// Outputs in the form in which two runs are compared: streams in one piece, no noise but in those, binary data as bytes.
import type { Quiet } from "./noise";
import { textOf, type Output } from "./notebook";

/** One output; the text of a stream is as it was saved, since noise may only be taken out of what a terminal would show. */
export type PlainOutput =
  | { readonly type: "stream"; readonly name: string; readonly text: string }
  | { readonly type: "display_data" | "execute_result" | "error"; readonly content: unknown };

/** The outputs of a cell, with pieces of a stream that follow each other merged. */
export function plainOutputs(outputs: readonly Output[], quiet: Quiet): PlainOutput[] {
  const plain: PlainOutput[] = [];
  for (const output of outputs) {
    if (output.output_type !== "stream") {
      plain.push({ type: output.output_type, content: contentOf(output, quiet) });
      continue;
    }
    const last = plain.at(-1);
    const text = textOf(output.text);
    if (last?.type === "stream" && last.name === output.name) plain[plain.length - 1] = { ...last, text: last.text + text };
    else plain.push({ type: "stream", name: output.name, text });
  }
  return plain;
}

/**
 * The outputs with all text of one stream between two other outputs in one piece, standard output first: which of two
 * streams a kernel flushes first is chance.
 */
export function inStretches(outputs: readonly PlainOutput[]): PlainOutput[] {
  const all: PlainOutput[] = [];
  let stretch = new Map<string, string>();
  const end = (): void => {
    for (const name of [...stretch.keys()].sort().reverse()) all.push({ type: "stream", name, text: stretch.get(name) ?? "" });
    stretch = new Map();
  };
  for (const output of outputs) {
    if (output.type === "stream") stretch.set(output.name, (stretch.get(output.name) ?? "") + output.text);
    else {
      end();
      all.push(output);
    }
  }
  end();
  return all;
}

function contentOf(output: Exclude<Output, { output_type: "stream" }>, quiet: Quiet): unknown {
  if (output.output_type === "error") {
    const { ename, evalue, traceback } = output;
    return { ename, evalue: quiet(evalue), traceback: traceback.map(quiet) };
  }
  const data = Object.fromEntries(Object.entries(output.data).map(([mime, value]) => [mime, valueOf(mime, value, quiet)]));
  const count = output.output_type === "execute_result" ? { execution_count: output.execution_count } : {};
  return { data, metadata: quietly(output.metadata, quiet), ...count };
}

function valueOf(mime: string, value: unknown, quiet: Quiet): unknown {
  if (mime.toLowerCase().includes("json")) return quietly(value, quiet);
  const text = Array.isArray(value) ? value.join("") : value;
  if (typeof text !== "string") return quietly(text, quiet);
  // The same bytes may have line feeds in their base64, or none.
  if (mime.startsWith("image/") && mime !== "image/svg+xml") return Buffer.from(text, "base64").toString("base64");
  return quiet(text);
}

/** A JSON value with the noise taken out of all its texts. */
export function quietly(value: unknown, quiet: Quiet): unknown {
  if (typeof value === "string") return quiet(value);
  if (Array.isArray(value)) return value.map((item) => quietly(item, quiet));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [quiet(key), quietly(item, quiet)]));
}

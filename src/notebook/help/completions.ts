// A complete_reply as suggestions: the range each replaces, its text, and its kind.
// Specification: https://jupyter-client.readthedocs.io/en/stable/messaging.html#completion
import * as v from "valibot";
import type { CompleteReply } from "../../services/kernel/messages";
import { unitsIn } from "../text/codePoints";

/** The kind of a suggestion, as far as kernels agree. */
export type CompletionKind =
  "function" | "class" | "module" | "variable" | "property" | "parameter" | "keyword" | "key" | "file" | "magic" | "unknown";

/** `text` in the place of the code from `start` to `end`, in UTF-16 units. */
export interface Completion {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly kind: CompletionKind;
  /** The kernel's own word for what it is. */
  readonly type?: string;
  /** For a function: its parameters in parentheses. */
  readonly signature?: string;
}

/** Further data that IPython and others give for their matches; it may be missing, or be something else. */
const typedMatch = v.object({
  text: v.string(),
  start: v.optional(v.number()),
  end: v.optional(v.number()),
  type: v.optional(v.string()),
  signature: v.optional(v.string()),
});
const typedMatches = v.pipe(v.array(typedMatch), v.minLength(1));

type Match = v.InferOutput<typeof typedMatch>;

/** Kernels name types as their language does. */
const kinds: ReadonlyMap<string, CompletionKind> = new Map<string, CompletionKind>([
  ["function", "function"],
  ["method", "function"],
  ["builtin", "function"],
  ["class", "class"],
  ["type", "class"],
  ["struct", "class"],
  ["module", "module"],
  ["package", "module"],
  ["namespace", "module"],
  ["instance", "variable"],
  ["variable", "variable"],
  ["statement", "variable"],
  ["constant", "variable"],
  ["property", "property"],
  ["field", "property"],
  ["param", "parameter"],
  ["parameter", "parameter"],
  ["keyword", "keyword"],
  ["dict key", "key"],
  ["path", "file"],
  ["file", "file"],
  ["magic", "magic"],
]);

/** Suggestions that are shown at most, and characters of code that one may replace. */
const most = { matches: 5_000, replaced: 1_000 };

/** A name with what it belongs to, as `numpy.random.` before a match that repeats it. */
const qualifier = /^[\p{L}\p{N}_.]*\./u;

/**
 * The suggestions of a reply, in the kernel's order.
 * @param code what was sent, as VS Code has it
 * @param cursor where it was asked, in UTF-16 units; what does not hold this place cannot be shown and is left out
 */
export function completionsOf(reply: CompleteReply, code: string, cursor: number): readonly Completion[] {
  if (reply.status !== "ok") return [];
  const typed = v.safeParse(typedMatches, reply.metadata["_jupyter_types_experimental"], { abortEarly: true });
  const matches: readonly Match[] = typed.success ? typed.output : reply.matches.map((text) => ({ text }));
  const inUnits = unitsIn(code);
  return matches.slice(0, most.matches).flatMap((match) => {
    const start = inUnits(match.start ?? reply.cursor_start);
    const end = inUnits(match.end ?? reply.cursor_end);
    const holdsCursor = start <= cursor && cursor <= end && end - start <= most.replaced && !code.slice(start, end).includes("\n");
    return holdsCursor && match.text !== "" ? [completionOf(match, code, { start, end, cursor })] : [];
  });
}

function completionOf({ text, type, signature }: Match, code: string, place: { start: number; end: number; cursor: number }): Completion {
  const { start, end, cursor } = place;
  // Some repeat what the name belongs to; it stays as it is, and only the name itself is shown.
  const repeated = qualifier.exec(code.slice(start, cursor))?.[0] ?? "";
  const cut = text.startsWith(repeated) && text !== repeated ? repeated.length : 0;
  const known = type !== undefined && type !== "" && type !== "<unknown>";
  return {
    text: text.slice(cut),
    start: start + cut,
    end,
    kind: kinds.get(type?.toLowerCase() ?? "") ?? "unknown",
    ...(known && { type }),
    ...(signature && { signature }),
  };
}

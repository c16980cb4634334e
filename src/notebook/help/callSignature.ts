// The call around the cursor, and its signature from the kernel's documentation.
import type { InspectReply } from "../../services/kernel/messages";
import { sectionsOf } from "./inspection";

/** The innermost call around the cursor. */
export interface Call {
  /** The callee, with what it belongs to. */
  readonly callee: string;
  /** How many arguments are before the one at the cursor. */
  readonly index: number;
  /** The name by which that one is given. */
  readonly keyword?: string;
}

/** A signature as it is shown. */
export interface Signature {
  /** On one line. */
  readonly label: string;
  /** Where its parameters are in the label: start and end. */
  readonly parameters: readonly (readonly [number, number])[];
  /** Which of them the cursor is at. */
  readonly active?: number;
  readonly documentation?: string;
}

/** Languages whose comments begin with `#`; in others they begin with `//`. */
const hashComments: ReadonlySet<string> = new Set([
  "python",
  "r",
  "julia",
  "shellscript",
  "bash",
  "ruby",
  "perl",
  "powershell",
  "coffeescript",
  "elixir",
]);

const closing: ReadonlyMap<string, string> = new Map([
  ["(", ")"],
  ["[", "]"],
  ["{", "}"],
]);
const nameCharacter = /^[\p{L}\p{N}_.$@]$/u;
/** Characters of a name, and of a signature; what is longer is neither. */
const longest = { name: 200, signature: 2_000 };
/** Characters that are looked through for the ends of strings that have none, which is done again from each quote. */
const patience = 1_000_000;
const signatureTitles = ["Signature", "Init signature", "Call signature"];

/**
 * The name that ends at `end`, with what it belongs to (`os.path.join`); empty where there is none. A kernel that is
 * given nothing else cannot take it for an argument of the call around it.
 */
export function qualifiedName(code: string, end: number): string {
  const last = /[!?]/.test(code.charAt(end - 1)) ? end - 1 : end;
  let start = last;
  for (let length = lengthBefore(code, start); length > 0; length = lengthBefore(code, start)) {
    start -= length;
    if (last - start > longest.name) return "";
  }
  return start === last ? "" : code.slice(start, end);
}

/** How long the part of a name is that ends at `end`: a character, or `::`; 0 where none does. */
function lengthBefore(code: string, end: number): number {
  if (end >= 2 && code.startsWith("::", end - 2)) return 2;
  const isPair = end >= 2 && /^[\uD800-\uDBFF][\uDC00-\uDFFF]$/.test(code.slice(end - 2, end));
  const length = isPair ? 2 : 1;
  return end > 0 && nameCharacter.test(code.slice(end - length, end)) ? length : 0;
}

/** The call whose arguments `cursor` (in UTF-16 units) is among. @param language VS Code's name of the code's language */
export function callAt(code: string, cursor: number, language: string): Call | undefined {
  const text = code.slice(0, cursor);
  const open: { readonly bracket: string; readonly at: number; commas: number; argument: number }[] = [];
  const comment = hashComments.has(language) ? "#" : "//";
  const quotes = new Quotes(text);
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    const quoted = quotes.lengthAt(at);
    const innermost = open.at(-1);
    if (quoted > 0) at += quoted - 1;
    else if (text.startsWith(comment, at)) at = endOfLine(text, at);
    else if (closing.has(character)) open.push({ bracket: character, at, commas: 0, argument: at + 1 });
    else if (innermost && character === closing.get(innermost.bracket)) open.pop();
    else if (innermost && character === ",") Object.assign(innermost, { commas: innermost.commas + 1, argument: at + 1 });
  }
  const call = open.findLast(({ bracket, at }) => bracket === "(" && qualifiedName(text, at) !== "");
  if (!call) return undefined;
  const keyword = /^\s*([\p{L}_][\p{L}\p{N}_.]*)\s*=(?!=)/u.exec(text.slice(call.argument))?.[1];
  return { callee: qualifiedName(text, call.at), index: call.commas, ...(keyword !== undefined && { keyword }) };
}

/** The signature in what the kernel says of the callee; undefined where it says none. */
export function signatureOf(reply: InspectReply, { index, keyword }: Call): Signature | undefined {
  const sections = sectionsOf(reply);
  const found = signatureTitles.flatMap((title) => sections.find((section) => section.title === title) ?? [])[0];
  const text = found?.text ?? plainSignature(sections.find(({ title }) => title === undefined)?.text ?? "");
  if (text === undefined) return undefined;
  const line = text
    .slice(0, 10 * longest.signature)
    .replace(/\s+/g, " ")
    .slice(0, longest.signature);
  const label = line.replaceAll("( ", "(").replace(/,? \)/g, ")");
  const parameters = parametersOf(label);
  const active = activeOf(
    parameters.map(([start, end]) => label.slice(start, end)),
    index,
    keyword,
  );
  const documentation = sections.find(({ title }) => title?.endsWith("ocstring"))?.text;
  return { label, parameters, ...(active !== undefined && { active }), ...(documentation !== undefined && { documentation }) };
}

/** Without titles, what looks like one is in the first lines. */
function plainSignature(text: string): string | undefined {
  const lines = text.split("\n", 5).map((line) => line.trim());
  return lines.find((line) => /^[\p{L}_][\p{L}\p{N}_.:$!]*\(.*\)/u.test(line));
}

/** Strings in code. */
class Quotes {
  readonly #text: string;
  #left = patience;

  constructor(text: string) {
    this.#text = text;
  }

  /** How long the string that begins at `at` is; 0 where none does. One that ends neither in its line nor with the text is none. */
  lengthAt(at: number): number {
    const text = this.#text;
    const quote = text.charAt(at);
    if ((quote !== '"' && quote !== "'" && quote !== "`") || this.#left <= 0) return 0;
    const triple = quote.repeat(3);
    if (text.startsWith(triple, at)) {
      const end = text.indexOf(triple, at + 3);
      return (end === -1 ? text.length : end + 3) - at;
    }
    for (let end = at + 1; end < text.length; end += 1) {
      if (text.charAt(end) === "\n") {
        this.#left -= end - at;
        return 0;
      }
      if (text.charAt(end) === "\\") end += 1;
      else if (text.charAt(end) === quote) return end + 1 - at;
    }
    return text.length - at;
  }
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end === -1 ? text.length : end;
}

/** Where the parameters are: between the first parenthesis and its other one, apart by commas. */
function parametersOf(label: string): (readonly [number, number])[] {
  const parameters: (readonly [number, number])[] = [];
  const first = label.indexOf("(");
  if (first === -1) return parameters;
  const quotes = new Quotes(label);
  let depth = 0;
  let start = first + 1;
  const end = (at: number): void => {
    const parameter = label.slice(start, at);
    const text = parameter.trim();
    const from = start + parameter.indexOf(text);
    if (text !== "") parameters.push([from, from + text.length]);
    start = at + 1;
  };
  for (let at = first; at < label.length; at += 1) {
    const character = label.charAt(at);
    const quoted = quotes.lengthAt(at);
    if (quoted > 0) at += quoted - 1;
    else if (closing.has(character)) depth += 1;
    else if (")]}".includes(character)) depth -= 1;
    else if (character === "," && depth === 1) end(at);
    if (depth === 0) {
      end(at);
      break;
    }
  }
  return parameters;
}

/** Python's `*` and `/` stand for no parameter, and `*args` takes all that come. */
function activeOf(parameters: readonly string[], index: number, keyword: string | undefined): number | undefined {
  if (keyword !== undefined) {
    const named = parameters.findIndex((parameter) => /^\**([^\s=:]+)/.exec(parameter)?.[1] === keyword);
    const others = parameters.findIndex((parameter) => parameter.startsWith("**") || parameter === "...");
    return named !== -1 ? named : others !== -1 ? others : undefined;
  }
  let left = index;
  for (const [at, parameter] of parameters.entries()) {
    if (parameter === "/") continue;
    if (parameter === "*") return undefined;
    const takesAll = /^\*[^*]/.test(parameter) || parameter.endsWith("...");
    if (takesAll || left === 0) return at;
    left -= 1;
  }
  return undefined;
}

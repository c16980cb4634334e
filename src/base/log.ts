// Logging: a small interface, a logger that says nothing, and redaction of every secret.
import { oneRecord } from "./logRecord";

/** Where diagnostics go. Implementations receive text that is already free of secrets. */
export interface Logger {
  debug(message: string, detail?: unknown): void;
  info(message: string, detail?: unknown): void;
  warn(message: string, detail?: unknown): void;
  error(message: string, detail?: unknown): void;
}

/** Says nothing. */
export const nullLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** Collects secrets and takes them out of any text. */
export class Redactor {
  /** Every way a known secret may be written, the longest first: one may begin as another does. */
  #spellings: readonly string[] = [];

  /** From now on `secret` never shows in redacted text; shorter than four characters is not taken for a secret. */
  add(secret: string): void {
    if (secret.length < 4) return;
    const query = new URLSearchParams({ s: secret }).toString().slice("s=".length);
    const spellings = [secret, percentEncoded(secret), query, JSON.stringify(secret).slice(1, -1)];
    this.#spellings = [...new Set([...this.#spellings, ...spellings])].sort((a, b) => b.length - a.length);
  }

  /**
   * `text` without the known secrets, and without what stands where secrets stand in URLs, headers and JSON.
   * @param most characters that are looked at and returned, about
   */
  redact(text: string, most = Number.POSITIVE_INFINITY): string {
    const longest = this.#spellings[0]?.length ?? 0;
    const isCut = text.length > most + longest;
    let clean = isCut ? text.slice(0, most + longest) : text;
    // First, since what follows may cut one in two.
    for (const spelling of this.#spellings) clean = clean.replaceAll(spelling, "…");
    // The rest of a secret that was cut in two is at the end.
    if (isCut) clean = `${clean.slice(0, Math.max(0, clean.length - longest))}…`;
    return clean
      .replace(/((?:access_)?token=)[^&\s"'#]+/gi, "$1…")
      .replace(/(authorization["']?\s*[:=][["'\s]*(?:token|bearer|basic)\s+)[^\s"',}\]]+/gi, "$1…")
      .replace(/(["'](?:(?:access_|refresh_)?token|password|client_secret)["']\s*:\s*["'])[^"']+/gi, "$1…")
      .replace(/(:\/\/[^/\s:@]*:)[^/\s@]+@/g, "$1…@");
  }
}

/** As in a URL's path; a secret that is no well-formed text cannot stand there. */
function percentEncoded(secret: string): string {
  try {
    return encodeURIComponent(secret);
  } catch {
    return secret;
  }
}

/** Characters of one record of the log. */
const longestRecord = 8 * 1024;

/**
 * A logger that writes records of redacted text, of 8 KB at most; errors with their causes, other details as JSON.
 * @param isOn whether records of a level are written; what is not costs nothing
 */
export function redactingLogger(
  redactor: Redactor,
  write: (level: keyof Logger, line: string) => void,
  isOn: (level: keyof Logger) => boolean = () => true,
): Logger {
  const at = (level: keyof Logger) => (message: string, detail?: unknown) => {
    if (!isOn(level)) return;
    const record = oneRecord(redactor.redact(detail === undefined ? message : `${message}: ${describe(detail)}`, longestRecord));
    // Again, since hidden characters are written out.
    write(level, record.length > longestRecord ? `${record.slice(0, longestRecord)}…` : record);
  };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

/** @param depth how many causes deep this is; chains of causes can be endless */
function describe(detail: unknown, depth = 0): string {
  if (detail instanceof Error) {
    const text = detail.stack ?? detail.message;
    if (depth === 8) return text;
    const parts: unknown[] = detail instanceof AggregateError ? detail.errors : [];
    const cause = detail.cause === undefined ? "" : `; caused by ${describe(detail.cause, depth + 1)}`;
    return text + parts.map((part) => `; one of them ${describe(part, depth + 1)}`).join("") + cause;
  }
  if (typeof detail === "string") return detail;
  if (typeof detail === "function" || typeof detail === "symbol") return `a ${typeof detail}`;
  try {
    // An Error within would be `{}`.
    return JSON.stringify(detail, (_, value: unknown) => (value instanceof Error ? describe(value, depth + 1) : value));
  } catch {
    return Object.prototype.toString.call(detail);
  }
}

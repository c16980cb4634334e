// Logging: a small interface, a logger that says nothing, and redaction of every secret.

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
  readonly #secrets = new Set<string>();

  /** From now on `secret` never shows in redacted text; shorter than four characters is not taken for a secret. */
  add(secret: string): void {
    if (secret.length < 4) return;
    this.#secrets.add(secret);
    this.#secrets.add(encodeURIComponent(secret));
  }

  /** `text` without the known secrets, `token=` parameters and `Authorization` values. */
  redact(text: string): string {
    let clean = text
      .replace(/((?:access_)?token=)[^&\s"'#]+/gi, "$1…")
      .replace(/(authorization["']?\s*[:=]\s*["']?(?:token|bearer)\s+)[^\s"',}]+/gi, "$1…");
    for (const secret of this.#secrets) clean = clean.replaceAll(secret, "…");
    return clean;
  }
}

/** A logger that writes lines of redacted text; errors with their causes, other details as JSON. */
export function redactingLogger(
  redactor: Redactor,
  write: (level: keyof Logger, line: string) => void,
): Logger {
  const at = (level: keyof Logger) => (message: string, detail?: unknown) =>
    write(level, redactor.redact(detail === undefined ? message : `${message}: ${describe(detail)}`));
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

function describe(detail: unknown): string {
  if (detail instanceof Error) {
    const cause = detail.cause === undefined ? "" : `; caused by ${describe(detail.cause)}`;
    return (detail.stack ?? detail.message) + cause;
  }
  if (typeof detail === "string") return detail;
  try {
    return JSON.stringify(detail);
  } catch {
    return Object.prototype.toString.call(detail);
  }
}

// One record of the log, whatever a peer has put into it: it cannot start a second record, and hides nothing.
import { withoutHidden } from "./plain";

/**
 * `text` as one record: its further lines are set in, so that none looks like the beginning of another record, and
 * characters that nobody sees, or that turn others around, are written as `\u{202e}`.
 */
export function oneRecord(text: string): string {
  const lines = text.split(/\r\n|[\n\v\f\r\u0085\u2028\u2029]/);
  return withoutHidden(lines.join("\n    "), (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

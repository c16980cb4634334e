// Pieces of texts that others have written, in time that grows with the text only.

/** `text` without characters of `set` at its end. */
export function trimmedEnd(text: string, set: string): string {
  let end = text.length;
  while (end > 0 && set.includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/** `text` without characters of `set` at both ends. */
export function trimmed(text: string, set: string): string {
  let start = 0;
  while (start < text.length && set.includes(text.charAt(start))) start++;
  return trimmedEnd(text.slice(start), set);
}

/** What of `text` is before the first character of `set`; all of it where there is none. */
export function before(text: string, set: string): string {
  for (let at = 0; at < text.length; at++) if (set.includes(text.charAt(at))) return text.slice(0, at);
  return text;
}

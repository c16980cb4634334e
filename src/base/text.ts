// Pieces of untrusted text, cut in linear time.

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

/** The part of `text` before the first character of `set`; all of it where there is none. */
export function before(text: string, set: string): string {
  for (let at = 0; at < text.length; at++) if (set.includes(text.charAt(at))) return text.slice(0, at);
  return text;
}

/** `12 MB`: bytes in the units of 1024 that limits are given in, with at most three digits. */
export function sizeText(bytes: number): string {
  const units = ["KB", "MB", "GB", "TB"];
  let value = bytes / 1024;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${Number(value.toPrecision(value < 1 ? 1 : value < 10 ? 2 : 3))} ${units[unit] ?? ""}`;
}

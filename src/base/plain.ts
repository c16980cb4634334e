// plain(): untrusted text made safe to show. It holds no link or icon of VS Code's, and nothing hidden.

/** UTF-16 units of a text, unless told; VS Code itself shows no more of a notification. */
const longest = 1_000;
/** Lines of a text of several lines. */
const mostLines = 40;

/** Invisible and without a meaning of its own: the text reads the same with it. */
const joiner = "\u2060";

/** White space of any kind; a blank Braille cell looks like it. */
const space = /[\t-\r\u0085\p{Z}\u2800]/gu;

/** A letter or mark of the scripts in which the (zero-width) joiners between letters are part of the spelling. */
const joining =
  "(?=[\\p{L}\\p{M}])[\\p{scx=Arab}\\p{scx=Syrc}\\p{scx=Deva}\\p{scx=Beng}\\p{scx=Guru}\\p{scx=Gujr}\\p{scx=Orya}\\p{scx=Taml}\\p{scx=Telu}\\p{scx=Knda}\\p{scx=Mlym}\\p{scx=Sinh}]";

/**
 * What nobody sees, or what changes the order in which the rest is seen: control characters, marks of direction, and all
 * else that Unicode lets a font leave out. The group is what of it belongs to an emoji or to a word, and stays.
 */
const unseen = new RegExp(
  [
    "((?<=[\\p{Emoji}\\p{Extended_Pictographic}])[\\uFE0E\\uFE0F]",
    "(?<=\\p{Extended_Pictographic}\\uFE0F?|\\p{Emoji_Modifier})\\u200D(?=\\p{Extended_Pictographic})",
    `(?<=${joining})[\\u200C\\u200D](?=${joining}))`,
    "[\\p{Cc}\\p{Default_Ignorable_Code_Point}\\uFFF9-\\uFFFB]",
  ].join("|"),
  "gu",
);

/**
 * `text` in one line, as it may stand in any notification, box, row or label of VS Code. It reads as before, but:
 *
 * - no `[words](address)` in it is a link, and no `$(name)` an icon: an invisible word joiner (U+2060) stands between
 * - control characters, marks of direction and invisible characters are gone; white space is one space
 * - what is longer than `limit` UTF-16 units is cut, which an ellipsis at its end says
 *
 * Plain text stays as it is. What is to be copied is never passed through this.
 */
export function plain(text: string, limit = longest): string {
  // Before anything else, since the time that it takes must not be a peer's to choose.
  const start = upTo(text, limit * 4);
  const seen = visible(start);
  const isCut = start.length < text.length || seen.length > limit;
  const kept = isCut ? `${visible(upTo(seen, limit - 1))}…` : seen;
  return kept.replace(/\](?=\()|\$(?=\()/g, `$&${joiner}`);
}

/**
 * As `plain`, of several lines, such as the detail of a dialog: they stay lines, forty at most.
 * @param limit of each line
 */
export function plainLines(text: string, limit = longest): string {
  const start = upTo(text, limit * mostLines);
  const lines = start.split(/\r\n|[\n\r\u2028\u2029]/);
  const more = start.length < text.length || lines.length > mostLines ? ["…"] : [];
  return [...lines.slice(0, mostLines - more.length), ...more].map((line) => plain(line, limit)).join("\n");
}

/**
 * `text` as it is set, with its lines, its columns and its markup, but for what nobody sees in it.
 * @param instead what stands for a character that nobody sees; nothing unless told
 */
export function withoutHidden(text: string, instead: (character: string) => string = () => ""): string {
  return text.replace(unseen, (found: string, kept: string | undefined) =>
    found === "\n" || found === "\t" ? found : (kept ?? instead(found)),
  );
}

function visible(text: string): string {
  return text
    .replace(space, " ")
    .replace(unseen, "$1")
    .replace(/\p{Cs}/gu, "\uFFFD")
    .replace(/ {2,}/g, " ");
}

/** The beginning of `text`, which ends with a whole character. */
function upTo(text: string, units: number): string {
  return text.length > units ? text.slice(0, units).replace(/[\uD800-\uDBFF]$/, "") : text;
}

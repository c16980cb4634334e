// Mime types that VS Code draws, and the advice for an output of which it draws none.

/** An extension's contribution `notebookRenderer`, as far as it is of use here. */
export interface RendererContribution {
  /** Names of mime types, with `*` and `?` as in file names. */
  readonly mimeTypes: readonly string[];
}

/** Tells whether a mime type is drawn by one of the renderers. */
export class DrawnMimeTypes {
  readonly #names = new Set<string>();
  readonly #patterns: readonly RegExp[];

  constructor(renderers: readonly RendererContribution[]) {
    const all = renderers.flatMap(({ mimeTypes }) => mimeTypes).map((mime) => mime.toLowerCase());
    for (const mime of all) if (!/[*?]/.test(mime)) this.#names.add(mime);
    this.#patterns = all.filter((mime) => /[*?]/.test(mime)).map(patternOf);
  }

  /** Whether it is drawn. Any kind of text is, as text. */
  has(mime: string): boolean {
    const name = mime.toLowerCase();
    return name.startsWith("text/") || this.#names.has(name) || this.#patterns.some((pattern) => pattern.test(name));
  }
}

/** Advice for an output of which VS Code draws nothing. */
export interface DrawingHint {
  readonly words: string;
  /** Python to run before, where there is any. */
  readonly code?: string;
}

/** The advice for an output with these mime types, of which none is drawn. */
export function drawingHint(mimes: readonly string[]): DrawingHint {
  const [mime = ""] = mimes;
  if (mimes.some((one) => one.startsWith("application/vnd.plotly."))) {
    const code = 'import plotly.io as pio; pio.renderers.default = "notebook"';
    return {
      code,
      words: `VS Code has nothing that draws plotly's figures (${mime}). Run this once before them: ${code} – or install an extension that draws them.`,
    };
  }
  return {
    words: `VS Code has nothing that draws this output (${mimes.join(", ")}). Install an extension that does, or let the code show it in a form that is drawn, such as text/html or image/png.`,
  };
}

/** A pattern as a regular expression, in which `*` stands for anything but a slash. */
function patternOf(glob: string): RegExp {
  const escaped = glob
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", "[^/]*")
    .replaceAll("?", "[^/]");
  return new RegExp(`^${escaped}$`);
}

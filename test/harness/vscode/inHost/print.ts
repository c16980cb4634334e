// Lines that code inside the extension host prints for the person who started the run.
// They travel over the host's console, which VS Code passes on among much output of its own; a mark tells them apart.

const mark = "jupyterhub-connect-run| ";

/** Prints `text` where the harness was started. */
export function print(text: string): void {
  for (const line of text.split("\n")) console.log(`${mark}${line}`);
}

/** What print() printed, if `line` of a console is of that kind. */
export function printedIn(line: string): string | undefined {
  const at = line.indexOf(mark);
  return at < 0 ? undefined : line.slice(at + mark.length);
}

/** A run that ended as it should, with a bad result that has been printed already. */
export class Failed extends Error {}

/** Makes a run() for VS Code of `task`: what goes wrong is printed before VS Code learns of it. */
export function runnable(task: () => Promise<void>): () => Promise<void> {
  return async () => {
    print(""); // the sign of life that the harness waits for
    try {
      await task();
    } catch (error) {
      if (!(error instanceof Failed)) print(error instanceof Error ? (error.stack ?? error.message) : String(error));
      throw error;
    }
  };
}

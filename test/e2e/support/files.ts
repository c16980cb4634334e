// Looking for a text in all files of a directory.
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";

/** The files below `directory` that contain one of `texts`, plain or percent-encoded; relative paths. Some may come and go meanwhile. */
export function filesWith(directory: string, ...texts: readonly string[]): string[] {
  const needles = [...new Set(texts.flatMap((text) => [text, encodeURIComponent(text)]))].map((needle) => Buffer.from(needle));
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => {
      const content = existing(file);
      return content !== undefined && needles.some((needle) => content.includes(needle));
    })
    .map((file) => path.relative(directory, file));
}

function existing(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

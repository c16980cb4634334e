// Paths of the contents API as URLs: percent-encoded segment by segment.
import { ProductError } from "../../base/errors";

/**
 * Last segments that the server's routes would take for something else (`a/checkpoints` lists the checkpoints of `a`).
 * The server matches its routes on the encoded path, so that one encoded letter makes a file's name of them.
 */
const reserved: ReadonlySet<string> = new Set(["checkpoints", "trust"]);

/**
 * `path` for a URL: each segment percent-encoded, no slash at either end; the root is empty.
 * @param path below the server's root, separated by `/`, e.g. `data/50 % #1.csv`
 * @throws ProductError `address` for `.` and `..`, which a URL would resolve, and for text that is not well-formed.
 */
export function encodePath(path: string): string {
  return segments(path).map(encodeSegment).join("/");
}

/** The address of `path` in the contents API. @throws ProductError `address`, see `encodePath`. */
export function contentsPath(path: string): string {
  const encoded = encodePath(path);
  return encoded === "" ? "api/contents" : `api/contents/${encoded}`;
}

/** `path` as the server writes it in its models: without slashes at its ends and without empty segments. */
export function normalizedPath(path: string): string {
  return segments(path).join("/");
}

function segments(path: string): string[] {
  return path.split("/").filter((segment) => segment !== "");
}

function encodeSegment(segment: string): string {
  if (segment === "." || segment === "..") {
    throw new ProductError("address", `A path on a server cannot contain “${segment}”. Give the whole path.`);
  }
  if (reserved.has(segment)) return `%${segment.charCodeAt(0).toString(16)}${segment.slice(1)}`;
  try {
    return encodeURIComponent(segment);
  } catch (cause) {
    throw new ProductError("address", `“${segment}” is no valid file name: it holds half a character.`, { cause });
  }
}

// Names of named servers: from the user's text to what the hub accepts.
import { trimmedEnd } from "../../base/text";

/** A new server's name on the hub, and what people call it where the hub lets that differ. */
export interface ServerName {
  readonly name: string;
  readonly displayName?: string;
}

const maxLength = 30;

/**
 * The name for a new server that a user calls `text`.
 *
 * From hub 6 on names are slugs (a small letter, then small letters, digits and single hyphens, at most 30 characters)
 * beside a display name; earlier hubs take all but "/" and show the name itself.
 * @param taken the names there are; on hub 6 a number keeps the new one apart
 * @returns why it cannot be, in words for a user, where nothing can be made of it
 */
export function serverNameFor(text: string, majorVersion: number, taken: readonly string[]): ServerName | { readonly problem: string } {
  const wanted = text.trim().replace(/\s+/g, " ");
  if (wanted === "") return { problem: "Type a name, such as “gpu” or “Thesis”." };
  if (majorVersion < 6) {
    if (wanted.includes("/")) return { problem: "A server's name cannot contain “/”." };
    if (/^\.+$/.test(wanted)) return { problem: "A server's name cannot be dots alone." };
    return taken.includes(wanted) ? { problem: `There is a server “${wanted}” already.` } : { name: wanted };
  }
  const slug = slugOf(wanted);
  const name = free(slug, taken);
  return wanted === name ? { name } : { name, displayName: wanted.slice(0, 255) };
}

function slugOf(text: string): string {
  const plain = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const slug = plain.replace(/[^a-z0-9]+/g, "-").replace(/^-+/, "");
  const lettered = /^[a-z]/.test(slug) ? slug : `server-${slug}`;
  return trimmed(lettered, maxLength);
}

function free(slug: string, taken: readonly string[]): string {
  for (let number = 2, name = slug; ; number++) {
    if (!taken.includes(name)) return name;
    name = `${trimmed(slug, maxLength - 4)}-${number}`;
  }
}

/** A slug does not end with a hyphen. */
function trimmed(slug: string, length: number): string {
  return trimmedEnd(slug.slice(0, length), "-");
}

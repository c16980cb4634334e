// Parsing of pasted tokens.
import { ProductError } from "../../base/errors";
import { trimmedEnd } from "../../base/text";

/**
 * The token in what a user pasted: without white space and quotes around it.
 * @throws ProductError `signed-out` for what cannot be a token; such text is sent nowhere and not repeated.
 */
export function cleanToken(text: string): string {
  const token = bare(text);
  const problem = tokenProblem(token);
  if (problem !== undefined) throw new ProductError("signed-out", problem);
  return token;
}

/** Why `token` cannot be a token, in words for a user; undefined where it can. */
export function tokenProblem(token: string): string | undefined {
  if (token === "") return "The token is empty. Copy it from the hub's token page and paste it.";
  if (/\s/.test(token)) return "This is no token: it contains spaces. Copy the whole token, and only it, from the hub's token page.";
  if (!/^[\x21-\x7E]+$/.test(token)) {
    return "This is no token: it contains characters that tokens never have. Copy it again from the hub's token page.";
  }
  if (token.includes("://")) return "This is an address, not a token. Copy the token from the hub's token page.";
  return undefined;
}

/**
 * The hub's token in a text that may be anything, such as the clipboard's: hubs make theirs of 32 hexadecimal digits. What
 * only looks like a token may be another service's, and is undefined as any other text.
 */
export function tokenIn(text: string): string | undefined {
  if (text.length > 100) return undefined;
  const token = bare(text);
  return /^[0-9a-f]{32}$/.test(token) ? token : undefined;
}

/** Without white space and quotes around it. */
function bare(text: string): string {
  const visible = text.replace(/[\u200B-\u200D\u2060\uFEFF]/g, "").trim();
  return trimmedEnd(visible.replace(/^["'`<“”‘’«»]+/, ""), "\"'`>“”‘’«»").trim();
}

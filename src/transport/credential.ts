// Credentials: a token, or the session of a form login; either is passed through the program as one secret text.

/** A session's text begins with what no token holds. */
const sessionMark = "session\n";

/** The cookies of a form login as one secret text, for a token provider to give. */
export function sessionSecret(cookies: ReadonlyMap<string, string>): string {
  return sessionMark + [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
}

/** The headers in which a secret goes out. A session's requests also repeat its `_xsrf` cookie, as the server's pages do. */
export function credentialHeaders(secret: string): Record<string, string> {
  if (!secret.startsWith(sessionMark)) return { Authorization: `token ${secret}` };
  const cookies = secret.slice(sessionMark.length);
  const xsrf = cookies.split("; ").find((cookie) => cookie.startsWith("_xsrf="));
  return { Cookie: cookies, ...(xsrf !== undefined && { "X-XSRFToken": xsrf.slice("_xsrf=".length) }) };
}

/** The parts of a secret that must not be seen: itself, and each cookie's value. */
export function partsOfSecret(secret: string): readonly string[] {
  if (!secret.startsWith(sessionMark)) return [secret];
  return partsOfCookies(secret.slice(sessionMark.length));
}

/** The parts of a Cookie header that must not be seen: all together, and each value. */
export function partsOfCookies(cookies: string): readonly string[] {
  return [cookies, ...cookies.split("; ").map((cookie) => cookie.slice(cookie.indexOf("=") + 1))];
}

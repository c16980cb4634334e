// A person's browser on a hub's pages, without a window: follows redirects, keeps cookies, fills in and sends forms.
import { DomUtils, parseDocument } from "htmlparser2";
import fetch from "node-fetch";

/** One browser profile; the cookies are the hub's. */
export class PageVisitor {
  readonly #cookies = new Map<string, string>();

  /** @param hub only its pages are visited: an address elsewhere is where a visit ends */
  constructor(private readonly hub: URL) {}

  /**
   * Opens `address` and goes on, filling `fields` into every form that has them and sending it, until the hub leads
   * elsewhere.
   * @returns that address
   */
  async leave(address: URL, fields: Readonly<Record<string, string>>): Promise<URL> {
    let next: { url: URL; body?: URLSearchParams } = { url: address };
    for (let steps = 0; steps < 20; steps++) {
      if (next.url.origin !== this.hub.origin) return next.url;
      next = await this.#step(next.url, next.body, fields);
    }
    throw new Error(`The hub's pages do not lead away from ${address.pathname}.`);
  }

  async #step(
    url: URL,
    body: URLSearchParams | undefined,
    fields: Readonly<Record<string, string>>,
  ): Promise<{ url: URL; body?: URLSearchParams }> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = { Cookie: cookie, Accept: "text/html", "Sec-Fetch-Mode": "navigate", Referer: url.href };
    const answer = await fetch(url, { method: body ? "POST" : "GET", redirect: "manual", headers, ...(body && { body }) });
    for (const line of answer.headers.raw()["set-cookie"] ?? []) {
      const [pair = ""] = line.split(";");
      const at = pair.indexOf("=");
      this.#cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    const location = answer.headers.get("location");
    if (location !== null) return { url: new URL(location, url) };
    const text = await answer.text();
    const form = DomUtils.getElementsByTagName("form", parseDocument(text), true)[0];
    if (!form) throw new Error(`${url.pathname} answered ${answer.status} without a form.`);
    const filled = new URLSearchParams();
    for (const input of DomUtils.getElementsByTagName("input", form, true)) {
      const { name, type = "text", value = "" } = input.attribs;
      if (name === undefined || type === "submit") continue;
      if (type === "checkbox" && !("checked" in input.attribs)) continue;
      filled.append(name, fields[name] ?? value);
    }
    return { url: new URL(form.attribs["action"] ?? "", url), body: filled };
  }
}

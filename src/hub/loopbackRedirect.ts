// A listener on this computer for the one answer of an OAuth page that leads back to it.
import { createServer, type Server } from "node:http";
import { ConnectError } from "../base/errors";

/** Waits at a loopback address. Dispose it when the flow is over. */
export class LoopbackRedirect {
  readonly #server: Server;
  readonly #uri: URL;
  readonly #waiting = new Map<string, (answer: URL) => void>();

  private constructor(uri: URL) {
    this.#uri = uri;
    this.#server = createServer((request, response) => {
      const answer = new URL(request.url ?? "/", uri);
      const take = answer.pathname === uri.pathname ? this.#waiting.get(answer.searchParams.get("state") ?? "") : undefined;
      response.writeHead(take ? 200 : 404, { "Content-Type": "text/html; charset=utf-8", "Referrer-Policy": "no-referrer", Connection: "close" });
      response.end(take ? page("Signed in", "You can close this page and go back to VS Code.") : page("Nothing here", "This page only ends a sign-in."));
      take?.(answer);
    });
  }

  /**
   * Listens at `uri`, whose host is loopback and whose port was registered with the hub.
   * @throws ConnectError `conflict` where something else listens there
   */
  static async listen(uri: URL): Promise<LoopbackRedirect> {
    const redirect = new LoopbackRedirect(uri);
    const port = Number(uri.port || "80");
    const host = uri.hostname === "[::1]" ? "::1" : "127.0.0.1";
    await new Promise<void>((resolve, reject) => {
      redirect.#server.once("error", (cause) => {
        reject(new ConnectError("conflict", `Nothing can be received at ${uri.origin}: is another sign-in open, or does another program use port ${port}? Close it and try again.`, { cause }));
      });
      redirect.#server.listen(port, host, resolve);
    });
    return redirect;
  }

  /** The address that the hub's page led back to with this state. */
  answer(state: string): Promise<URL> {
    return new Promise((resolve) => this.#waiting.set(state, resolve));
  }

  dispose(): void {
    this.#waiting.clear();
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** Where it listens. */
  get uri(): URL {
    return this.#uri;
  }
}

function page(title: string, text: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><body style="font-family: sans-serif; margin: 4em"><h1>${title}</h1><p>${text}</p></body></html>`;
}

// From a file's URI to its running server; where that does not run the user is offered the start, and the file opens then.
// Asking for a file never starts a server: VS Code asks on its own, for tabs that it restores. The start is offered once at a time for each
// server, and the waiting files open then, however the server was started.
import * as vscode from "vscode";
import { isShared, type Server } from "../../app/servers/server";
import { labelOf, serverAt, serverScheme } from "../../app/files/serverAddress";
import { stoppedText } from "../../app/servers/serverTable";
import { ProductError, hasCode } from "../../base/errors";
import { trimmed } from "../../base/text";
import type { Account } from "../../hub/account/account";
import type { ServiceManager } from "../../services/serviceManager";
import type { AppContext } from "../context";
import { reporting } from "../report";
import { showWarningMessage } from "../say/messages";
import { startForPerson, withStartProgress } from "../servers/start";
import { reopen } from "./reopen";

/** Milliseconds after an offer was declined for which there is no other: VS Code may ask for a file several times. */
const calm = 10_000;

/** A file on a server that runs. */
export interface Reached {
  readonly server: Server;
  readonly services: ServiceManager;
  /** From the server's root, without a slash at its beginning; the root is "". */
  readonly path: string;
}

/** The server that a file is on; undefined for files elsewhere, and where nobody is signed in as the server's user. */
export function serverOf(app: AppContext, { scheme, authority }: vscode.Uri): Server | undefined {
  if (scheme !== serverScheme) return undefined;
  return serverAt(authority, app.hubs.accounts, (account, name, owner) => app.servers.get(account, name, owner));
}

/** Finds servers, and remembers which files wait for one. */
export class Reach implements vscode.Disposable {
  readonly #app: AppContext;
  readonly #asking = new Map<Account, Promise<void>>();
  /** By the server's authority: what could not be opened without it. */
  readonly #waiting = new Map<string, Map<string, vscode.Uri>>();
  readonly #offered = new Set<string>();
  readonly #subscriptions: readonly { dispose(): void }[];

  constructor(app: AppContext) {
    this.#app = app;
    const goOn = (): void => this.#goOn();
    this.#subscriptions = [app.servers.onDidChange(goOn), app.hubs.onDidChange(goOn)];
  }

  /**
   * Where the file is. A server that is starting is waited for, with its progress; none is started for this.
   * @throws ProductError `server-stopped` or `signed-out`, with what is to be done, which the user is also offered
   */
  async to(uri: vscode.Uri): Promise<Reached> {
    const server = serverOf(this.#app, uri);
    if (!server) {
      this.#wait(uri);
      const label = labelOf(uri.authority);
      void this.#offer(uri.authority, `Sign in as ${label} to open its files.`, "Sign In…", async () => {
        await vscode.commands.executeCommand("jupyterhubConnect.signIn");
      });
      throw new ProductError("signed-out", `You are not signed in as ${label}. Sign in and try again.`);
    }
    const services = server.services ?? (await this.#bringUp(uri, server));
    if (services) return { server, services, path: trimmed(uri.path, "/") };
    this.#wait(uri);
    this.#offerStart(uri.authority, server);
    throw new ProductError(
      "server-stopped",
      isShared(server)
        ? `${server.label} is not running. ${server.owner} can start it.`
        : `The server of ${server.label} is not running. Start it and try again.`,
    );
  }

  /** An operation on a file has failed: if its server turns out to be stopped, offers the start. */
  async failed(uri: vscode.Uri, server: Server, error: unknown): Promise<void> {
    if (!hasCode(error, "server-stopped")) return;
    await this.#app.servers.check(server);
    if (server.state !== "stopped") return;
    this.#app.log.info(stoppedText(server));
    this.#wait(uri);
    this.#offerStart(uri.authority, server);
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  /** Its services where it runs, or is starting, which this window may not know yet. */
  async #bringUp(uri: vscode.Uri, server: Server): Promise<ServiceManager | undefined> {
    const { account } = server;
    const asking = this.#asking.get(account) ?? this.#app.servers.refresh(account).finally(() => this.#asking.delete(account));
    this.#asking.set(account, asking);
    try {
      await asking;
      if (server.state === "starting")
        await withStartProgress(this.#app, server, undefined, (options) => this.#app.servers.ensureRunning(server, options));
    } catch (error) {
      // A server that could not be reached now may be there later.
      this.#wait(uri);
      throw error;
    }
    return server.services;
  }

  #wait(uri: vscode.Uri): void {
    const waiting = this.#waiting.get(uri.authority) ?? new Map<string, vscode.Uri>();
    this.#waiting.set(uri.authority, waiting.set(uri.toString(), uri));
  }

  #offerStart(authority: string, server: Server): void {
    if (isShared(server)) return;
    const text = `Files of ${server.label} are open, whose server is not running.`;
    void this.#offer(authority, text, "Start Server", () => startForPerson(this.#app, server));
  }

  /** Once at a time for each server. */
  async #offer(authority: string, text: string, button: string, accepted: () => Promise<unknown>): Promise<void> {
    if (this.#offered.has(authority)) return;
    this.#offered.add(authority);
    const choice = await showWarningMessage(text, button);
    if (choice === button) await reporting(this.#app, "The offer for open files", accepted);
    setTimeout(() => this.#offered.delete(authority), choice === button ? 0 : calm).unref();
  }

  /** Opens what waits for servers that run now. */
  #goOn(): void {
    for (const [authority, waiting] of this.#waiting) {
      const [first] = waiting.values();
      if (!first || !serverOf(this.#app, first)?.services) continue;
      this.#waiting.delete(authority);
      for (const uri of waiting.values()) void reporting(this.#app, "The opening of a file that waited", () => reopen(uri));
    }
  }
}

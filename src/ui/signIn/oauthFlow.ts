// The browser's side of the OAuth code flow: opens the hub's page and waits for the address that it leads back to.
import { readFile } from "node:fs/promises";
import * as vscode from "vscode";
import { atHome } from "../../app/files/homeFolder";
import type { Disposable } from "../../base/disposable";
import { ProductError } from "../../base/errors";
import { isLoopback } from "../../hub/signIn/address";
import type { OAuthClient } from "../../hub/signIn/configuration";
import { hubName } from "../../hub/api/hubName";
import { LoopbackRedirect } from "../../hub/oauth/loopbackRedirect";
import type { OAuthFlow } from "../../hub/oauth/oauth";
import { withProgress } from "../say/messages";

/** The path of the editor's own address, where none is configured. */
const ownPath = "/oauth";

/** Where `vscode://PUBLISHER.NAME/…` addresses arrive; VS Code takes one handler for an extension. */
export class UriRedirects implements vscode.UriHandler {
  readonly #waiting = new Map<string, { readonly path: string; readonly take: (answer: URL) => void }>();

  /** Anybody can open such an address. What nobody waits for is left alone, and so is a second answer. */
  handleUri(uri: vscode.Uri): void {
    const text = uri.toString(true);
    if (!URL.canParse(text)) return;
    const answer = new URL(text);
    const state = answer.searchParams.get("state") ?? "";
    const waiting = this.#waiting.get(state);
    if (waiting?.path !== uri.path) return;
    this.#waiting.delete(state);
    waiting.take(answer);
  }

  /** The address that comes with this state, to this path: hubs that have addresses of their own cannot be mixed up. */
  answer(state: string, path: string): Promise<URL> {
    return new Promise((resolve) => this.#waiting.set(state, { path, take: resolve }));
  }

  forget(state: string): void {
    this.#waiting.delete(state);
  }
}

/** Registers the handler. */
export function registerUriRedirects(subscriptions: vscode.ExtensionContext["subscriptions"]): UriRedirects {
  const redirects = new UriRedirects();
  subscriptions.push(vscode.window.registerUriHandler(redirects));
  return redirects;
}

const extensionId = "jupyterhub-connect.jupyterhub-connect";

/** Prepares the flow: where the configured address is loopback a listener there, else VS Code's own way. */
export async function openOAuth(redirects: UriRedirects, client: OAuthClient, hub: URL): Promise<OAuthFlow & Disposable> {
  const clientSecret = await readSecretFile(client.clientSecretFile);
  const configured = client.redirectUri === undefined ? undefined : new URL(client.redirectUri);
  const states: string[] = [];
  // Also where an address is configured: in a browser this is what makes VS Code watch for it.
  const external = await vscode.env.asExternalUri(vscode.Uri.parse(`${vscode.env.uriScheme}://${extensionId}${ownPath}`));
  const own = external.toString(true);
  const loopback = configured && isForListener(configured, new URL(own)) ? await LoopbackRedirect.listen(configured) : undefined;
  return {
    clientId: client.clientId,
    clientSecret,
    redirectUri: client.redirectUri ?? own,
    visit: async (page, state) => {
      states.push(state);
      const answer = loopback ? loopback.answer(state) : redirects.answer(state, editorPath(client.redirectUri));
      // As text, which VS Code takes too: a Uri would forget which & is the address's and which the redirect's own.
      if (!(await vscode.env.openExternal(page.href as unknown as vscode.Uri))) return undefined;
      return waitShown(hub, answer);
    },
    ended: (end) => loopback?.ended(end),
    dispose: () => {
      loopback?.dispose();
      for (const state of states) redirects.forget(state);
    },
  };
}

/** Whether `uri` is for us to listen at: it is this computer's, and not the editor's that is itself served from there. */
function isForListener(uri: URL, editors: URL): boolean {
  return isLoopback(uri) && uri.protocol === "http:" && (uri.origin !== editors.origin || uri.pathname !== editors.pathname);
}

/** The path at which the editor hands over what came to `redirectUri`: its own for a page that leads on to the editor. */
function editorPath(redirectUri: string | undefined): string {
  const uri = vscode.Uri.parse(redirectUri ?? "");
  return uri.scheme === vscode.env.uriScheme && uri.authority === extensionId ? uri.path : ownPath;
}

/** Waits for the browser; the user may give up. */
async function waitShown(hub: URL, answer: Promise<URL>): Promise<URL | undefined> {
  const title = `Sign in to ${hubName(hub)} in your browser, then come back here…`;
  return withProgress({ location: vscode.ProgressLocation.Notification, title, cancellable: true }, (_, cancellation) => {
    const cancelled = new Promise<undefined>((resolve) => cancellation.onCancellationRequested(() => resolve(undefined)));
    return Promise.race([answer, cancelled]);
  });
}

async function readSecretFile(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const name = atHome(file);
  try {
    return (await readFile(name, "utf8")).trim();
  } catch (cause) {
    throw new ProductError(
      "forbidden",
      `The file with the OAuth client's secret cannot be read: ${name}. Check the setting jupyterhubConnect.hubs.`,
      { cause },
    );
  }
}

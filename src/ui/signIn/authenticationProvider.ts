// The sign-in provider behind VS Code's Accounts menu.
import * as vscode from "vscode";
import { plain } from "../../base/plain";
import type { Account } from "../../hub/account/account";
import type { AppContext } from "../context";
import { signIn } from "./signIn";

export const providerId = "jupyterhub-connect";

/**
 * Registers the provider; each account is a session. Its access token is empty: what the account's token can do is more
 * than another extension should be given by one question of VS Code's, and nothing of ours needs it.
 */
export function registerAuthenticationProvider(app: AppContext): vscode.Disposable {
  const provider = new HubAuthenticationProvider(app);
  return vscode.Disposable.from(
    provider,
    vscode.authentication.registerAuthenticationProvider(providerId, "JupyterHub Connect", provider, {
      supportsMultipleAccounts: true,
    }),
  );
}

class HubAuthenticationProvider implements vscode.AuthenticationProvider, vscode.Disposable {
  readonly #app: AppContext;
  readonly #changed = new vscode.EventEmitter<vscode.AuthenticationProviderAuthenticationSessionsChangeEvent>();
  readonly #subscription: { dispose(): void };
  #sessions: vscode.AuthenticationSession[] = [];

  readonly onDidChangeSessions = this.#changed.event;

  constructor(app: AppContext) {
    this.#app = app;
    this.#subscription = app.hubs.onDidChange(() => this.#follow());
  }

  async getSessions(
    _scopes: readonly string[] | undefined,
    options: vscode.AuthenticationProviderSessionOptions,
  ): Promise<vscode.AuthenticationSession[]> {
    this.#sessions = await this.#present();
    const { account } = options;
    return account ? this.#sessions.filter((session) => session.account.id === account.id) : this.#sessions;
  }

  async createSession(): Promise<vscode.AuthenticationSession> {
    return sessionOf(await signIn(this.#app));
  }

  async removeSession(id: string): Promise<void> {
    const account = this.#app.hubs.find(id);
    if (account) await this.#app.hubs.signOut(account);
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  async #present(): Promise<vscode.AuthenticationSession[]> {
    const sessions: vscode.AuthenticationSession[] = [];
    for (const account of this.#app.hubs.accounts) {
      const holds = await account.current().then(
        () => true,
        () => false,
      ); // no token that holds, no session, until the next sign-in
      if (holds) sessions.push(sessionOf(account));
    }
    return sessions;
  }

  async #follow(): Promise<void> {
    const before = this.#sessions;
    const now = (this.#sessions = await this.#present());
    const added = now.filter(({ id }) => !before.some((session) => session.id === id));
    const removed = before.filter(({ id }) => !now.some((session) => session.id === id));
    if (added.length + removed.length > 0) this.#changed.fire({ added, removed, changed: [] });
  }
}

function sessionOf(account: Account): vscode.AuthenticationSession {
  return { id: account.id, accessToken: "", account: { id: account.id, label: plain(account.label) }, scopes: [] };
}

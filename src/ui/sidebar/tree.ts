// The JupyterHub view's tree: what the managers know; nothing is asked for what is hidden or collapsed.
import * as vscode from "vscode";
import { isShared, type Server } from "../../app/server";
import { DisposableStore, type Disposable } from "../../base/disposable";
import { messageOf } from "../../base/errors";
import type { Account } from "../../hub/account";
import type { ServiceManager } from "../../services/serviceManager";
import type { AppContext } from "../context";
import { itemOf, type Node } from "./nodes";

/** Milliseconds after which times of a row are shown anew. */
const minute = 60_000;

/** Rows from hubs, servers and their services. */
export class HubTree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly #app: AppContext;
  readonly #changed = new vscode.EventEmitter<Node | undefined>();
  readonly #resources = new DisposableStore();
  readonly #watched = new WeakSet<ServiceManager>();
  /** Whether the view is on the screen, and what is kept fresh while it is. */
  #visible = false;
  readonly #looks = new Map<ServiceManager, Disposable>();
  #hubLook: Disposable | undefined;
  #clock: NodeJS.Timeout | undefined;
  /** What the last refresh of an account or server failed with, by its id. */
  readonly #problems = new Map<string, string>();

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(app: AppContext) {
    this.#app = app;
    this.#resources.add(this.#changed);
    this.#resources.add(app.hubs.onDidChange(() => this.#changed.fire(undefined)));
    this.#resources.add(app.keepAlive.onDidChange(() => this.#changed.fire(undefined)));
    this.#resources.add(
      app.servers.onDidChange(() => {
        this.#follow();
        this.#changed.fire(undefined);
      }),
    );
  }

  /** Only what is on the screen is kept fresh: the hubs' lists, the running servers' kernels, and the times shown. */
  async show(visible: boolean): Promise<void> {
    this.#visible = visible;
    this.#follow();
    this.#followHub();
    if (visible) await this.refresh();
  }

  getTreeItem(node: Node): vscode.TreeItem {
    return itemOf(node);
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (!node) {
      const unused = this.#app.hubs.unused.map((hub): Node => ({ kind: "hub", hub }));
      return [...this.#app.hubs.accounts.map((account) => this.#account(account)), ...unused];
    }
    switch (node.kind) {
      case "account":
        return this.#app.servers.of(node.account).map((server) => this.#server(server));
      case "server":
        return this.#inServer(node.server);
      case "specs":
        return this.#specs(node.server);
      default:
        return [];
    }
  }

  /** Asks the hubs, and the running servers that are shown. What cannot be reached says so in its row. */
  async refresh(): Promise<void> {
    await Promise.all(
      this.#app.hubs.accounts.map(async (account) => {
        await this.#noting(account.id, () => this.#app.servers.refresh(account));
        const shown = this.#app.servers.of(account).filter((server) => this.#isUsed(server));
        await Promise.all(shown.map((server) => this.#refreshServer(server)));
      }),
    );
    this.#changed.fire(undefined);
  }

  /** What stands above the rows: what to do next where they do not show it. */
  get message(): string | undefined {
    const signedIn = this.#app.hubs.accounts.filter(({ state }) => state === "signed-in");
    if (signedIn.length === 0) return undefined;
    if (signedIn.every(({ id }) => this.#problems.has(id))) return "No hub can be reached. Check your network or VPN, then refresh. Point at a hub's row for the reason.";
    const asleep = this.#app.servers.all.every(({ state }) => state === "stopped");
    return asleep ? "No server is running. Start one with ▷ in its row; running a cell of a notebook starts it too." : undefined;
  }

  dispose(): void {
    this.#visible = false;
    this.#follow();
    this.#followHub();
    this.#resources.dispose();
  }

  /** Looks at every running server while the view is visible, and at nothing else. */
  #follow(): void {
    const wanted = new Set(this.#visible ? this.#app.servers.all.filter((server) => this.#isUsed(server)).flatMap(({ services }) => services ?? []) : []);
    for (const [services, look] of [...this.#looks]) {
      if (wanted.has(services)) continue;
      look.dispose();
      this.#looks.delete(services);
    }
    for (const services of wanted) {
      if (!this.#looks.has(services)) this.#looks.set(services, services.look());
    }
  }

  /** A server of somebody else is left alone until the person looks into it. */
  #isUsed(server: Server): boolean {
    return !isShared(server) || (server.services !== undefined && this.#watched.has(server.services));
  }

  #followHub(): void {
    clearInterval(this.#clock);
    if (!this.#visible) this.#hubLook?.dispose();
    this.#hubLook = this.#visible ? (this.#hubLook ?? this.#app.hubWatch.look()) : undefined;
    if (this.#visible) this.#clock = setInterval(() => this.#changed.fire(undefined), minute);
  }

  #account(account: Account): Node {
    return { kind: "account", account, problem: this.#problems.get(account.id) };
  }

  #server(server: Server): Node {
    return { kind: "server", server, problem: this.#problems.get(server.id), keptUntil: this.#app.keepAlive.until(server) };
  }

  async #inServer(server: Server): Promise<Node[]> {
    const { services } = server;
    if (!services) return [];
    if (!this.#watched.has(services)) {
      this.#watch(services);
      this.#follow();
      await this.#refreshServer(server);
    }
    const sessions = services.sessions.running;
    const inSessions = new Set(sessions.map(({ kernel }) => kernel?.id));
    const live = new Map(services.kernels.running.map((kernel) => [kernel.id, kernel]));
    return [
      ...sessions.map((session): Node => {
        // What a connection has heard from the kernel is newer than the session's copy of it.
        const kernel = session.kernel && (live.get(session.kernel.id) ?? session.kernel);
        return { kind: "session", server, session: { ...session, kernel } };
      }),
      ...[...live.values()]
        .filter(({ id }) => !inSessions.has(id))
        .map((kernel): Node => ({ kind: "kernel", server, kernel })),
      { kind: "specs", server },
    ];
  }

  #specs(server: Server): Node[] {
    const specs = server.kernelSpecs;
    return (specs?.specs ?? []).map((spec) => ({ kind: "spec", server, spec, isDefault: spec.name === specs?.default }));
  }

  #watch(services: ServiceManager): void {
    this.#watched.add(services);
    this.#resources.add(services.kernels.onDidChangeRunning(() => this.#changed.fire(undefined)));
    this.#resources.add(services.sessions.onDidChangeRunning(() => this.#changed.fire(undefined)));
  }

  async #refreshServer(server: Server): Promise<void> {
    if (server.services) await this.#noting(server.id, () => this.#app.servers.refreshServices(server));
    else this.#problems.delete(server.id);
  }

  async #noting(id: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.#problems.delete(id);
    } catch (error) {
      this.#app.log.warn("The view could not be refreshed", error);
      this.#problems.set(id, messageOf(error));
    }
  }
}

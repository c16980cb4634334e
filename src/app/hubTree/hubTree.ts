// The model of the JupyterHub Connect view, without drawing: its rows, change detection, and the polls that keep the visible ones fresh.
import { systemClock, type Clock } from "../../base/clock";
import { DisposableStore, type Disposable } from "../../base/disposable";
import { Emitter, type Event } from "../../base/event";
import type { Logger } from "../../base/log";
import type { NotebookSessions } from "../notebooks/notebookSessions";
import type { Ports } from "../ports";
import type { RecentErrors } from "../recentErrors";
import type { Server } from "../servers/server";
import { ServerPolls } from "./serverPolls";
import { Nodes, type Change, type TreeNode } from "./nodes";
import { OnDemand } from "./onDemand";
import { kernelOf, type Row } from "./rows";
import { rowsUnder, type RowSourceParts } from "./rowSource";

export interface HubTreeOptions extends RowSourceParts {
  readonly starts: RowSourceParts["starts"] & { readonly onDidChange: Event<void> };
  readonly notebookSessions: Pick<NotebookSessions, "onDidChange">;
  readonly errors: RecentErrors;
  readonly activity?: Ports["activity"] | undefined;
  /** A fingerprint of how a row looks: a change that is not drawn is none. */
  readonly draw: (row: Row) => string;
  readonly log: Logger;
  readonly clock?: Clock;
}

/** Milliseconds for which changes are gathered. */
const gathering = 30;
/** Throttle: updates in so many milliseconds. A kernel that runs short cells changes all the time, and drawing that slows it down. */
const most = { updates: 4, within: 1_200 };
/** Milliseconds after which times of a row are shown anew. */
const minute = 60_000;
/** Milliseconds for which a list of terminals is fresh enough: no other request reports them. */
const terminalsFresh = 110_000;

/** Rows from hubs, servers and their services. Nothing is asked for what is hidden or collapsed. */
export class HubTree implements Disposable {
  readonly #options: HubTreeOptions;
  readonly #clock: Clock;
  readonly #looks: ServerPolls;
  /** Data that is requested when somebody points at one thing or opens one list. */
  readonly onDemand: OnDemand;
  readonly #nodes: Nodes;
  readonly #changed: Emitter<readonly Change[]>;
  readonly #busyChanged: Emitter<number>;
  readonly #resources = new DisposableStore();
  /** Resources of a visible view. */
  #shown: DisposableStore | undefined;
  #pending: Disposable | undefined;
  /** Times of the last updates. */
  #updates: readonly number[] = [];
  #busy = 0;
  #refresh: Promise<void> | undefined;
  #nextRefresh: Promise<void> | undefined;

  constructor(options: HubTreeOptions) {
    const { hubs, servers, hubWatch, keepAlive, starts, notebookSessions, errors, log } = options;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#changed = this.#resources.add(new Emitter(log));
    this.#busyChanged = this.#resources.add(new Emitter(log));
    this.#looks = this.#resources.add(new ServerPolls(servers, errors, log));
    this.onDemand = new OnDemand(log);
    const answers = { looks: this.#looks, onDemand: this.onDemand };
    this.#nodes = new Nodes({ rowsOf: (row) => rowsUnder(row, options, answers), draw: options.draw });
    const changed = (): void => this.#schedule();
    for (const event of [hubs.onDidChange, keepAlive.onDidChange, starts.onDidChange, this.#looks.onDidChange, this.onDemand.onDidChange])
      this.#resources.add(event(changed));
    this.#resources.add(notebookSessions.onDidChange(changed));
    this.#resources.add(
      servers.onDidChange(() => {
        this.#follow();
        this.#schedule();
      }),
    );
    this.#resources.add(
      hubWatch.onDidChange((account) => {
        const problem = hubWatch.problem(account);
        if (problem) errors.note(account.id, problem);
        this.#schedule();
      }),
    );
  }

  /** Fired with the nodes that are to be drawn anew, while the view is on the screen. */
  get onDidChange() {
    return this.#changed.event;
  }

  /** Fired when `busy` has changed. */
  get onDidChangeBusy() {
    return this.#busyChanged.event;
  }

  /** How many kernels are busy, as far as that is known now: with the view hidden, those that a notebook here is connected to. */
  get busy(): number {
    return this.#busy;
  }

  /** The message above the rows: the next step where they do not show it. */
  get message(): string | undefined {
    const { hubs, servers, hubWatch } = this.#options;
    const signedIn = hubs.accounts.filter(({ state }) => state === "signed-in");
    if (signedIn.length === 0) return undefined;
    if (signedIn.every((account) => hubWatch.problem(account)))
      return "No hub can be reached. Check your network or VPN, then refresh. Point at a hub's row for the reason.";
    const asleep = servers.all.every(({ state }) => state === "stopped");
    return asleep ? "No server is running. Start one with ▷ in its row; running a cell of a notebook starts it too." : undefined;
  }

  /** The rows under a node, or the first ones. Whoever asks shows them. */
  children(node?: TreeNode): readonly TreeNode[] {
    const children = this.#nodes.children(node);
    if (node) this.#opened(node);
    return children;
  }

  /** Somebody has expanded `node`. */
  open(node: TreeNode): void {
    if (node.isOpen) return;
    node.isOpen = true;
    this.#opened(node);
    this.#schedule();
  }

  /** Somebody has collapsed `node`: nothing is asked for what is under it. */
  close(node: TreeNode): void {
    node.isOpen = false;
    this.#follow();
  }

  /** Only what is on the screen is kept fresh: the hubs' lists, the servers that are looked into, and the times shown. */
  show(visible: boolean): void {
    if (visible === (this.#shown !== undefined)) return;
    this.#shown?.dispose();
    this.#shown = undefined;
    if (visible) {
      this.#shown = new DisposableStore();
      this.#shown.add(this.#options.hubWatch.look());
      this.#tick(this.#shown);
    }
    this.#follow();
    this.#schedule();
  }

  /**
   * Asks the hubs, and the running servers that are looked into. What cannot be reached says so in its row. All who ask
   * while answers are on their way share the next round: a slow hub is not asked more by impatience.
   */
  refresh(): Promise<void> {
    if (this.#refresh) return (this.#nextRefresh ??= this.#refresh.then(() => this.refresh()));
    this.#nextRefresh = undefined;
    this.#refresh = this.#askAll().finally(() => (this.#refresh = undefined));
    return this.#refresh;
  }

  async #askAll(): Promise<void> {
    const { hubs, hubWatch, log } = this.#options;
    const asked = hubs.accounts.map(async (account) => {
      try {
        await hubWatch.refresh(account);
      } catch (error) {
        log.warn(`${account.label}: its servers could not be listed`, error);
      }
    });
    await Promise.all(asked);
    this.#follow();
    const open = [...this.#openServers()];
    await Promise.all([
      ...open.map((server) => this.#looks.refresh(server)),
      ...this.#openOthers().map((server) => this.#looks.refreshTerminals(server)),
    ]);
    this.#schedule();
  }

  /** The node of a kernel, whether or not anybody looks there; undefined where it is not known. */
  nodeOf(server: Server, kernelId: string): TreeNode | undefined {
    const isWanted = ({ row }: TreeNode): boolean => kernelOf(row)?.id === kernelId;
    const account =
      this.#nodes.roots.find(({ row }) => row.kind === "account" && row.account === server.account) ?? this.#accountOf(server);
    const own = account && this.children(account).find(({ row }) => row.kind === "server" && row.server.id === server.id);
    if (!own) return undefined;
    const rows = this.children(own);
    const others = rows.find(({ row }) => row.kind === "others");
    return rows.find(isWanted) ?? (others && this.children(others).find(isWanted));
  }

  /** Ends a terminal with what runs in it. @throws ProductError */
  endTerminal(server: Server, name: string): Promise<void> {
    return this.#looks.endTerminal(server, name);
  }

  dispose(): void {
    this.show(false);
    this.#pending?.dispose();
    this.#resources.dispose();
  }

  #accountOf(server: Server): TreeNode | undefined {
    return this.#nodes.children(undefined).find(({ row }) => row.kind === "account" && row.account === server.account);
  }

  #opened({ row }: TreeNode): void {
    if (!this.#shown) return;
    if (row.kind === "server") this.#follow();
    if (row.kind === "others") void this.#looks.refreshTerminals(row.server, terminalsFresh);
    if (row.kind === "specs") this.#schedule();
  }

  /** Servers that are visible with their content. One of somebody else is collapsed until the user looks into it. */
  #openServers(): ReadonlySet<Server> {
    const open = new Set<Server>();
    for (const { row, isOpen } of this.#nodes.visible()) if (row.kind === "server" && isOpen) open.add(row.server);
    return open;
  }

  #openOthers(): readonly Server[] {
    return [...this.#nodes.visible()].flatMap(({ row, isOpen }) => (row.kind === "others" && isOpen ? [row.server] : []));
  }

  #follow(): void {
    this.#looks.follow(this.#shown ? this.#openServers() : new Set());
  }

  /** Times go on; terminals are asked for now and then, and for nobody who is away. */
  #tick(shown: DisposableStore): void {
    const timer = this.#clock.after(minute, () => {
      shown.delete(timer);
      if (this.#options.activity?.isActive !== false)
        for (const server of this.#openOthers()) void this.#looks.refreshTerminals(server, terminalsFresh);
      this.#schedule();
      this.#tick(shown);
    });
    shown.add(timer);
  }

  #schedule(): void {
    if (this.#pending) return;
    const oldest = this.#updates.length < most.updates ? undefined : this.#updates[0];
    const rest = oldest === undefined ? 0 : oldest + most.within - this.#clock.now();
    // Longer than possible: the clock was set back.
    this.#pending = this.#clock.after(rest > most.within ? gathering : Math.max(gathering, rest), () => {
      this.#pending = undefined;
      this.#updates = [...this.#updates, this.#clock.now()].slice(-most.updates);
      this.#update();
    });
  }

  #update(): void {
    this.#countBusy();
    if (!this.#shown) return;
    const changes = this.#nodes.update();
    for (const { row } of this.#nodes.visible()) if (row.kind === "spec") void this.onDemand.logo(row.server, row.spec.name);
    this.#follow();
    this.#changed.fire(changes);
  }

  #countBusy(): void {
    let busy = 0;
    for (const { services } of this.#options.servers.all) {
      const connected = new Set(
        services?.kernels.connections.filter(({ connectionStatus }) => connectionStatus === "connected").map(({ id }) => id),
      );
      for (const { id, execution_state: state } of services?.kernels.running ?? []) {
        if (state === "busy" && (this.#shown !== undefined || connected.has(id))) busy++;
      }
    }
    if (busy === this.#busy) return;
    this.#busy = busy;
    this.#busyChanged.fire(busy);
  }
}

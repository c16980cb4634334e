// Connects one notebook to its kernel on demand, or resumes the previous window's.
import { randomUUID } from "node:crypto";
import type * as vscode from "vscode";
import type { NotebookKernel, NotebookRef } from "../../../app/notebooks/notebookSessions";
import type { Server } from "../../../app/servers/server";
import type { ProductError } from "../../../base/errors";
import type { KernelRecord } from "../../../notebook/run/journal";
import type { KernelConnection } from "../../../services/kernel/connection";
import type { VariablesLost } from "../../../services/kernel/events";
import type { Gap } from "../../../services/kernel/delivery/gap";
import type { AppContext } from "../../context";
import { withStartProgress } from "../../servers/start";
import type { KernelTarget } from "../facts/target";
import { placeOf } from "../facts/sessionPath";

export interface NotebookConnectorPorts {
  readonly app: AppContext;
  readonly notebook: vscode.NotebookDocument;
  /** The path of its session in the previous window, where that is known. */
  readonly earlierPath: string | undefined;
  /** `isConnecting` may have changed. */
  changed(): void;
  /** Connected, in this session; may be called again for the same one. */
  adopted(connected: NotebookKernel, target: KernelTarget): void;
  /** Connected, in the session of the notebook's own path. */
  connected(server: Server): void;
  /** The connection was lost, and a reconnect is under way. */
  broke(): void;
  /** Messages of the last outage may be missing. */
  missed(gap: Gap): void;
  /** The kernel has lost its variables, without our doing. */
  lostVariables(lost: VariablesLost): void;
}

/** Connects the notebook to its kernel, once for all cells that need it. */
export class NotebookConnector {
  readonly #ports: NotebookConnectorPorts;
  readonly #key: string;
  #clientId: string = randomUUID();
  readonly #connecting = new Set<AbortController>();
  /** The session's path in the previous window, or under the notebook's earlier name. */
  #earlierPath: string | undefined;
  #kernel: KernelConnection | undefined;

  constructor(ports: NotebookConnectorPorts) {
    this.#ports = ports;
    this.#key = ports.notebook.uri.toString();
    this.#earlierPath = ports.earlierPath;
  }

  /** Whether the kernel is being waited for. */
  get isConnecting(): boolean {
    return this.#connecting.size > 0;
  }

  /** Its runs are resumed from another window: the server replays what came since to that one's id. */
  takeOver({ clientId, path }: KernelRecord): void {
    if (this.#clientId === clientId) return;
    this.abort();
    this.#clientId = clientId;
    this.#earlierPath = path;
    this.#kernel = undefined;
    this.#ports.app.notebookSessions.close(this.#key);
  }

  /** Aborts the attempts to connect. */
  abort(reason?: ProductError): void {
    for (const connecting of this.#connecting) connecting.abort(reason);
  }

  /**
   * The kernel, if it is connected and the right one; called before each cell.
   * @param running the id of the kernel that it is to be; by default the notebook's own
   */
  present({ server, spec }: KernelTarget, running: string | undefined): NotebookKernel | undefined {
    const { notebookSessions } = this.#ports.app;
    const present =
      running === undefined ? notebookSessions.ofSpec(this.#key, server, spec.name) : notebookSessions.withId(this.#key, running);
    return present?.kernel === this.#kernel ? present : undefined;
  }

  /**
   * Sees to it that the notebook has its kernel, and the server runs.
   * @param running as for `present`
   * @param earlierPath of its session, before the notebook got another name
   * @throws ProductError as `NotebookSessions.connect` and `attach`
   */
  async connect(target: KernelTarget, running: string | undefined, earlierPath = this.#earlierPath): Promise<NotebookKernel> {
    const { app } = this.#ports;
    this.#earlierPath = earlierPath;
    const connecting = new AbortController();
    this.#connecting.add(connecting);
    this.#ports.changed();
    try {
      const own =
        running !== undefined
          ? await app.notebookSessions.attach(this.#refOn(target.server), target.server, running, connecting.signal)
          : await withStartProgress(app, target.server, connecting.signal, (options) =>
              app.notebookSessions.connect(this.#refOn(target.server), target.server, target.spec.name, options),
            );
      this.#adopt(own, target);
      if (running === undefined) this.#ports.connected(target.server);
      return own;
    } finally {
      this.#connecting.delete(connecting);
      this.#ports.changed();
    }
  }

  /** The session's path by the present settings: a session that starts later starts there. */
  #refOn(server: Server): NotebookRef {
    const { path, name, isOwn } = placeOf(this.#ports.notebook, server);
    return { path, name, key: this.#key, clientId: this.#clientId, earlierPath: isOwn ? undefined : this.#earlierPath };
  }

  #adopt(own: NotebookKernel, target: KernelTarget): void {
    this.#ports.adopted(own, target);
    const { kernel } = own;
    if (this.#kernel === kernel) return;
    this.#kernel = kernel;
    kernel.onDidChangeConnectionStatus((status) => {
      if (status === "connecting") this.#ports.broke();
    });
    kernel.onDidMissMessages((gap) => this.#ports.missed(gap));
    kernel.onDidLoseVariables((lost) => this.#ports.lostVariables(lost));
  }
}

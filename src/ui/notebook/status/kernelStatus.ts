// The status bar item of the active notebook's kernel.
import * as vscode from "vscode";
import { situationOf, type SituationInput, type KernelSituation, type RunningCell } from "../../../app/kernels/kernelSituation";
import { isShared } from "../../../app/servers/server";
import type { ProductError } from "../../../base/errors";
import { Throttle } from "../../../base/throttle";
import type { KernelConnection } from "../../../services/kernel/connection";
import type { AppContext } from "../../context";
import { noteKernel } from "../../contextKeys";
import { StatusItem } from "../../say/items";
import type { CommandLink } from "../../say/linked";
import { paragraphs } from "../../say/markdown";
import type { KernelTarget } from "../facts/target";
import { statusIcon, statusLabel, statusLines, statusText, statusWeight, type KernelStatusView } from "./kernelStatusText";

/** The state of a notebook's runner. */
export interface RunnerActivity {
  readonly running: RunningCell | undefined;
  readonly isConnecting: boolean;
}

/** A notebook that has a kernel of a hub. */
interface Followed {
  readonly target: KernelTarget;
  kernel: KernelConnection | undefined;
  /** Why the last kernel ended. */
  ended: ProductError | undefined;
  situation: KernelSituation;
  since: number;
}

const reconnectNow: CommandLink = { label: "Reconnect now", command: "jupyterhubConnect.reconnectKernel" };

const countdown = 1_000;
/** Milliseconds: the throttle of the status bar. Nobody reads a text that stands there for less, and VS Code takes a while for each. */
const reading = 200;

/** Follows all notebooks that have a kernel of a hub, and shows what that of the active one does. */
export class KernelStatusBar implements vscode.Disposable {
  readonly #app: AppContext;
  readonly #activityOf: (notebook: vscode.NotebookDocument) => RunnerActivity | undefined;
  readonly #followed = new Map<vscode.NotebookDocument, Followed>();
  readonly #item = new StatusItem(
    "jupyterhubConnect.kernel",
    "JupyterHub Connect: Kernel of the Notebook",
    "jupyterhubConnect.kernelActions",
  );
  readonly #subscriptions: readonly { dispose(): void }[];
  readonly #drawing = new Throttle(() => this.#show(), reading);
  #ticking: NodeJS.Timeout | undefined;

  constructor(app: AppContext, activityOf: (notebook: vscode.NotebookDocument) => RunnerActivity | undefined) {
    this.#app = app;
    this.#activityOf = activityOf;
    const all = (): void => {
      for (const notebook of this.#followed.keys()) this.update(notebook);
    };
    this.#subscriptions = [
      app.hubs.onDidChange(all),
      app.servers.onDidChange(all),
      app.startReports.onDidChange(all),
      app.notebookSessions.onDidChange((key) => {
        for (const notebook of this.#followed.keys()) if (notebook.uri.toString() === key) this.update(notebook);
      }),
      vscode.window.onDidChangeActiveNotebookEditor(() => this.#show()),
      vscode.workspace.onDidChangeNotebookDocument(({ notebook, contentChanges }) => {
        // A cell above the running one changes its number.
        if (contentChanges.length > 0) this.update(notebook);
      }),
    ];
  }

  /** The notebook's kernel and what it does; undefined where it has none of a hub. */
  of(notebook: vscode.NotebookDocument): KernelStatusView | undefined {
    const followed = this.#followed.get(notebook);
    if (!followed) return undefined;
    const { server, spec } = followed.target;
    const started = Date.parse(server.model?.started ?? "");
    return {
      ...{ situation: followed.situation, since: followed.since, kernel: spec.displayName, server: server.label },
      ...(server.state === "running" && !Number.isNaN(started) && { serverStarted: started }),
      isOwnServer: !isShared(server),
    };
  }

  /** The notebook's target. */
  targetOf(notebook: vscode.NotebookDocument): KernelTarget | undefined {
    return this.#followed.get(notebook)?.target;
  }

  /** The notebook has this kernel now. */
  follow(notebook: vscode.NotebookDocument, target: KernelTarget): void {
    this.#followed.set(notebook, { target, kernel: undefined, ended: undefined, situation: { kind: "no-kernel" }, since: Date.now() });
    this.update(notebook);
  }

  /** The notebook has another kernel or none, or is closed. */
  unfollow(notebook: vscode.NotebookDocument): void {
    if (this.#followed.delete(notebook)) this.#show();
  }

  /** The user has shut the kernel down: that it is gone is no news. */
  forgetEnd(notebook: vscode.NotebookDocument): void {
    const followed = this.#followed.get(notebook);
    if (followed) followed.ended = undefined;
    this.update(notebook);
  }

  /** Something may have changed. */
  update(notebook: vscode.NotebookDocument): void {
    const followed = this.#followed.get(notebook);
    if (!followed) return;
    const { server } = followed.target;
    const kernel = this.#app.notebookSessions.get(notebook.uri.toString())?.kernel;
    if (kernel) followed.ended = undefined;
    else if (followed.kernel) followed.ended = followed.kernel.ended;
    followed.kernel = kernel;
    const activity = this.#activityOf(notebook);
    const facts: SituationInput = {
      isSignedIn: server.account.state === "signed-in",
      server: server.state,
      progress: this.#app.startReports.of(server),
      isConnecting: activity?.isConnecting ?? false,
      running: activity?.running,
      kernel,
      ended: followed.ended,
    };
    const { situation: before } = followed;
    followed.situation = situationOf(facts, before.kind);
    if (!isSame(before, followed.situation)) followed.since = Date.now();
    if (notebook === vscode.window.activeNotebookEditor?.notebook) this.#drawing.ask();
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    clearInterval(this.#ticking);
    this.#drawing.dispose();
    this.#item.dispose();
  }

  #show(): void {
    const notebook = vscode.window.activeNotebookEditor?.notebook;
    const status = notebook && this.of(notebook);
    noteKernel(notebook !== undefined && this.#followed.get(notebook)?.kernel !== undefined);
    this.#tick(status);
    if (!status) {
      this.#item.hide();
      return;
    }
    const weight = statusWeight(status);
    this.#item.show({
      icon: statusIcon(status),
      text: statusText(status, Date.now()),
      tooltip: paragraphs(statusLines(status), status.situation.kind === "reconnecting" ? reconnectNow : undefined),
      spoken: statusLabel(status),
      background: weight && new vscode.ThemeColor(`statusBarItem.${weight}Background`),
    });
  }

  /** Counts down the seconds to the next attempt to reconnect. */
  #tick(status: KernelStatusView | undefined): void {
    const counts = status?.situation.kind === "reconnecting" && status.situation.nextAttempt !== undefined;
    if (counts) this.#ticking ??= setInterval(() => this.#show(), countdown);
    else {
      clearInterval(this.#ticking);
      this.#ticking = undefined;
    }
  }
}

/** Whether the situation is still the same: attempts to reconnect count as one, cells do not. */
function isSame(one: KernelSituation, other: KernelSituation): boolean {
  if (one.kind === "busy" && other.kind === "busy") return one.running?.number === other.running?.number;
  return one.kind === other.kind;
}

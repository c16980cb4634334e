// The details page of a server or kernel: a read-only document, built anew each time it is opened.
import * as v from "valibot";
import * as vscode from "vscode";
import type { Row } from "../../app/hubTree/rows";
import { kernelOf } from "../../app/hubTree/rows";
import { knownKernels, type KnownKernel } from "../../app/kernels/kernelActions";
import type { Server } from "../../app/servers/server";
import { within } from "../../base/async";
import { ProductError } from "../../base/errors";
import { plain } from "../../base/plain";
import type { KernelInfo } from "../../services/kernel/messages";
import type { AppContext } from "../context";
import type { CommandHandlers } from "../contributed/commands";
import { isTold, toldKernels, type GivenKernels } from "../kernels/choose";
import { reporting } from "../report";
import { noteDone } from "../say/messages";
import { chooseServer, givenServer, type ServerArguments } from "../servers/choose";
import { kernelDetails, serverDetails, type DetailsFacts } from "./detailsText";

const scheme = "jupyterhub-connect-details";
/** Milliseconds that a connected kernel may take to say what it is, or a server what it uses. */
const answerWait = 1_000;

/** Shows and copies details; the documents end with `subscriptions`. */
export class Details implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #app: AppContext;
  readonly #versions: string;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #registration: vscode.Disposable;
  readonly onDidChange = this.#changed.event;

  constructor(app: AppContext, extension: vscode.Extension<unknown>) {
    this.#app = app;
    const { version } = v.parse(v.object({ version: v.string() }), extension.packageJSON);
    this.#versions = `JupyterHub Connect ${version}, VS Code ${vscode.version}, ${process.platform}`;
    this.#registration = vscode.workspace.registerTextDocumentContentProvider(scheme, this);
  }

  /** Handlers by the command's name without its prefix. */
  get commands() {
    return {
      showDetails: async (given?: GivenKernels | ServerArguments) => {
        if (given && !("kind" in given)) return this.#show(this.#toldUri(given));
        return reporting(this.#app, "showDetails", async () => {
          const uri = await this.#askedUri(given);
          if (uri) await this.#show(uri);
        });
      },
      copyReport: async (given?: GivenKernels | ServerArguments) => {
        if (given && !("kind" in given)) return this.#copy(this.#toldUri(given));
        return reporting(this.#app, "copyReport", async () => {
          const shown = vscode.window.activeTextEditor?.document.uri;
          const uri = !given && shown?.scheme === scheme ? shown : await this.#askedUri(given);
          if (uri) await this.#copy(uri);
        });
      },
    } satisfies CommandHandlers;
  }

  async provideTextDocumentContent({ query }: vscode.Uri): Promise<string> {
    const about = new URLSearchParams(query);
    const server = this.#app.servers.find(about.get("server") ?? "");
    if (!server) return "# Nothing is known of this server any more\n\nYou have signed out of its hub, or it was deleted.\n";
    const id = about.get("kernel");
    if (id === null)
      return serverDetails(server, { ...this.#factsOf(server), usage: await within(this.#app.hubTree.onDemand.usage(server), answerWait) });
    const kernel = knownKernels([server]).find((each) => each.id === id);
    if (!kernel) return `# This kernel is gone\n\nKernel ${plain(id)} was shut down, or its server was stopped.\n`;
    return kernelDetails(kernel, await infoOf(kernel), this.#factsOf(server));
  }

  dispose(): void {
    this.#registration.dispose();
    this.#changed.dispose();
  }

  #factsOf(server: Server): DetailsFacts {
    const { errors, startReports, keepAlive } = this.#app;
    const all = [...errors.of(server.account.id), ...errors.of(server.id)].sort((a, b) => a.at - b.at);
    return {
      versions: this.#versions,
      words: startReports.wordsOf(server),
      kernels: knownKernels([server]),
      errors: all,
      keptUntil: keepAlive.until(server),
    };
  }

  #toldUri(given: Exclude<GivenKernels, Row | undefined> | ServerArguments): vscode.Uri {
    if (!isTold(given)) return uriOf(givenServer(this.#app, given));
    const [kernel] = toldKernels(this.#app, given);
    if (!kernel) throw new ProductError("usage", "Say which kernel is meant.");
    return uriOf(kernel.server, kernel.id);
  }

  async #askedUri(row: Row | undefined): Promise<vscode.Uri | undefined> {
    if (row && "server" in row) return uriOf(row.server, kernelOf(row)?.id);
    const server = await chooseServer(this.#app, () => true, "Details of which server?");
    return server && uriOf(server);
  }

  async #show(uri: vscode.Uri): Promise<void> {
    // One that is open already shows what is known now.
    this.#changed.fire(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preview: true });
  }

  async #copy(uri: vscode.Uri): Promise<void> {
    await vscode.env.clipboard.writeText(await this.provideTextDocumentContent(uri));
    noteDone("Report copied");
  }
}

function uriOf(server: Server, kernel?: string): vscode.Uri {
  const name = kernel === undefined ? server.label : `Kernel ${kernel.slice(0, 8)}`;
  const query = new URLSearchParams({ server: server.id, ...(kernel !== undefined && { kernel }) });
  return vscode.Uri.from({ scheme, path: `/${plain(name, 100).replaceAll("/", "∕")}.md`, query: query.toString() });
}

/** The info of a kernel that is connected here; no connection is made for it. */
async function infoOf({ server, id }: KnownKernel): Promise<KernelInfo | undefined> {
  const connection = server.services?.kernels.connections.find((each) => each.id === id && !each.ended);
  if (!connection) return undefined;
  return within(connection.info, answerWait);
}

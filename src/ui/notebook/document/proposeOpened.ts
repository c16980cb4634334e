// A notebook that was never seen gets the only kernel that fits it, where nobody has chosen one.
import * as vscode from "vscode";
import { serverScheme } from "../../../app/files/serverAddress";
import { onlyFit, type Offered } from "../../../app/kernels/onlyFit";
import { SeenNotebooks } from "../../../app/kernels/seenNotebooks";
import { within } from "../../../base/async";
import type { AppContext } from "../../context";
import { newUriOf } from "../../files/announcedRenames";
import { kernelSpecOf, languageOf, statedLanguage } from "../facts/kernelMetadata";
import { notebookType } from "../facts/target";
import { extensionId } from "../picker/selectKernel";
import type { Notebooks } from "../register";
import { textsOf } from "./firstSave";

/** Milliseconds that other extensions with kernels may take to come, so that theirs are not taken for none. */
const othersTimeout = 10_000;

/** Follows the notebooks that are opened, but for those on servers; ends with `subscriptions`. Nothing is started or asked of a hub. */
export function registerProposing(app: AppContext, notebooks: Notebooks, subscriptions: vscode.ExtensionContext["subscriptions"]): void {
  const proposals = new Proposals(app, notebooks);
  const look = (): void => proposals.look();
  subscriptions.push(
    app.servers.onDidChange(look),
    app.runningKernels.onDidChange(look),
    vscode.window.onDidChangeActiveNotebookEditor(look),
    vscode.workspace.onDidOpenNotebookDocument((notebook) => proposals.opened(notebook)),
    // Under its new name it is what it was; a kernel of another extension may follow it a moment later.
    vscode.workspace.onWillRenameFiles(({ files }) => {
      for (const { uri } of vscode.workspace.notebookDocuments) {
        const to = newUriOf(uri, files);
        if (to) void proposals.seen.note(to.toString());
      }
    }),
  );
  for (const notebook of vscode.workspace.notebookDocuments) proposals.opened(notebook);
  look();
}

class Proposals {
  readonly seen: SeenNotebooks;
  readonly #app: AppContext;
  readonly #notebooks: Notebooks;
  /** Open ones that were never seen, and are given nothing yet. */
  readonly #unseen = new WeakSet<vscode.NotebookDocument>();
  #others: Promise<unknown> | undefined;

  constructor(app: AppContext, notebooks: Notebooks) {
    this.#app = app;
    this.#notebooks = notebooks;
    this.seen = new SeenNotebooks(app.memory);
  }

  opened(notebook: vscode.NotebookDocument): void {
    if (notebook.notebookType !== notebookType || notebook.uri.scheme === serverScheme) return;
    const key = notebook.uri.toString();
    // An untitled one with anything in it may be restored, and have had a kernel before.
    const isUnseen = notebook.isUntitled ? isEmpty(notebook) : !this.seen.has(key) && !this.#wasUntitled(notebook);
    if (isUnseen) this.#unseen.add(notebook);
    if (!notebook.isUntitled) void this.seen.note(key);
  }

  /** Something that counts may have changed. */
  look(): void {
    const editor = vscode.window.activeNotebookEditor;
    if (!editor || !this.#controllerFor(editor.notebook)) return;
    this.#propose(editor).catch((error: unknown) =>
      this.#app.log.debug(`${editor.notebook.uri.path} was not given the only kernel that fits`, error),
    );
  }

  async #propose(editor: vscode.NotebookEditor): Promise<void> {
    const { notebook } = editor;
    await within((this.#others ??= kernelExtensions()), othersTimeout);
    const controller = this.#controllerFor(notebook);
    if (!controller || vscode.window.activeNotebookEditor !== editor) return;
    this.#unseen.delete(notebook);
    await this.#notebooks.propose(editor, controller, { unlessSelected: true });
  }

  #controllerFor(notebook: vscode.NotebookDocument): vscode.NotebookController | undefined {
    if (!this.#unseen.has(notebook) || this.#notebooks.currentTargetOf(notebook)) return undefined;
    const [account, ...others] = this.#app.hubs.accounts.filter(({ state }) => state === "signed-in");
    if (!account || others.length > 0) return undefined;
    const language = statedLanguage(notebook) ?? (isEmpty(notebook) ? undefined : languageOf(notebook));
    const wish = { file: notebook.uri.path.split("/").pop() ?? "", spec: kernelSpecOf(notebook), language };
    const offered = this.#offered();
    const fit = onlyFit([...offered.keys()], wish);
    return [...offered].find(([{ id }]) => id === fit)?.[1];
  }

  /** What the picker offers of hubs. */
  #offered(): ReadonlyMap<Offered, vscode.NotebookController> {
    const offered = new Map<Offered, vscode.NotebookController>();
    const add = (controller: vscode.NotebookController | undefined, one: Omit<Offered, "id">): void => {
      if (controller) offered.set({ id: controller.id, ...one }, controller);
    };
    const { controllers } = this.#notebooks;
    for (const server of this.#app.servers.all) {
      const { services, kernelSpecs, account } = server;
      const isUp =
        account.state === "signed-in" && server.state === "running" && services?.sessions.isReady === true && services.kernels.isReady;
      for (const { name, language } of kernelSpecs?.specs ?? [])
        add(controllers.find(server, name), { spec: name, language, isUp, isDefault: name === kernelSpecs?.default });
    }
    for (const running of this.#app.runningKernels.all) {
      const { server, id, spec } = running;
      const language = server.kernelSpecs?.specs.find(({ name }) => name === spec)?.language ?? "";
      add(controllers.findRunning(server, id), { spec, language, isUp: true, isDefault: false, running });
    }
    return offered;
  }

  /** Saved for the first time: it goes on with the kernel that it had, whoever's that was. */
  #wasUntitled(notebook: vscode.NotebookDocument): boolean {
    const before = vscode.workspace.notebookDocuments.find(
      (one) => one.isUntitled && one.notebookType === notebookType && textsOf(one) === textsOf(notebook),
    );
    return before !== undefined && !this.#notebooks.currentTargetOf(before);
  }
}

/** Resolves when the other extensions that VS Code starts for notebooks are there; it has begun with them. */
async function kernelExtensions(): Promise<void> {
  const others = vscode.extensions.all.filter((one) => {
    const events: unknown = (one.packageJSON as { readonly activationEvents?: unknown }).activationEvents;
    return !one.isActive && Array.isArray(events) && events.includes(`onNotebook:${notebookType}`) && one.id !== extensionId;
  });
  await Promise.allSettled(others.map((one) => one.activate()));
}

/** Whether nobody has written or run anything in it. */
function isEmpty(notebook: vscode.NotebookDocument): boolean {
  return notebook.getCells().every(({ document, outputs }) => document.getText() === "" && outputs.length === 0);
}

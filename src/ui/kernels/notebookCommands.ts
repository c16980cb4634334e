// The commands that bring kernels and notebooks together: a new notebook with a kernel spec, an open one on a running kernel.
import * as vscode from "vscode";
import type { TreeNode } from "../../app/hubTree/nodes";
import type { Row } from "../../app/hubTree/rows";
import { freshKernels, type KernelRef } from "../../app/kernels/kernelActions";
import type { Server } from "../../app/servers/server";
import { ProductError, hasCode } from "../../base/errors";
import type { AppContext } from "../context";
import type { CommandHandlers } from "../contributed/commands";
import { openFile, startedServer } from "../files/openNotebook";
import { notebookOf } from "./kernelCommands";
import { notebookType } from "../notebook/facts/target";
import type { Notebooks } from "../notebook/register";
import { selectController } from "../notebook/picker/selectKernel";
import { reporting } from "../report";
import { showQuickPick } from "../say/boxes";
import { showInformationMessage } from "../say/messages";
import { chooseServer, givenServer, type ServerArguments } from "../servers/choose";
import { gone, notebookOn, onKernel } from "./choose";

/** Arguments of the command for a new notebook. */
interface NewNotebookArguments extends ServerArguments {
  /** The kernel spec's name. */
  readonly kernel: string;
}

/** Handlers by the command's name without its prefix. */
export function kernelNotebookCommands(app: AppContext, notebooks: Notebooks, view: vscode.TreeView<TreeNode>) {
  return {
    newNotebook: (given?: Row | NewNotebookArguments) => {
      if (given && !("kind" in given)) return newNotebook(notebooks, givenServer(app, given), given.kernel);
      return reporting(app, "newNotebook", async () => {
        const chosen = given?.kind === "spec" ? { server: given.server, spec: given.spec.name } : await chooseSpec(app, given);
        if (chosen) await newNotebook(notebooks, chosen.server, chosen.spec);
      });
    },
    attachKernel: onKernel(app, "attachKernel", "Attach the open notebook to which kernel?", (ref) => attach(app, notebooks, ref)),
    openKernelNotebook: onKernel(app, "openKernelNotebook", "Open the notebook of which kernel?", (ref) =>
      openNotebook(app, notebooks, ref),
    ),
    revealKernel: () => reporting(app, "revealKernel", () => revealKernel(app, view)),
  } satisfies CommandHandlers;
}

/** Opens an untitled notebook with a kernel of this spec; the kernel is started by its first cell. @throws ProductError */
async function newNotebook({ controllers }: Notebooks, server: Server, specName: string): Promise<void> {
  const spec = server.kernelSpecs?.specs.find(({ name }) => name === specName);
  const controller = controllers.find(server, specName);
  if (!spec || !controller)
    throw new ProductError("no-kernel-spec", `${server.label} has no kernel “${specName}” any more. Refresh the JupyterHub Connect view.`);
  const cell = new vscode.NotebookCellData(vscode.NotebookCellKind.Code, "", controller.supportedLanguages?.[0] ?? spec.language);
  const notebook = await vscode.workspace.openNotebookDocument(notebookType, new vscode.NotebookData([cell]));
  const editor = await vscode.window.showNotebookDocument(notebook);
  await selectController(editor, controller);
}

/** Switches the active notebook to this kernel. @throws ProductError `usage` without a notebook */
async function attach(app: AppContext, { controllers }: Notebooks, { server, id }: KernelRef): Promise<void> {
  const editor = vscode.window.activeNotebookEditor ?? vscode.window.visibleNotebookEditors[0];
  if (!editor) throw new ProductError("usage", "Open the notebook that is to be attached to this kernel first.");
  if (app.notebookSessions.get(editor.notebook.uri.toString())?.kernel.id === id) {
    void showInformationMessage("The open notebook has this kernel already.");
    return;
  }
  // A kernel that was started elsewhere a moment ago may not be known yet.
  if (!controllers.findRunning(server, id)) await freshKernels(server);
  const controller = controllers.findRunning(server, id);
  if (!controller) throw new ProductError("kernel-dead", gone);
  await selectController(editor, controller);
}

/**
 * Shows the notebook that a kernel belongs to: the open one, else the server's, which has this kernel then.
 * @throws ProductError `usage` where it has none, `not-found` where that is no file of the server, and as a start
 */
async function openNotebook(app: AppContext, notebooks: Notebooks, ref: KernelRef): Promise<void> {
  const { server, id } = ref;
  const here = notebookOn(app, ref);
  if (here) {
    await vscode.window.showNotebookDocument(here);
    return;
  }
  const path = (await freshKernels(server)).find((kernel) => kernel.id === id)?.session?.path ?? "";
  if (path === "") throw new ProductError("usage", "This kernel belongs to no notebook. Attach an open one to it instead.");
  const running = await startedServer(app, server.id);
  try {
    await openFile(running, path);
  } catch (error) {
    if (!hasCode(error, "not-found")) throw error;
    const text = `“${path}” is no file on ${server.label}: the notebook is on the computer where it is open, or was moved. Attach an open notebook to this kernel instead.`;
    throw new ProductError("not-found", text, { cause: error });
  }
  await attach(app, notebooks, ref);
}

async function chooseSpec(app: AppContext, row: Row | undefined): Promise<{ readonly server: Server; readonly spec: string } | undefined> {
  const hasSpecs = (server: Server): boolean => (server.kernelSpecs?.specs.length ?? 0) > 0;
  const server = row && "server" in row ? row.server : await chooseServer(app, hasSpecs, "A new notebook on which server?");
  if (!server) return undefined;
  const specs = server.kernelSpecs?.specs ?? [];
  if (specs.length === 0) throw new ProductError("usage", `The kernels of ${server.label} are not known yet. Start it, then try again.`);
  const items = specs.map((spec) => ({
    label: spec.displayName,
    description: spec.name === server.kernelSpecs?.default ? "default" : spec.language,
    spec: spec.name,
  }));
  const title = `New Notebook on ${server.label}`;
  const choice = items.length === 1 ? items[0] : await showQuickPick(items, { title, placeHolder: "With which kernel?" });
  return choice && { server, spec: choice.spec };
}

/** Shows the kernel of the active notebook in the view. @throws ProductError `usage` where it has none that runs, `busy` where its row is not there yet */
async function revealKernel(app: AppContext, view: vscode.TreeView<TreeNode>): Promise<void> {
  const notebook = notebookOf(undefined);
  const current = app.notebookSessions.get(notebook.uri.toString());
  if (!current) throw new ProductError("usage", "This notebook has no kernel of a hub that runs now. Run a cell to start one.");
  const server = app.servers.find(current.server.id);
  // The view draws its rows first: VS Code reveals only what it knows.
  await vscode.commands.executeCommand("jupyterhubConnect.servers.focus");
  const node = server && app.hubTree.nodeOf(server, current.kernel.id);
  if (!node) throw new ProductError("busy", "The server was not asked for its kernels yet. Try again in a moment.");
  await view.reveal(node, { select: true, focus: true });
}

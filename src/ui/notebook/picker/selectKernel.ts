// Choosing a hub's kernel for the active notebook without VS Code's own picker.
import * as vscode from "vscode";
import type { Server } from "../../../app/servers/server";
import { withTimeout } from "../../../base/async";
import { ProductError } from "../../../base/errors";
import type { KernelSpec } from "../../../services/kernelspec/model";
import type { AppContext } from "../../context";
import { showQuickPick } from "../../say/boxes";
import { chooseServer } from "../../servers/choose";
import { startForPerson, startServer } from "../../servers/start";
import type { Controllers } from "./controllers";
import { kernelSpecOf } from "../facts/kernelMetadata";

/** As VS Code knows it. */
export const extensionId = "jupyterhub-connect.jupyterhub-connect";
/** Milliseconds that VS Code may take to select a kernel. */
const selectTimeout = 15_000;

/** Arguments of a caller, all optional. */
export interface SelectKernelArguments {
  /** The account's id, as signing in gave it; by default the one that signed in first. */
  readonly account?: string;
  /** The server's name; "" is the default server. */
  readonly server?: string;
  /** The kernel spec's name; by default the notebook's own where the server has it, else the server's default. */
  readonly kernel?: string;
}

/**
 * Selects a kernel for the active notebook, starting its server if need be and asking for what is not given.
 * @returns the controller's id, and a label for a user
 * @throws ProductError `usage` without a notebook; `no-kernel-spec` with what there is; `aborted` where the user cancelled
 */
export async function selectKernel(
  app: AppContext,
  controllers: Controllers,
  given?: SelectKernelArguments,
): Promise<{ readonly id: string; readonly label: string }> {
  const editor = vscode.window.activeNotebookEditor;
  if (!editor) throw new ProductError("usage", "Open a notebook first, then choose its kernel.");
  const server = await serverFor(app, given);
  if (given) await startServer(app, server);
  else if (!(await startForPerson(app, server))) throw new ProductError("aborted", "The server was not started.");
  const spec = await specOf(server, given, kernelSpecOf(editor.notebook));
  const controller = controllers.find(server, spec.name);
  if (!controller) throw new ProductError("signed-out", `${server.label} was signed out meanwhile.`);
  await selectController(editor, controller);
  return { id: controller.id, label: `${spec.displayName} · ${server.label}` };
}

/** Selects this kernel for the editor's notebook. @throws ProductError `timeout` where VS Code does not */
export async function selectController(editor: vscode.NotebookEditor, controller: vscode.NotebookController): Promise<void> {
  const selected = new Promise<void>((resolve) => {
    const subscription = controller.onDidChangeSelectedNotebooks((event) => {
      if (!event.selected || event.notebook !== editor.notebook) return;
      subscription.dispose();
      resolve();
    });
  });
  const done = await vscode.commands.executeCommand<boolean | undefined>("notebook.selectKernel", {
    notebookEditor: editor,
    id: controller.id,
    extension: extensionId,
  });
  // Where it was selected before there is no event; the command's answer says so.
  if (done !== true)
    await withTimeout(selected, selectTimeout, "VS Code did not select the kernel. Choose it in the notebook's kernel picker.");
}

/**
 * As `selectController`, for the notebook in front; one that has a kernel, of whatever extension, keeps it. (VS Code tells
 * nobody which that is, and knows this option for the active editor only.)
 */
export async function selectUnlessSelected({ id }: vscode.NotebookController): Promise<void> {
  await vscode.commands.executeCommand("notebook.selectKernel", { id, extension: extensionId, skipIfAlreadySelected: true });
}

async function serverFor(app: AppContext, given: SelectKernelArguments | undefined): Promise<Server> {
  const account = given?.account === undefined ? app.hubs.accounts[0] : app.hubs.find(given.account);
  if (given && account) return app.servers.get(account, given.server ?? "");
  const server = await chooseServer(app, () => true, "On which server?");
  if (!server) throw new ProductError("aborted", "Choosing a kernel was cancelled.");
  return server;
}

async function specOf(server: Server, given: SelectKernelArguments | undefined, own: string | undefined): Promise<KernelSpec> {
  const { specs = [], default: byDefault } = server.kernelSpecs ?? {};
  if (given) {
    const name = given.kernel ?? (specs.some((one) => one.name === own) ? own : byDefault);
    const spec = specs.find((one) => one.name === name);
    if (spec) return spec;
    const names = specs.map((one) => one.name).join(", ") || "none";
    throw new ProductError("no-kernel-spec", `${server.label} has no kernel “${name ?? ""}”. It has: ${names}.`);
  }
  const items = specs.map((spec) => ({ label: spec.displayName, description: spec.name, spec }));
  const choice = await showQuickPick(items, { title: `Kernel on ${server.label}` });
  if (!choice) throw new ProductError("aborted", "Choosing a kernel was cancelled.");
  return choice.spec;
}

// The commands on a notebook's kernel. With the user's confirmation among the arguments they ask nothing, and reject with the reason.
import * as vscode from "vscode";
import { abortable } from "../../base/async";
import { ProductError } from "../../base/errors";
import { Joins } from "../../base/joins";
import { confirm } from "../confirm";
import type { AppContext } from "../context";
import type { CommandHandlers, CommandName } from "../contributed/commands";
import { withPatience } from "../patience";
import { reporting } from "../report";
import { showQuickPick } from "../say/boxes";
import { startForPerson } from "../servers/start";
import { stopServer } from "../servers/stop";
import { signIn } from "../signIn/signIn";
import { actionsFor, statusLines, statusText, type StatusAction } from "../notebook/status/kernelStatusText";
import type { Notebooks } from "../notebook/register";

/** Which notebook is meant; by default the active one. */
export interface NotebookArguments {
  /** Its URI. */
  readonly notebook?: string;
  /** The argument that VS Code gives to the commands of a notebook's toolbar. */
  readonly notebookEditor?: { readonly notebookUri?: vscode.Uri };
  /** Nothing is asked. */
  readonly confirmed?: true;
}

/** How a kernel is restarted: for whom, and what runs then. */
interface Restart {
  readonly question: string;
  readonly button: string;
  readonly runs: (notebook: vscode.NotebookDocument) => Promise<void>;
}

const lost = "The kernel's variables are lost, and what runs ends;";

const restart: Restart = {
  question: "Restart the kernel of this notebook?",
  button: "Restart",
  runs: () => Promise.resolve(),
};

const restartAndRunAll: Restart = {
  question: "Restart the kernel of this notebook and run all cells?",
  button: "Restart and Run All",
  runs: async ({ uri }) => {
    await vscode.commands.executeCommand("notebook.execute", uri);
  },
};

const restartAndRunUpTo: Restart = {
  question: "Restart the kernel of this notebook and run all cells up to the selected one?",
  button: "Restart and Run",
  runs: async (notebook) => {
    const editor = vscode.window.visibleNotebookEditors.find((one) => one.notebook === notebook);
    if (!editor) throw new ProductError("usage", "Select the cell up to which the notebook is to be run.");
    await vscode.commands.executeCommand("notebook.cell.execute", {
      ranges: [{ start: 0, end: editor.selection.end }],
      document: notebook.uri,
    });
  },
};

const interruption = {
  title: "Interrupt the kernel of this notebook?",
  detail: "What it runs ends. Its variables stay.",
  button: "Interrupt",
};

/** Handlers by the command's name without its prefix. */
export function kernelCommands(app: AppContext, notebooks: Notebooks) {
  const joins = new Joins<Restart, void>();
  const restarting =
    (command: CommandName, how: Restart) =>
    async (given?: NotebookArguments): Promise<void> => {
      const work = async (): Promise<void> => {
        const notebook = notebookOf(given);
        if (!given?.confirmed && notebooks.hasKernel(notebook) && !(await agreesTo(how))) return;
        // Asked for again while it goes on, it is done once, and its cells run once.
        await joins.run(how, notebook.uri.toString(), async () => {
          await restartKernel(notebooks, notebook);
          await how.runs(notebook);
        });
      };
      await (given?.confirmed ? work() : reporting(app, command, work));
    };
  return {
    restartKernel: restarting("restartKernel", restart),
    restartAndRunAll: restarting("restartAndRunAll", restartAndRunAll),
    restartAndRunUpTo: restarting("restartAndRunUpTo", restartAndRunUpTo),
    /** For the notification that a cell runs on: VS Code has a command of its own for people. */
    interruptKernel: (given?: NotebookArguments) =>
      reporting(app, "interruptKernel", async () => {
        const notebook = notebookOf(given);
        const isAgreed = given?.notebook === undefined || given.confirmed;
        if (isAgreed || (await confirm(interruption))) await notebooks.interrupt(notebook);
      }),
    reconnectKernel: (given?: NotebookArguments) => {
      const work = (): Promise<void> => reconnect(notebooks, notebookOf(given));
      return given?.confirmed ? work() : reporting(app, "reconnectKernel", work);
    },
    setServerFolder: (given?: NotebookArguments & { readonly folder?: string }) => {
      const told = given?.confirmed ? given.folder : undefined;
      const work = (): Promise<void> => notebooks.setServerFolder(notebookOf(given), told);
      return told === undefined ? reporting(app, "setServerFolder", work) : work();
    },
    kernelActions: () => reporting(app, "kernelActions", () => offerActions(app, notebooks, notebookOf(undefined))),
  } satisfies CommandHandlers;
}

/** The notebook that is meant. @throws ProductError `usage` where it is not open */
export function notebookOf(given: NotebookArguments | undefined): vscode.NotebookDocument {
  const uri = given?.notebook ?? given?.notebookEditor?.notebookUri?.toString();
  const wanted =
    uri === undefined
      ? vscode.window.activeNotebookEditor?.notebook
      : vscode.workspace.notebookDocuments.find((one) => one.uri.toString() === uri);
  if (!wanted) throw new ProductError("usage", "Open the notebook whose kernel is meant.");
  return wanted;
}

function agreesTo({ question, button, runs }: Restart): Promise<boolean> {
  const detail = `${lost} the outputs in the notebook stay${runs === restart.runs ? "" : " until their cells are run"}.`;
  return confirm({ title: question, detail, button });
}

async function restartKernel(notebooks: Notebooks, notebook: vscode.NotebookDocument): Promise<void> {
  // Starting a server or kernel has a notification of its own.
  if (!notebooks.hasKernel(notebook)) {
    await notebooks.start(notebook);
    return;
  }
  await withPatience("Restarting the kernel…", (signal) => abortable(notebooks.restart(notebook), signal));
}

function reconnect(notebooks: Notebooks, notebook: vscode.NotebookDocument): Promise<void> {
  return withPatience("Reconnecting to the kernel…", (signal) => abortable(notebooks.reconnect(notebook), signal));
}

/** The icon and the words of each. */
const labels: Readonly<Record<StatusAction, readonly [icon: string, label: string]>> = {
  reconnect: ["plug", "Reconnect Now"],
  interrupt: ["debug-stop", "Interrupt"],
  startKernel: ["play", "Start Kernel"],
  restart: ["debug-restart", "Restart Kernel…"],
  restartAndRunAll: ["debug-rerun", "Restart Kernel and Run All Cells…"],
  shutDown: ["trash", "Shut Down Kernel…"],
  startServer: ["play", "Start Server"],
  stopServer: ["debug-stop", "Stop Server…"],
  signIn: ["sign-in", "Sign In…"],
  selectKernel: ["server-environment", "Select Another Kernel…"],
  showLog: ["output", "Show Log"],
};

/** The actions on the notebook's kernel that make sense now, for the user to choose from. */
async function offerActions(app: AppContext, notebooks: Notebooks, notebook: vscode.NotebookDocument): Promise<void> {
  const status = notebooks.statusOf(notebook);
  if (!status) throw new ProductError("usage", "Choose a kernel of a hub for this notebook first.");
  const items = actionsFor(status).map((action) => {
    const [icon, label] = labels[action];
    return { label, iconPath: new vscode.ThemeIcon(icon), action };
  });
  const [placeHolder = ""] = statusLines(status);
  const choice = await showQuickPick(items, {
    title: `${statusText(status, Date.now())} · ${status.kernel} on ${status.server}`,
    placeHolder,
  });
  if (choice) await perform(app, notebooks, notebook, choice.action);
}

async function perform(app: AppContext, notebooks: Notebooks, notebook: vscode.NotebookDocument, action: StatusAction): Promise<void> {
  const command = (name: CommandName): Thenable<unknown> =>
    vscode.commands.executeCommand(`jupyterhubConnect.${name}`, { notebook: notebook.uri.toString() });
  switch (action) {
    case "reconnect":
      await reconnect(notebooks, notebook);
      break;
    case "interrupt":
      await notebooks.interrupt(notebook);
      break;
    case "startKernel":
      await notebooks.start(notebook);
      break;
    case "restart":
      await command("restartKernel");
      break;
    case "restartAndRunAll":
      await command("restartAndRunAll");
      break;
    case "shutDown":
      await command("shutDownKernel");
      break;
    case "startServer":
      await startForPerson(app, notebooks.targetOf(notebook).server);
      break;
    case "stopServer":
      await stopServer(app, notebooks.targetOf(notebook).server);
      break;
    case "signIn": {
      const { hub, userName } = notebooks.targetOf(notebook).server.account;
      await signIn(app, { url: hub.href, userName });
      break;
    }
    case "selectKernel":
      await vscode.commands.executeCommand("notebook.selectKernel");
      break;
    case "showLog":
      app.channel.show();
      break;
  }
}

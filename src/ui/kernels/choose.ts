// Selection of the kernels that a command is about: the rows it was chosen on, those a caller names, or the user's pick.
import * as vscode from "vscode";
import { freshKernels, knownKernels, type KernelRef, type KnownKernel } from "../../app/kernels/kernelActions";
import { kernelOf, sessionTitle, type Row } from "../../app/hubTree/rows";
import { isShared, type Server } from "../../app/servers/server";
import { ProductError } from "../../base/errors";
import type { AppContext } from "../context";
import type { CommandName } from "../contributed/commands";
import { reporting } from "../report";
import { showQuickPick, showQuickPicks } from "../say/boxes";
import { givenServer, type ServerArguments } from "../servers/choose";
import { count } from "../sidebar/rowViews";
import { specName } from "../sidebar/kernelView";

/** The message for a kernel that ended before the command ran. */
export const gone = "The kernel is gone: it was shut down, or its server was stopped. Look into the JupyterHub Connect view.";

/** Kernels as a caller of a command names them. */
export interface KernelArguments extends ServerArguments {
  /** The kernels' ids. */
  readonly kernels: readonly string[];
  /** Nothing is asked. */
  readonly confirmed?: true;
}

/** The argument of a command on kernels: nothing from the palette, a row of the view, or a caller's arguments. */
export type GivenKernels = Row | KernelArguments | undefined;

export function isTold(given: unknown): given is KernelArguments {
  return typeof given === "object" && given !== null && "kernels" in given;
}

/** The kernels that a caller names, known or not: the server says what is gone. @throws ProductError as `givenServer` */
export function toldKernels(app: AppContext, told: KernelArguments): readonly { readonly server: Server; readonly id: string }[] {
  const server = givenServer(app, told);
  return told.kernels.map((id) => ({ server, id }));
}

/** The question to the user before something is done to a kernel. */
interface Questions {
  /** Where they have chosen the kernel; without, nothing. */
  readonly chosen?: (kernel: KnownKernel) => Promise<boolean>;
  /** Where a caller names it who does not say that they agree; without, nothing. */
  readonly named?: (kernel: KnownKernel) => Promise<boolean>;
}

/** A command's handler: does the same with what a caller names and with what the user chooses. */
export function onKernel(
  app: AppContext,
  command: CommandName,
  title: string,
  perform: (ref: KernelRef) => Promise<void>,
  { chosen, named }: Questions = {},
): (given?: GivenKernels) => Promise<void> {
  return async (given) => {
    if (isTold(given) && (given.confirmed || !named)) {
      for (const ref of toldKernels(app, given)) await perform(ref);
      return;
    }
    await reporting(app, command, async () => {
      const [kernels, agrees] = isTold(given) ? [await namedKernels(app, given), named] : [[await chooseKernel(app, given, title)], chosen];
      for (const kernel of kernels) if (kernel && (!agrees || (await agrees(kernel)))) await perform(kernel);
    });
  };
}

/** The kernels that a caller names, as their server knows them now. @throws ProductError `kernel-dead` where there is none of them */
export async function namedKernels(app: AppContext, told: KernelArguments): Promise<readonly KnownKernel[]> {
  const kernels = (await freshKernels(givenServer(app, told))).filter(({ id }) => told.kernels.includes(id));
  if (kernels.length > 0) return kernels;
  throw new ProductError("kernel-dead", gone);
}

/** The open notebook that is connected to a kernel. */
export function notebookOn(app: AppContext, { id }: KernelRef): vscode.NotebookDocument | undefined {
  return vscode.workspace.notebookDocuments.find(({ uri }) => app.notebookSessions.get(uri.toString())?.kernel.id === id);
}

/** The kernels of rows, as they are known now; a row whose kernel is gone meanwhile stands for none. */
export function kernelsOf(rows: readonly Row[]): readonly KnownKernel[] {
  return rows.flatMap((row) => {
    const kernel = kernelOf(row);
    if (!kernel || !("server" in row)) return [];
    return knownKernels([row.server]).filter(({ id }) => id === kernel.id);
  });
}

/** The kernel of a row, or one that the user picks among all that run; undefined where they cancelled. */
export async function chooseKernel(app: AppContext, given: Row | undefined, title: string): Promise<KnownKernel | undefined> {
  if (given && kernelOf(given)) {
    const [kernel] = kernelsOf([given]);
    if (kernel) return kernel;
    throw new ProductError("kernel-dead", gone);
  }
  const items = await kernelItems(app);
  return (await showQuickPick(items, { title, matchOnDescription: true, matchOnDetail: true }))?.kernel;
}

/** As `chooseKernel`, for several. */
export async function chooseKernels(app: AppContext, given: readonly Row[], title: string): Promise<readonly KnownKernel[]> {
  const [first] = given;
  // All of a server's.
  if (first?.kind === "server") return freshKernels(first.server);
  if (given.length > 0) return kernelsOf(given);
  const items = await kernelItems(app);
  const chosen = await showQuickPicks(items, { title, matchOnDescription: true, matchOnDetail: true });
  return (chosen ?? []).map(({ kernel }) => kernel);
}

interface KernelItem extends vscode.QuickPickItem {
  readonly kernel: KnownKernel;
}

/** @throws ProductError `usage` where none runs */
async function kernelItems(app: AppContext): Promise<readonly KernelItem[]> {
  // A server of somebody else is left alone until the user looks into it.
  const running = app.servers.all.filter(
    (server) => server.services !== undefined && (!isShared(server) || server.services.kernels.isReady),
  );
  const asked = await Promise.allSettled(running.map((server) => freshKernels(server)));
  for (const result of asked) if (result.status === "rejected") app.log.warn("A server could not be asked for its kernels", result.reason);
  const items = knownKernels(running).map((kernel) => ({
    label: titleOf(kernel),
    description: `${kernel.model.execution_state} · ${specName(kernel.server, kernel.model.name)}`,
    detail: [kernel.server.label, kernel.session?.path].filter(Boolean).join(" · "),
    kernel,
  }));
  if (items.length > 0) return items;
  throw new ProductError("usage", "No kernel runs on your servers now. Run a cell of a notebook to start one.");
}

/** By which people know a kernel: its notebook, else its kind. */
export function titleOf({ session, model, server }: KnownKernel): string {
  return session ? sessionTitle(session) : `${specName(server, model.name)} without a session`;
}

/** The losses by ending these kernels, by name, and whose they are. */
export function whatIsLost(kernels: readonly KnownKernel[]): string {
  const others = kernels.reduce((sum, { server, id, model }) => {
    const own =
      server.services?.kernels.connections.filter((connection) => connection.id === id && connection.connectionStatus === "connected")
        .length ?? 0;
    return sum + Math.max(0, model.connections - own);
  }, 0);
  const busy = kernels.filter(({ model }) => model.execution_state === "busy").length;
  const isOne = kernels.length === 1;
  const whose = isOne ? "Its variables are" : "Their variables are";
  const shared = others === 0 ? "" : `, also for ${count(others, "other connection")} (JupyterLab, another window)`;
  const runs =
    busy === 0
      ? ""
      : isOne
        ? " It is running something, which ends."
        : ` ${busy} of them ${busy === 1 ? "is" : "are"} running something, which ends.`;
  return `${whose} lost${shared}.${runs} Files and outputs stay.`;
}

/** Names of many, as many as a dialog holds. */
export function listed(kernels: readonly KnownKernel[]): string {
  const shown = kernels.slice(0, 15).map((kernel) => `• ${titleOf(kernel)} (${kernel.server.label})`);
  const more = kernels.length > shown.length ? [`• and ${kernels.length - shown.length} more`] : [];
  return [...shown, ...more].join("\n");
}

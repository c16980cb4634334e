// Copying data of a kernel for other programs: its id, its place, and code that connects to it.
import * as vscode from "vscode";
import type { KnownKernel } from "../../app/kernels/kernelActions";
import { ProductError } from "../../base/errors";
import type { AppContext } from "../context";
import type { CommandHandlers, CommandName } from "../contributed/commands";
import { reporting } from "../report";
import { noteDone } from "../say/messages";
import { chooseKernel, isTold, toldKernels, type GivenKernels } from "./choose";
import { connectionCode } from "./connectionCode";

/** Handlers by the command's name without its prefix. */
export function copyCommands(app: AppContext) {
  type Kernel = Pick<KnownKernel, "server" | "id" | "session">;
  const copying = (command: CommandName, title: string, textOf: (kernel: Kernel) => string) => async (given?: GivenKernels) => {
    if (isTold(given)) {
      const [kernel] = toldKernels(app, given);
      if (kernel) await copy(textOf(await withSession(kernel)));
      return;
    }
    await reporting(app, command, async () => {
      const kernel = await chooseKernel(app, given, title);
      if (kernel) await copy(textOf(kernel));
    });
  };
  return {
    copyKernelId: copying("copyKernelId", "Copy the id of which kernel?", ({ id }) => id),
    copyKernelPath: copying("copyKernelPath", "Copy the path of which kernel's notebook?", ({ session }) => pathOf(session?.path)),
    copyConnectionCode: copying("copyConnectionCode", "Copy code that connects to which kernel?", ({ server, id }) => {
      const url = server.services?.settings.baseUrl;
      if (!url) throw new ProductError("server-stopped", `The server of ${server.label} is not running any more.`);
      return connectionCode({ url, kernelId: id });
    }),
  } satisfies CommandHandlers;
}

/** Of a kernel that another client has begun since, the server is asked. */
async function withSession(kernel: Pick<KnownKernel, "server" | "id">): Promise<Pick<KnownKernel, "server" | "id" | "session">> {
  const sessions = kernel.server.services?.sessions;
  const known = () => sessions?.running.find((session) => session.kernel?.id === kernel.id);
  if (!known()) await sessions?.refresh();
  return { ...kernel, session: known() };
}

function pathOf(path: string | undefined): string {
  if (path !== undefined && path !== "") return path;
  throw new ProductError("usage", "This kernel has no session, and so no path.");
}

async function copy(text: string): Promise<void> {
  await vscode.env.clipboard.writeText(text);
  noteDone("Copied");
}

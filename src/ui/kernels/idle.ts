// Shutting down several kernels: those chosen, or all that have been idle for long.
import type { Row } from "../../app/hubTree/rows";
import { freshKernels, idleFor, type KernelRef, type KnownKernel } from "../../app/kernels/kernelActions";
import { isShared, type Server } from "../../app/servers/server";
import { ProductError } from "../../base/errors";
import { confirm } from "../confirm";
import type { AppContext } from "../context";
import { duration } from "../duration";
import { withPatience } from "../patience";
import { reporting } from "../report";
import { showQuickPick } from "../say/boxes";
import { showInformationMessage } from "../say/messages";
import { givenServer, type ServerArguments } from "../servers/choose";
import { count } from "../sidebar/rowViews";
import { listed, whatIsLost } from "./choose";

/** Arguments of a caller. */
export interface IdleArguments extends ServerArguments {
  /** Kernels that have been idle for so many hours go. */
  readonly idleHours: number;
}

const hour = 3_600_000;
/** Milliseconds. */
const choices = [0, hour / 2, hour, 4 * hour, 12 * hour, 24 * hour, 7 * 24 * hour];

/** Asks for how long unless that is given, shows which kernels go, and shuts them down: of the row's server, or of the hub's or all that are one's own. */
export async function shutDownIdle(
  app: AppContext,
  given: IdleArguments | Row | undefined,
  shutDown: (ref: KernelRef) => Promise<void>,
): Promise<void> {
  if (!given || !("idleHours" in given)) {
    await reporting(app, "shutDownIdleKernels", () => ask(app, given, shutDown));
    return;
  }
  const idle = async (): Promise<readonly KnownKernel[]> => idleFor(await freshKernels(givenServer(app, given)), given.idleHours * hour);
  if (given.confirmed) await shutDownAll(await idle(), shutDown);
  else await reporting(app, "shutDownIdleKernels", async () => shutDownAgreed(await idle(), shutDown));
}

async function ask(app: AppContext, row: Row | undefined, shutDown: (ref: KernelRef) => Promise<void>): Promise<void> {
  const servers = serversOf(app, row).filter(({ services }) => services !== undefined);
  if (servers.length === 0) throw new ProductError("server-stopped", "No server is running here: there is no kernel to shut down.");
  const kernels = (
    await withPatience("Asking for the kernels…", (signal) => Promise.all(servers.map((server) => freshKernels(server, signal))))
  ).flat();
  const items = choices.map((ms) => {
    const found = idleFor(kernels, ms).length;
    return {
      label: ms === 0 ? "Every idle kernel" : `Idle for ${duration(ms)} or more`,
      description: found === 0 ? "none now" : count(found, "kernel"),
      ms,
    };
  });
  const choice = await showQuickPick(items, {
    title: "Shut Down Idle Kernels",
    placeHolder: "Which ones? You see their names before anything is shut down.",
  });
  if (!choice) return;
  await shutDownAgreed(idleFor(kernels, choice.ms), shutDown);
}

/** After showing which they are. */
async function shutDownAgreed(going: readonly KnownKernel[], shutDown: (ref: KernelRef) => Promise<void>): Promise<void> {
  if (going.length === 0) {
    void showInformationMessage("No kernel has been idle for so long.");
    return;
  }
  const detail = `${listed(going)}\n\n${whatIsLost(going)}`;
  if (!(await confirm({ title: `Shut down ${count(going.length, "idle kernel")}?`, detail, button: "Shut Down" }))) return;
  await shutDownAll(going, shutDown);
}

function serversOf(app: AppContext, row: Row | undefined): readonly Server[] {
  if (row && "server" in row) return [row.server];
  const all = row?.kind === "account" ? app.servers.of(row.account) : app.servers.all;
  return all.filter((server) => !isShared(server));
}

/** All of them, side by side. @throws ProductError the first failure, once all were tried */
export async function shutDownAll(kernels: readonly KernelRef[], shutDown: (ref: KernelRef) => Promise<void>): Promise<void> {
  const results = await Promise.allSettled(kernels.map((ref) => shutDown(ref)));
  for (const result of results) if (result.status === "rejected") throw result.reason;
}

// The commands on running kernels, whether or not a notebook of this window has them. With arguments and the user's confirmation
// among these, they ask nothing.
import type * as vscode from "vscode";
import type { Row } from "../../app/hubTree/rows";
import * as actions from "../../app/kernels/kernelActions";
import type { KernelRef, KnownKernel } from "../../app/kernels/kernelActions";
import { abortable } from "../../base/async";
import { ProductError } from "../../base/errors";
import { confirm } from "../confirm";
import type { AppContext } from "../context";
import type { CommandHandlers } from "../contributed/commands";
import { notebookOf, type NotebookArguments } from "./kernelCommands";
import type { Notebooks } from "../notebook/register";
import { withPatience } from "../patience";
import { reporting } from "../report";
import {
  chooseKernels,
  isTold,
  listed,
  namedKernels,
  notebookOn,
  onKernel,
  titleOf,
  toldKernels,
  whatIsLost,
  type GivenKernels,
} from "./choose";
import { copyCommands } from "./copy";
import { shutDownIdle, shutDownAll, type IdleArguments } from "./idle";

/** Handlers by the command's name without its prefix. */
export function runningKernelCommands(app: AppContext, notebooks: Notebooks) {
  const acts = new KernelActs(app, notebooks);
  return {
    interruptRunningKernel: onKernel(app, "interruptRunningKernel", "Interrupt which kernel?", (ref) => acts.interrupt(ref), {
      named: agreesToInterrupt,
    }),
    restartRunningKernel: onKernel(app, "restartRunningKernel", "Restart which kernel?", (ref) => acts.restart(ref), {
      chosen: agreesToRestart,
      named: agreesToRestart,
    }),
    shutDownKernel: async (given?: NotebookArguments | GivenKernels, all?: readonly Row[]) => {
      if (isTold(given) && given.confirmed) return shutDownAll(toldKernels(app, given), (ref) => acts.shutDown(ref));
      if (isTold(given)) return reporting(app, "shutDownKernel", async () => shutDownAgreed(acts, await namedKernels(app, given)));
      const rows = given && "kind" in given ? (all && all.length > 0 ? all : [given]) : [];
      if (rows.length > 0) return reporting(app, "shutDownKernel", () => shutDownChosen(app, acts, rows));
      const about = given && !("kind" in given) ? given : undefined;
      if (about?.confirmed) return notebooks.shutDown(notebookOf(about));
      return reporting(app, "shutDownKernel", () => shutDownOf(notebooks, notebookOf(about)));
    },
    shutDownKernels: (given?: GivenKernels) =>
      reporting(app, "shutDownKernels", () => shutDownChosen(app, acts, given && "kind" in given ? [given] : [])),
    shutDownIdleKernels: (given?: IdleArguments | Row) => shutDownIdle(app, given, (ref) => acts.shutDown(ref)),
    ...copyCommands(app),
  } satisfies CommandHandlers;
}

/** Through the notebook where one here has the kernel, so that what it runs and has queued is settled. */
class KernelActs {
  readonly #app: AppContext;
  readonly #notebooks: Notebooks;

  constructor(app: AppContext, notebooks: Notebooks) {
    this.#app = app;
    this.#notebooks = notebooks;
  }

  async interrupt(ref: KernelRef): Promise<void> {
    const notebook = notebookOn(this.#app, ref);
    if (notebook) await this.#notebooks.interrupt(notebook);
    else await this.#perform(ref, (signal) => actions.interrupt(this.#app.servers, ref, signal), "Interrupting the kernel…");
  }

  async restart(ref: KernelRef): Promise<void> {
    const notebook = notebookOn(this.#app, ref);
    const work = (signal: AbortSignal): Promise<void> =>
      notebook ? this.#notebooks.restart(notebook) : actions.restart(this.#app.servers, ref, signal);
    await this.#perform(ref, work, "Restarting the kernel…");
  }

  async shutDown(ref: KernelRef): Promise<void> {
    const notebook = notebookOn(this.#app, ref);
    await this.#perform(
      ref,
      () => (notebook ? this.#notebooks.shutDown(notebook) : actions.shutDown(this.#app.servers, ref)),
      "Shutting the kernel down…",
    );
  }

  async #perform({ server }: KernelRef, work: (signal: AbortSignal) => Promise<void>, title: string): Promise<void> {
    try {
      await withPatience(title, (signal) => abortable(work(signal), signal));
    } catch (error) {
      this.#app.errors.note(server.id, error);
      throw error;
    }
  }
}

async function agreesToInterrupt(kernel: KnownKernel): Promise<boolean> {
  return confirm({
    title: `Interrupt the kernel of “${titleOf(kernel)}”?`,
    detail: "What it runs ends. Its variables stay.",
    button: "Interrupt",
  });
}

async function agreesToRestart(kernel: KnownKernel): Promise<boolean> {
  return confirm({ title: `Restart the kernel of “${titleOf(kernel)}”?`, detail: whatIsLost([kernel]), button: "Restart" });
}

/** @throws ProductError the first failure, once all were tried */
async function shutDownChosen(app: AppContext, acts: KernelActs, rows: readonly Row[]): Promise<void> {
  const kernels = await chooseKernels(app, rows, "Shut down which kernels?");
  if (kernels.length === 0 && rows.length > 0)
    throw new ProductError("kernel-dead", "There is no kernel to shut down: what you chose is gone already.");
  await shutDownAgreed(acts, kernels);
}

/** After asking. @throws ProductError the first failure, once all were tried */
async function shutDownAgreed(acts: KernelActs, kernels: readonly KnownKernel[]): Promise<void> {
  const [first] = kernels;
  if (!first) return;
  const title = kernels.length === 1 ? `Shut down the kernel of “${titleOf(first)}”?` : `Shut down ${kernels.length} kernels?`;
  const detail = kernels.length === 1 ? whatIsLost(kernels) : `${listed(kernels)}\n\n${whatIsLost(kernels)}`;
  if (await confirm({ title, detail, button: "Shut Down" })) await shutDownAll(kernels, (ref) => acts.shutDown(ref));
}

/** The active notebook's kernel. */
async function shutDownOf(notebooks: Notebooks, notebook: vscode.NotebookDocument): Promise<void> {
  const detail = "Its variables are lost, for everyone who is connected to it. Files stay.";
  if (await confirm({ title: "Shut down the kernel of this notebook?", detail, button: "Shut Down" })) await notebooks.shutDown(notebook);
}

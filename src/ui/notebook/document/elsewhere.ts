// Runs of a notebook that other windows have recorded: resumed here where no other window shows them, or the user wants them here.
import type * as vscode from "vscode";
import type { Held } from "../../../app/notebooks/journalHolders";
import type { Journal } from "../../../app/notebooks/journals";
import { within } from "../../../base/async";
import type { Disposable } from "../../../base/disposable";
import type { AppContext } from "../../context";
import { reporting } from "../../report";
import { showInformationMessage } from "../../say/messages";
import type { KernelTarget } from "../facts/target";
import { recordedRuns, type Recorded } from "../run/earlierRuns";

/** Milliseconds that the other window may take to leave in order; after that its connection is taken over. */
const giveTimeoutMs = 3_000;

export interface ElsewherePorts {
  readonly app: AppContext;
  readonly notebook: vscode.NotebookDocument;
  readonly journal: Journal;
  /** Whether the notebook has no runs here. */
  isAtRest(): boolean;
  takeUp(recorded: Recorded, target: KernelTarget, controller: vscode.NotebookController): void;
}

/** Negotiates with the other window about one notebook's runs, or waits for its end. */
export class Elsewhere implements Disposable {
  readonly #ports: ElsewherePorts;
  #asking: Promise<void> = Promise.resolve();
  /** The window that has them, as long as it has. */
  #held: Held | undefined;
  #isOver = false;

  constructor(ports: ElsewherePorts) {
    this.#ports = ports;
  }

  /** Resolves when it is known whether another window has the runs. */
  get settled(): Promise<void> {
    return this.#asking;
  }

  /** Resumes the runs that the previous window has left. Runs that another window still shows are left to it until they end. */
  resume(target: KernelTarget, controller: vscode.NotebookController): void {
    const { app, journal } = this.#ports;
    const recorded = this.#recorded(target);
    if (!recorded) return;
    this.#release();
    if (recorded.left || !app.journals.mayBeHeld(journal)) this.#take(target, controller);
    else
      this.#asking = this.#ask(target, controller).catch((error: unknown) =>
        app.log.warn("The runs of another window could not be taken up", error),
      );
  }

  /**
   * Takes over the runs that another window shows of this notebook; it leaves them in order. Resolves when they are shown here.
   * @param again cells that are about to be run: how they ended there is of no interest
   * @returns false where there is nothing to resume
   */
  async takeOver(
    target: KernelTarget,
    controller: vscode.NotebookController,
    again: readonly vscode.NotebookCell[] = [],
  ): Promise<boolean> {
    const { app, journal } = this.#ports;
    if (journal.hasTurn || !this.#recorded(target)) return false;
    await this.#asking;
    const held = this.#held ?? (app.journals.mayBeHeld(journal) ? await app.journals.holderOf(journal) : undefined);
    this.#held = undefined;
    if (held) {
      held.give();
      await within(held.freed, giveTimeoutMs);
      held.dispose();
    }
    this.#take(target, controller, again);
    return true;
  }

  dispose(): void {
    this.#isOver = true;
    this.#release();
  }

  async #ask(target: KernelTarget, controller: vscode.NotebookController): Promise<void> {
    const { app, journal, notebook } = this.#ports;
    const held = await app.journals.holderOf(journal);
    if (this.#isOver || !held) {
      held?.dispose();
      this.#take(target, controller);
      return;
    }
    this.#held = held;
    void held.freed.then(() => {
      if (this.#held !== held) return;
      this.#release();
      this.#take(target, controller);
    });
    const isLive = this.#recorded(target)?.taken.some(({ earlier }) => !earlier.settled);
    if (isLive) void offerHere(app, notebook, () => this.takeOver(target, controller));
  }

  #recorded(target: KernelTarget): Recorded | undefined {
    const { journal, notebook } = this.#ports;
    return this.#ports.isAtRest() && !this.#isOver ? recordedRuns(journal, notebook, target) : undefined;
  }

  #take(target: KernelTarget, controller: vscode.NotebookController, again: readonly vscode.NotebookCell[] = []): void {
    const recorded = this.#recorded(target);
    if (!recorded) return;
    const taken = recorded.taken.filter(({ cell, earlier }) => !earlier.settled || !again.includes(cell));
    this.#ports.takeUp({ ...recorded, taken }, target, controller);
  }

  #release(): void {
    this.#held?.dispose();
    this.#held = undefined;
  }
}

/** Says that another window shows the notebook's runs, and offers to have them here. */
async function offerHere(app: AppContext, { uri }: vscode.NotebookDocument, take: () => Promise<unknown>): Promise<void> {
  const here = "Show Here";
  const name = uri.path.split("/").pop() ?? "";
  if ((await showInformationMessage(`“${name}” is being run in another window, which shows its output.`, here)) === here)
    await reporting(app, "The offer to show a run here", take);
}

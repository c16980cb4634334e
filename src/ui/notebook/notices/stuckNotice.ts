// Notification that a cell goes on though it was interrupted.
import * as vscode from "vscode";
import { Interruption, type Stuck } from "../../../notebook/run/interruption";
import type { CommandLink, Linked } from "../../say/linked";
import { withProgress } from "../../say/messages";
import { stuckText } from "./stuckText";

/** The interrupts of one notebook's kernel, sent by `send`. @param running the number of the cell that runs */
export function interruptionOf(
  notebook: vscode.NotebookDocument,
  running: () => number | undefined,
  send: () => Promise<void>,
): Interruption {
  const notice = new StuckNotice(notebook, running);
  return new Interruption({ send, tell: (stuck, over) => notice.show(stuck, over) });
}

/** One notification at a time; it goes by itself when the cell ends. */
class StuckNotice {
  readonly #notebook: vscode.NotebookDocument;
  readonly #running: () => number | undefined;
  #update: ((text: Linked) => void) | undefined;

  /** @param running the number of the cell that runs */
  constructor(notebook: vscode.NotebookDocument, running: () => number | undefined) {
    this.#notebook = notebook;
    this.#running = running;
  }

  /** Shows it, or another text in it, until `over` resolves. */
  show(stuck: Stuck, over: Promise<void>): void {
    const argument = { notebook: this.#notebook.uri.toString() };
    const again: CommandLink = {
      label: "Interrupt Again",
      command: "jupyterhubConnect.interruptKernel",
      argument: { ...argument, confirmed: true },
    };
    const restart: CommandLink = { label: "Restart Kernel…", command: "jupyterhubConnect.restartKernel", argument };
    const text = stuckText(stuck, this.#running(), [again, restart]);
    if (this.#update) {
      this.#update(text);
      return;
    }
    // VS Code closes no notifications but those of progress, and these have no buttons but links.
    void withProgress({ location: vscode.ProgressLocation.Notification }, async (progress) => {
      this.#update = (message) => progress.report({ message });
      this.#update(text);
      await over;
      this.#update = undefined;
    });
  }
}

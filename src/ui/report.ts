// Failures shown to the person, in one way.
import * as vscode from "vscode";
import { hasCode, messageOf } from "../base/errors";
import type { AppContext } from "./context";

/** Runs `work`; its failure becomes a message with a way to the log. What the person cancelled is no failure. */
export async function reporting<T>({ log, channel }: AppContext, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (hasCode(error, "aborted") || error instanceof vscode.CancellationError) return undefined;
    log.error("A command failed", error);
    // Not awaited: the command is over, whatever becomes of the message.
    void vscode.window.showErrorMessage(messageOf(error), "Show Log").then((choice) => {
      if (choice !== undefined) channel.show();
    });
    return undefined;
  }
}

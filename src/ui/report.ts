// Error messages to the user, all in one form, each with the next step as a button.
import * as vscode from "vscode";
import { hasCode, messageOf } from "../base/errors";
import type { AppContext } from "./context";
import type { CommandName } from "./contributed/commands";
import { showErrorMessage, showWarningMessage } from "./say/messages";
import { settingId } from "./settings";

const openSettings = "Open Settings";

/** A warning with a button that leads to a setting. */
export async function warnOfSetting(message: string, setting: string): Promise<void> {
  if ((await showWarningMessage(message, openSettings)) === openSettings) await showSetting(setting);
}

async function showSetting(setting: string): Promise<void> {
  await vscode.commands.executeCommand("workbench.action.openSettings", setting);
}

/**
 * Runs `work`; its failure becomes a message with a way on. What the user cancelled is no failure.
 * @param what the name of what failed, for the log: a command, or words for what is none
 */
export async function reporting<T>(
  { log, channel }: AppContext,
  what: CommandName | `The ${string}`,
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (hasCode(error, "aborted") || error instanceof vscode.CancellationError) return undefined;
    log.error(`${what} failed`, error);
    const setting = settingFor(error);
    const buttons = setting === undefined ? ["Show Log"] : [openSettings, "Show Log"];
    // Not awaited: the command is over, whatever becomes of the message.
    void showErrorMessage(messageOf(error), ...buttons).then(async (choice) => {
      if (choice === "Show Log") channel.show();
      if (choice === openSettings && setting !== undefined) await showSetting(setting);
    });
    return undefined;
  }
}

/** The setting that can help. */
function settingFor(error: unknown): string | undefined {
  if (hasCode(error, "certificate")) return settingId("hubs");
  return hasCode(error, "proxy") ? "http.proxy" : undefined;
}

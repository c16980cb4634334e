// Presence of the user: polling for a user who is away would keep a server running all night.
import * as vscode from "vscode";
import { Emitter } from "../base/event";
import type { Logger } from "../base/log";
import type { UserPresence } from "../services/poller";
import { readSetting } from "./settings";

/** Milliseconds after the last interaction with the window until the user counts as away. */
const patience = 5 * 60_000;

/** Follows VS Code's own notion of an active window; ends with `subscriptions`. */
export function windowActivity(subscriptions: vscode.ExtensionContext["subscriptions"], log: Logger): UserPresence {
  const changed = new Emitter<boolean>(log);
  let present = true;
  let leaving: NodeJS.Timeout | undefined;
  const become = (now: boolean): void => {
    if (now === present) return;
    present = now;
    changed.fire(now);
  };
  const follow = ({ active }: vscode.WindowState): void => {
    clearTimeout(leaving);
    if (active) become(true);
    else leaving = setTimeout(() => become(false), patience);
  };
  follow(vscode.window.state);
  subscriptions.push(changed, vscode.window.onDidChangeWindowState(follow), { dispose: () => clearTimeout(leaving) });
  return {
    get isActive() {
      return present;
    },
    onDidChange: changed.event,
  };
}

/** For how many milliseconds beyond that idle kernels stay connected, as the user has it in the settings. */
export function restAfter(): number | undefined {
  const minutes = readSetting("restAfterMinutes");
  return minutes > 0 ? Math.max(0, minutes * 60_000 - patience) : undefined;
}

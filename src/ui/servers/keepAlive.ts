// Keeping servers alive: asking for how long, and showing in the status bar that it is on.
import * as vscode from "vscode";
import type { Server } from "../../app/servers/server";
import type { AppContext } from "../context";
import { clockTime } from "../duration";
import { showQuickPick } from "../say/boxes";
import { StatusItem } from "../say/items";

const hour = 3_600_000;
const choices = [1, 2, 4, 8, 12, 24];

/** Asks for how long; the user may change their mind. @throws ProductError where the server is not running */
export async function keepAlive(app: AppContext, server: Server): Promise<void> {
  const items = choices.map((hours) => ({
    label: hours === 1 ? "1 hour" : `${hours} hours`,
    description: `until ${clockTime(Date.now() + hours * hour)}`,
    hours,
  }));
  const choice = await showQuickPick(items, {
    title: `Keep ${server.label} Alive`,
    placeHolder: "For how long shall the hub not stop it for being idle? It goes on using the hub's resources.",
  });
  if (choice) await app.keepAlive.keep(server, choice.hours * hour);
}

/** A status bar item while any server is kept alive. */
export function registerKeepAliveStatus(app: AppContext): vscode.Disposable {
  const item = new StatusItem(
    "jupyterhubConnect.keepAlive",
    "JupyterHub Connect: Servers Kept Alive",
    "jupyterhubConnect.stopKeepingAlive",
  );
  const update = (): void => {
    const kept = app.keepAlive.all;
    const [first] = kept;
    if (!first) {
      item.hide();
      return;
    }
    const text = kept.length === 1 ? `Kept alive until ${clockTime(first.until)}` : `${kept.length} servers kept alive`;
    const lines = kept.map(({ server, until }) => `${server.label}: until ${new Date(until).toLocaleString()}`);
    const tooltip = ["The hub does not stop these servers for being idle. Click to end that.", ...lines].join("\n");
    item.show({ icon: "watch", text, tooltip, spoken: [text, ...lines].join(", ") });
  };
  const subscription = app.keepAlive.onDidChange(update);
  update();
  return vscode.Disposable.from(item, subscription);
}

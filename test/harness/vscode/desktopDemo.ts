// The sample notebook in the desktop VS Code that is installed on this machine.
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ProcessOwner } from "../processes/owner";
import { run } from "../processes/run";
import { demoSettings } from "./settings";

/**
 * Opens it in a window with a profile of its own: the person's own settings and extensions stay as they are.
 * Resolves with what to tell the person; the window ends with this process.
 * @param code the `code` program.
 */
export async function openDesktopDemo(code: string, vsix: string, notebook: string): Promise<string> {
  const owner = new ProcessOwner();
  const user = path.join(owner.directory, "user-data", "User");
  const folder = path.join(owner.directory, "notebooks");
  mkdirSync(user, { recursive: true });
  mkdirSync(folder);
  writeFileSync(path.join(user, "settings.json"), JSON.stringify(demoSettings, null, 2));
  const copy = path.join(folder, path.basename(notebook));
  cpSync(notebook, copy);
  const profile = [
    `--user-data-dir=${path.join(owner.directory, "user-data")}`,
    `--extensions-dir=${path.join(owner.directory, "extensions")}`,
  ];
  // VS Code refuses to run as root unless it is told that this is meant.
  const root = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  await run(code, [...root, ...profile, "--install-extension", vsix], { env: owner.env, timeout: 120_000 });
  owner.spawn(code, [...root, ...profile, "--new-window", "--wait", folder, copy], { stdio: "ignore" });
  return "A window of VS Code has opened with the sample notebook.";
}

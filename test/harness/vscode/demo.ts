// The sample notebook in a code-server for a person to open in a browser.
import { randomBytes } from "node:crypto";
import { cpSync, mkdirSync } from "node:fs";
import path from "node:path";
import { startCodeServer } from "./codeServer";
import { demoSettings } from "./settings";

/** Starts it and resolves with what to tell the person. It ends with this process. */
export async function openDemo(vsix: string, notebook: string): Promise<string> {
  // Other users of this machine can reach the port, and a VS Code is a shell.
  const password = randomBytes(9).toString("base64url");
  const server = await startCodeServer({ vsix: [vsix], password, settings: demoSettings });
  const folder = path.join(server.directory, "notebooks");
  mkdirSync(folder);
  cpSync(notebook, path.join(folder, path.basename(notebook)));
  // The payload opens the notebook beside the folder.
  const file = `vscode-remote://localhost:${server.port}${path.join(folder, path.basename(notebook))}`;
  const payload = encodeURIComponent(JSON.stringify([["openFile", file]]));
  return `VS Code is at\n\n  ${server.folderUrl(folder)}&payload=${payload}\n\n  password ${password}`;
}

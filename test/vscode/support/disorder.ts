// What people do to notebook files and cells, and what a user's server says of their kernels.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import * as vscode from "vscode";
import { notebookFile } from "../../harness/sample/notebookContent";
import { testHub } from "../../harness/vscode/inHost/testHub";

export const user = "ana";

export function fresh(): string {
  return `${randomUUID().slice(0, 8)}.ipynb`;
}

export async function edit(all: vscode.WorkspaceEdit, fill: (all: vscode.WorkspaceEdit) => void): Promise<void> {
  fill(all);
  assert.ok(await vscode.workspace.applyEdit(all));
}

/** A notebook file of this path in the workspace, with these cells. */
export async function written(path: string, ...sources: string[]): Promise<vscode.Uri> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  assert.ok(folder);
  const uri = vscode.Uri.joinPath(folder, path);
  await vscode.workspace.fs.writeFile(uri, Buffer.from(notebookFile(sources)));
  return uri;
}

export interface Session {
  readonly id: string;
  readonly name: string;
  readonly kernel: { readonly id: string };
}

export async function sessions(): Promise<readonly Session[]> {
  return (await (await api("GET", "api/sessions")).json()) as Session[];
}

export async function sessionOf(notebook: vscode.NotebookDocument): Promise<Session> {
  const name = notebook.uri.path.split("/").pop();
  const session = (await sessions()).find((one) => one.name === name);
  assert.ok(session, `no session of ${name}`);
  return session;
}

export async function kernelOf(notebook: vscode.NotebookDocument): Promise<string> {
  return (await sessionOf(notebook)).kernel.id;
}

/** Asks the user's server itself. */
export async function api(method: string, path: string): Promise<Response> {
  const hub = testHub();
  const url = new URL(path, await hub.startServer(user));
  const answer = await fetch(url, { method, headers: { Authorization: `token ${hub.user(user).token}` } });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status}`);
  return answer;
}

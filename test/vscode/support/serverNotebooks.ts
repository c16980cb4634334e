// Files of a user's server as others see them, JupyterLab for one: by its REST API; and how they are opened here.
import assert from "node:assert/strict";
import * as v from "valibot";
import * as vscode from "vscode";
import { messageOf } from "../../../src/base/errors";
import { linesIn, logsVariable } from "../../harness/results/logFiles";
import { testHub } from "../../harness/vscode/inHost/testHub";

const sessionList = v.array(
  v.object({ id: v.string(), path: v.string(), name: v.string(), kernel: v.object({ id: v.string(), connections: v.number() }) }),
);
const directoryModel = v.object({ content: v.array(v.object({ name: v.string() })) });
const fileModel = v.object({ content: v.string() });
const notebookModel = v.object({
  content: v.object({
    cells: v.array(v.looseObject({ source: v.string(), metadata: v.looseObject({ trusted: v.optional(v.boolean()) }) })),
  }),
  message: v.optional(v.string()),
});

export type ServerSession = v.InferOutput<typeof sessionList>[number];

/** A server as another client uses it. */
export class OtherClient {
  private constructor(
    readonly url: string,
    private readonly token: string,
  ) {}

  /** @param server "" is the default one, which is started if need be */
  static async of(user: string, server = ""): Promise<OtherClient> {
    const hub = testHub();
    return new OtherClient(await hub.startServer(user, server), hub.user(user).token);
  }

  async sessions(): Promise<readonly ServerSession[]> {
    return v.parse(sessionList, await (await this.#request("sessions")).json());
  }

  async startSession(path: string): Promise<ServerSession> {
    const body = { path, name: path.split("/").pop(), type: "notebook", kernel: { name: "python3" } };
    return v.parse(sessionList.item, await (await this.#request("sessions", "POST", body)).json());
  }

  async makeDirectory(path: string): Promise<void> {
    await this.#request(contents(path), "PUT", { type: "directory" });
  }

  async write(path: string, text: string): Promise<void> {
    await this.#request(contents(path), "PUT", { type: "file", format: "text", content: text });
  }

  async read(path: string): Promise<string> {
    return v.parse(fileModel, await (await this.#request(`${contents(path)}?type=file&format=text`)).json()).content;
  }

  /** As JupyterLab has it: `message` says what is not valid. */
  async notebook(path: string): Promise<v.InferOutput<typeof notebookModel>> {
    return v.parse(notebookModel, await (await this.#request(`${contents(path)}?type=notebook`)).json());
  }

  async has(path: string): Promise<boolean> {
    return (await this.#request(`${contents(path)}?content=0`, "GET", undefined, [404])).status !== 404;
  }

  /** The names in a directory. */
  async names(path: string): Promise<readonly string[]> {
    return v.parse(directoryModel, await (await this.#request(contents(path))).json()).content.map(({ name }) => name);
  }

  async remove(path: string): Promise<void> {
    await this.#request(contents(path), "DELETE", undefined, [404]);
  }

  async #request(path: string, method = "GET", body?: object, allowed: readonly number[] = []): Promise<Response> {
    const init = { method, headers: { Authorization: `token ${this.token}` }, ...(body && { body: JSON.stringify(body) }) };
    const answer = await fetch(new URL(`api/${path}`, this.url), init);
    if (!answer.ok && !allowed.includes(answer.status)) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  }
}

function contents(path: string): string {
  return `contents/${path.split("/").map(encodeURIComponent).join("/")}`;
}

/** A notebook of code cells as text. */
export function notebookText(...sources: readonly string[]): string {
  const cells = sources.map((source, index) => ({
    cell_type: "code",
    execution_count: null,
    id: `cell-${index}`,
    metadata: {},
    outputs: [],
    source: source.split(/(?<=\n)/),
  }));
  const metadata = { kernelspec: { display_name: "Python 3 (ipykernel)", language: "python", name: "python3" } };
  return `${JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 }, undefined, 1)}\n`;
}

/** A notebook whose second cell has shown these pictures. */
export function notebookWith(pictures: readonly string[]): string {
  const outputs = pictures.map((data) => ({ data: { "image/png": data }, metadata: {}, output_type: "display_data" }));
  const notebook = JSON.parse(notebookText("first", "pictures")) as { cells: object[] };
  const cells = notebook.cells.map((cell, index) => (index === 1 ? { ...cell, outputs } : cell));
  return JSON.stringify({ ...notebook, cells }, undefined, 1);
}

/** Opens a notebook of a server by the command for it; resolves with the document, which is shown. */
export async function openOnServer(serverId: string, path: string): Promise<vscode.NotebookDocument> {
  const uri = await vscode.commands.executeCommand<string>("jupyterhubConnect.openServerNotebook", serverId, path);
  return documentOf(vscode.Uri.parse(uri));
}

/** The open notebook of this URI. */
export function documentOf(uri: vscode.Uri): vscode.NotebookDocument {
  const found = vscode.workspace.notebookDocuments.find((one) => one.uri.toString() === uri.toString() && !one.isClosed);
  if (!found) throw new Error(`${uri.toString()} is not open.`);
  return found;
}

/** How VS Code has saved a notebook. */
export interface Save {
  readonly done: boolean;
  /** What is known of a save that was not done: VS Code itself tells only the person. */
  readonly why: string;
}

/** Saves as the person does it. */
export async function save(notebook: vscode.NotebookDocument): Promise<Save> {
  const logged = linesIn(process.env[logsVariable] ?? "");
  logged();
  const events: string[] = [];
  const began = Date.now();
  const note = (what: string): void => void events.push(`${Date.now() - began} ms: ${what}`);
  const subscriptions = [
    vscode.workspace.onDidChangeNotebookDocument(({ notebook: changed, cellChanges, contentChanges, metadata }) => {
      const parts = cellChanges.flatMap((change) =>
        Object.entries(change)
          .filter(([, value]) => value !== undefined)
          .map(([name]) => name),
      );
      if (changed === notebook)
        note(`changed: ${[...parts, ...contentChanges.map(() => "cells"), ...(metadata ? ["metadata"] : [])].join(", ")}`);
    }),
    vscode.workspace.onWillSaveNotebookDocument(({ notebook: one, reason }) => one === notebook && note(`will be saved, reason ${reason}`)),
    vscode.workspace.onDidSaveNotebookDocument((one) => one === notebook && note("was saved")),
  ];
  try {
    note(`save() of version ${notebook.version}`);
    const done = await notebook.save();
    note(`save() gave ${done}, version ${notebook.version}, ${notebook.isDirty ? "dirty" : "clean"}`);
    return { done, why: done ? "" : [...events, ...logged()].join("\n") };
  } catch (error) {
    return { done: false, why: [messageOf(error), ...events, ...logged()].join("\n") };
  } finally {
    for (const subscription of subscriptions) subscription.dispose();
  }
}

/** Types into a cell, so that the notebook is dirty. */
export async function edit(notebook: vscode.NotebookDocument, index: number, text: string): Promise<void> {
  const { document } = notebook.cellAt(index);
  const change = new vscode.WorkspaceEdit();
  change.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), text);
  await vscode.workspace.applyEdit(change);
}

/** Saved by VS Code as the person does it. @throws AssertionError saying why it was not */
export async function assertSaved(notebook: vscode.NotebookDocument): Promise<void> {
  const { done, why } = await save(notebook);
  assert.ok(done, why);
}

/** Renamed as the Explorer does it; false where that has failed. */
export function renamed(from: vscode.Uri, to: vscode.Uri): Thenable<boolean> {
  const change = new vscode.WorkspaceEdit();
  change.renameFile(from, to);
  return vscode.workspace.applyEdit(change);
}

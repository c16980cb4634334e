// Help while code is typed: the kernel of the cell is asked, if it is connected and has nothing to do.
import * as vscode from "vscode";
import { KernelQuestions } from "../../../notebook/help/kernelQuestions";
import { toCodePoints } from "../../../notebook/text/codePoints";
import type { KernelConnection } from "../../../services/kernel/connection";
import type { AppContext } from "../../context";
import type { FindKernel } from "./askedKernel";
import { CompletionProvider } from "./completion";
import { notebookType } from "../facts/target";
import { HoverProvider } from "./hover";
import { SignatureHelpProvider } from "./signatureHelp";

/**
 * Registers completion, documentation and signatures for cells of any language. Nothing is started or connected for
 * that: only kernels that a notebook has now are asked.
 * @param isAtRest whether no cell of the notebook runs or waits to be run
 */
export function registerEditingHelp(app: AppContext, isAtRest: (notebook: vscode.NotebookDocument) => boolean): vscode.Disposable {
  const questions = new WeakMap<KernelConnection, KernelQuestions>();
  const find: FindKernel = (document) => {
    const notebook = notebookOf(document);
    const kernel = notebook && app.notebookSessions.get(notebook.uri.toString())?.kernel;
    if (!kernel) return undefined;
    // Two notebooks may have one kernel, each by a connection of its own; its status tells what the other one does.
    const isFree = (): boolean => kernel.status === "idle" && isAtRest(notebook);
    const asked = questions.get(kernel) ?? new KernelQuestions({ isFree, log: app.log });
    questions.set(kernel, asked);
    return {
      complete: (code, offset, token) => asked.ask(() => kernel.complete(code, toCodePoints(code, offset)).done, signalOf(token)),
      inspect: (code, offset, token) => asked.ask(() => kernel.inspect(code, toCodePoints(code, offset)).done, signalOf(token)),
    };
  };
  const cells: vscode.DocumentSelector = { notebookType };
  return vscode.Disposable.from(
    vscode.languages.registerCompletionItemProvider(cells, new CompletionProvider(find), "."),
    vscode.languages.registerHoverProvider(cells, new HoverProvider(find)),
    vscode.languages.registerSignatureHelpProvider(cells, new SignatureHelpProvider(find), "(", ","),
  );
}

/** The notebook whose code cell this is. */
function notebookOf(document: vscode.TextDocument): vscode.NotebookDocument | undefined {
  // A raw cell is code in a language of its own to VS Code.
  if (document.languageId === "raw") return undefined;
  return vscode.workspace.notebookDocuments.find(
    (notebook) =>
      notebook.notebookType === notebookType &&
      notebook.getCells().some((cell) => cell.document === document && cell.kind === vscode.NotebookCellKind.Code),
  );
}

function signalOf(token: vscode.CancellationToken): AbortSignal {
  const cancelled = new AbortController();
  if (token.isCancellationRequested) cancelled.abort();
  else token.onCancellationRequested(() => cancelled.abort());
  return cancelled.signal;
}

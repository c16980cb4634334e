// Help while code is typed: the kernel of the cell is asked, if it is connected and has nothing to do.
import * as vscode from "vscode";
import type { Disposable } from "../../../base/disposable";
import { warmUpCode } from "../../../notebook/help/completerWarmUp";
import { KernelQuestions } from "../../../notebook/help/kernelQuestions";
import { toCodePoints } from "../../../notebook/text/codePoints";
import type { KernelConnection } from "../../../services/kernel/connection";
import type { AppContext } from "../../context";
import type { FindKernel } from "./askedKernel";
import { CompletionProvider } from "./completion";
import { codeCellOf } from "../facts/cellOf";
import { notebookType } from "../facts/target";
import { HoverProvider } from "./hover";
import { SignatureHelpProvider } from "./signatureHelp";
import { WarmUps } from "./warmUps";

/** What a notebook's runner knows. */
export interface RunnerRest {
  /** None of its cells runs, or waits to be run. */
  readonly isAtRest: boolean;
  /** The cell that the kernel has begun with. */
  readonly running: unknown;
}

export interface EditingHelp extends Disposable {
  /** What a notebook's runner knows has changed. */
  update(notebook: vscode.NotebookDocument): void;
}

/**
 * Registers completion, documentation and signatures for cells of any language. Nothing is started or connected for
 * that: only kernels that a notebook has now are asked.
 * @param runnerOf what runs the notebook; undefined where nothing has been run
 */
export function registerEditingHelp(app: AppContext, runnerOf: (notebook: vscode.NotebookDocument) => RunnerRest | undefined): EditingHelp {
  const questions = new WeakMap<KernelConnection, KernelQuestions>();
  // Two notebooks may have one kernel, each by a connection of its own; its status tells what the other one does.
  const isFree = (kernel: KernelConnection, notebook: vscode.NotebookDocument): boolean =>
    kernel.status === "idle" && (runnerOf(notebook)?.isAtRest ?? true);
  const questionsTo = (kernel: KernelConnection, notebook: vscode.NotebookDocument): KernelQuestions => {
    const asked = questions.get(kernel) ?? new KernelQuestions({ isFree: () => isFree(kernel, notebook), log: app.log });
    questions.set(kernel, asked);
    return asked;
  };
  const find: FindKernel = (document) => {
    const notebook = codeCellOf(document)?.notebook;
    const kernel = notebook && app.notebookSessions.get(notebook.uri.toString())?.kernel;
    if (!kernel) return undefined;
    const asked = questionsTo(kernel, notebook);
    return {
      complete: (code, offset, token) => asked.ask(() => kernel.complete(code, toCodePoints(code, offset)).done, signalOf(token)),
      inspect: (code, offset, token) => asked.ask(() => kernel.inspect(code, toCodePoints(code, offset)).done, signalOf(token)),
    };
  };
  const warmUps = new WarmUps({
    ...{ app, isFree },
    isRunning: (notebook) => runnerOf(notebook)?.running !== undefined,
    // As one of its questions: what is asked meanwhile waits for it, and none is sent behind it.
    ask: (kernel, notebook) => {
      const send = (): Promise<unknown> => kernel.complete(warmUpCode, warmUpCode.length, { isAside: true }).done;
      void questionsTo(kernel, notebook).ask(send, new AbortController().signal);
    },
  });
  const cells: vscode.DocumentSelector = { notebookType };
  const registered = vscode.Disposable.from(
    warmUps,
    vscode.languages.registerCompletionItemProvider(cells, new CompletionProvider(find), "."),
    vscode.languages.registerHoverProvider(cells, new HoverProvider(find)),
    vscode.languages.registerSignatureHelpProvider(cells, new SignatureHelpProvider(find), "(", ","),
  );
  return { update: (notebook) => warmUps.update(notebook), dispose: () => void registered.dispose() };
}

function signalOf(token: vscode.CancellationToken): AbortSignal {
  const cancelled = new AbortController();
  if (token.isCancellationRequested) cancelled.abort();
  else token.onCancellationRequested(() => cancelled.abort());
  return cancelled.signal;
}

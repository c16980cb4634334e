// Completion from the kernel; documentation of the suggestion that is looked at.
import * as vscode from "vscode";
import { plain } from "../../../base/plain";
import { qualifiedName } from "../../../notebook/help/callSignature";
import { completionsOf, type Completion, type CompletionKind } from "../../../notebook/help/completions";
import { inspectionMarkdown } from "../../../notebook/help/inspection";
import { documentation } from "../../say/markdown";
import type { AskedKernel, FindKernel } from "./askedKernel";

const kinds: Readonly<Record<CompletionKind, vscode.CompletionItemKind>> = {
  function: vscode.CompletionItemKind.Function,
  class: vscode.CompletionItemKind.Class,
  module: vscode.CompletionItemKind.Module,
  variable: vscode.CompletionItemKind.Variable,
  property: vscode.CompletionItemKind.Property,
  parameter: vscode.CompletionItemKind.Field,
  keyword: vscode.CompletionItemKind.Keyword,
  key: vscode.CompletionItemKind.Value,
  file: vscode.CompletionItemKind.File,
  magic: vscode.CompletionItemKind.Event,
  unknown: vscode.CompletionItemKind.Text,
};

/** Kinds for which a kernel has no documentation, or would give that of something else of the same name. */
const withoutDocumentation: ReadonlySet<CompletionKind> = new Set(["parameter", "keyword", "key", "file"]);

/** A suggestion, and how to ask what it is. */
class KernelCompletionItem extends vscode.CompletionItem {
  constructor(
    completion: Completion,
    readonly kernel: AskedKernel,
    /** The name to look up in the code; empty where there is nothing to ask. */
    readonly qualifiedName: string,
    readonly language: string,
  ) {
    const { text, type, signature } = completion;
    super(
      { label: plain(text), ...(signature && { detail: plain(signature) }), ...(type !== undefined && { description: plain(type) }) },
      kinds[completion.kind],
    );
    this.insertText = text;
  }
}

/** Completes code with what the kernel proposes. */
export class CompletionProvider implements vscode.CompletionItemProvider<KernelCompletionItem> {
  readonly #find: FindKernel;

  constructor(find: FindKernel) {
    this.#find = find;
  }

  async provideCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<KernelCompletionItem[]> {
    const kernel = this.#find(document);
    if (!kernel) return [];
    const [code, cursor, { languageId }] = [document.getText(), document.offsetAt(position), document];
    const reply = await kernel.complete(code, cursor, token);
    if (!reply) return [];
    return completionsOf(reply, code, cursor).map((completion, index) => {
      const { text, start, end, kind } = completion;
      const name = withoutDocumentation.has(kind) ? "" : qualifiedName(code, start) + text;
      const item = new KernelCompletionItem(completion, kernel, name, languageId);
      // Not by `positionAt`: the document may have gone on, and VS Code takes the ranges for those of when it asked.
      const inserting = new vscode.Range(position.translate(0, start - cursor), position);
      const replacing = new vscode.Range(inserting.start, position.translate(0, end - cursor));
      item.range = end === cursor ? inserting : { inserting, replacing };
      item.sortText = String(index).padStart(6, "0");
      return item;
    });
  }

  async resolveCompletionItem(item: KernelCompletionItem, token: vscode.CancellationToken): Promise<KernelCompletionItem> {
    const { kernel, qualifiedName: name, language } = item;
    const reply = name === "" ? undefined : await kernel.inspect(name, name.length, token);
    const markdown = reply && inspectionMarkdown(reply, language);
    if (markdown !== undefined) item.documentation = documentation(markdown);
    return item;
  }
}

// Signature help: the parameters of the call that is being typed, from the kernel.
import * as vscode from "vscode";
import { withoutHidden } from "../../../base/plain";
import { callAt, signatureOf } from "../../../notebook/help/callSignature";
import type { FindKernel } from "./askedKernel";

/** Shows what the callee wants, and which of it comes next. */
export class SignatureHelpProvider implements vscode.SignatureHelpProvider {
  readonly #find: FindKernel;

  constructor(find: FindKernel) {
    this.#find = find;
  }

  async provideSignatureHelp(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.SignatureHelp | undefined> {
    const call = callAt(document.getText(), document.offsetAt(position), document.languageId);
    const kernel = call && this.#find(document);
    if (!kernel) return undefined;
    const reply = await kernel.inspect(call.callee, call.callee.length, token);
    const signature = reply && signatureOf(reply, call);
    if (!signature) return undefined;
    const { label, parameters, active, documentation } = signature;
    // The parameters are given by their positions in the label, so it must keep its length.
    const shown = withoutHidden(label, (character) => "\uFFFD".repeat(character.length));
    const information = new vscode.SignatureInformation(shown, documentation && withoutHidden(documentation));
    information.parameters = parameters.map(([start, end]) => new vscode.ParameterInformation([start, end]));
    const help = new vscode.SignatureHelp();
    help.signatures = [information];
    // Past the last one none is marked.
    help.activeParameter = active ?? parameters.length;
    return help;
  }
}

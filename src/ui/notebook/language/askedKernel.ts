// The kernel that answers completion, hover and signature help.
import type * as vscode from "vscode";
import type { CompleteReply, InspectReply } from "../../../services/kernel/messages";

/** The kernel of a cell. It answers at once or not at all; offsets are VS Code's, in UTF-16 units. */
export interface AskedKernel {
  /** Completions at `offset`. */
  complete(code: string, offset: number, token: vscode.CancellationToken): Promise<CompleteReply | undefined>;
  /** Documentation of what stands at `offset`. */
  inspect(code: string, offset: number, token: vscode.CancellationToken): Promise<InspectReply | undefined>;
}

/** The kernel that the code of `document` runs on; undefined where it is no code, or no kernel of a hub is connected. */
export type FindKernel = (document: vscode.TextDocument) => AskedKernel | undefined;

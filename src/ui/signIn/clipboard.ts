// The token that a person has copied in the browser: offered when they come back, sent only when they confirm.
import * as vscode from "vscode";
import { hubName } from "../../hub/hubName";
import { tokenIn } from "../../hub/tokenText";

/**
 * While `box` is open: when the window gets the focus back and the clipboard holds something shaped like a token, the
 * empty box is filled with it, masked. Nothing is sent; that is for the person to confirm.
 */
export function offerClipboardToken(box: vscode.InputBox, hub: URL): vscode.Disposable {
  let open = true;
  const look = async (): Promise<void> => {
    const token = tokenIn(await vscode.env.clipboard.readText());
    if (token === undefined || !open || box.value !== "") return;
    box.value = token;
    box.validationMessage = {
      message: `The clipboard holds what looks like a token. Press Enter to sign in to ${hubName(hub)} with it.`,
      severity: vscode.InputBoxValidationSeverity.Info,
    };
  };
  const watch = vscode.window.onDidChangeWindowState(({ focused }) => {
    if (focused) look().catch(() => undefined); // where the clipboard cannot be read (a browser may forbid it) pasting works
  });
  return new vscode.Disposable(() => {
    open = false;
    watch.dispose();
  });
}

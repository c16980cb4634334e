// The token that the user has copied in the browser: offered when they come back, used only when they ask for it.
import * as vscode from "vscode";
import { hubName } from "../../hub/api/hubName";
import { tokenIn } from "../../hub/signIn/tokenText";

const paste = "Paste the Token";

/**
 * While `box` is open: when the window gets the focus back and the clipboard holds what may be a hub's token, the empty box
 * gets a button that puts it there, masked. Nothing is filled in by itself, since Enter would send it; it may be another
 * hub's.
 */
export function offerClipboardToken(box: vscode.InputBox, hub: URL): vscode.Disposable {
  const button: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon("clippy"), tooltip: paste };
  const others = box.buttons;
  let open = true;
  const say = (message: string): void => {
    box.validationMessage = { message, severity: vscode.InputBoxValidationSeverity.Info };
  };
  const read = async (): Promise<string | undefined> => tokenIn(await vscode.env.clipboard.readText());
  const look = async (): Promise<void> => {
    const found = (await read()) !== undefined;
    if (!open || box.value !== "") return;
    box.buttons = found ? [button, ...others] : others;
    if (found) say(`The clipboard holds what may be a token. Press “${paste}” above to use it for ${hubName(hub)}.`);
  };
  const fill = async (): Promise<void> => {
    const token = await read();
    if (!open || token === undefined) return;
    box.value = token;
    say(`Press Enter to sign in to ${hubName(hub)} with it.`);
  };
  const unreadable = (): undefined => undefined; // where the clipboard cannot be read (a browser may forbid it) pasting works
  const watches = [
    vscode.window.onDidChangeWindowState(({ focused }) => {
      if (focused) look().catch(unreadable);
    }),
    box.onDidTriggerButton((pressed) => {
      if (pressed === button) fill().catch(unreadable);
    }),
  ];
  return new vscode.Disposable(() => {
    open = false;
    for (const watch of watches) watch.dispose();
  });
}

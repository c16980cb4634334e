// What signing in asks the person, in VS Code's input boxes.
import * as vscode from "vscode";
import { messageOf } from "../../base/errors";
import { parseAddress } from "../../hub/address";
import { cleanToken, type SignInPort, type TokenQuestion } from "../../hub/signIn";

/** Asks for a hub's address. @returns undefined where the person cancelled */
export function askAddress(): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title: "Sign in to JupyterHub (1/2)",
    prompt: "Paste the address of your JupyterHub, or of any page on it.",
    placeHolder: "https://hub.example.org",
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === "" ? undefined : problemOf(() => parseAddress(text))),
  });
}

/** The prompts of `signInWithToken`. */
export const signInPrompts: SignInPort = { askToken, confirmPlainHttp };

const openTokenPage: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon("link-external"),
  tooltip: "Open the hub's token page in the browser",
};

/** An input box with a button that leads to where tokens are made. */
function askToken(question: TokenQuestion): Promise<string | undefined> {
  const box = vscode.window.createInputBox();
  box.title = "Sign in to JupyterHub (2/2)";
  box.prompt = `Paste a token of ${question.hub.host}. Make one on the hub's token page (button above).`;
  box.placeholder = "Token";
  box.password = true;
  box.ignoreFocusOut = true;
  box.buttons = [openTokenPage];
  if (question.problem !== undefined) box.validationMessage = question.problem;
  return new Promise((resolve) => {
    let accepted: string | undefined;
    box.onDidTriggerButton(() => void vscode.env.openExternal(vscode.Uri.parse(question.tokenPage.href, true)));
    box.onDidChangeValue(() => (box.validationMessage = ""));
    box.onDidAccept(() => {
      box.validationMessage = problemOf(() => cleanToken(box.value)) ?? "";
      if (box.validationMessage !== "") return;
      accepted = box.value;
      box.hide();
    });
    box.onDidHide(() => {
      box.dispose();
      resolve(accepted);
    });
    box.show();
  });
}

async function confirmPlainHttp(url: URL): Promise<boolean> {
  const go = "Sign In Anyway";
  const choice = await vscode.window.showWarningMessage(
    `${url.host} is not encrypted (http).`,
    { modal: true, detail: "Everybody on the network can read your token and your work, and use your account. Ask for an https address." },
    go,
  );
  return choice === go;
}

function problemOf(check: () => unknown): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

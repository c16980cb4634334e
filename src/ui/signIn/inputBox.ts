// An input box of VS Code's with buttons, an error message, and validation before it is accepted.
import * as vscode from "vscode";
import { messageOf } from "../../base/errors";
import { createInputBox } from "../say/boxes";

/** A button in the box's title. */
export interface BoxButton {
  readonly icon: string;
  readonly tooltip: string;
  /** The action of the button; with `answer` the box closes with that instead. */
  readonly run?: () => unknown;
  readonly answer?: string;
}

export interface BoxQuestion {
  readonly title: string;
  readonly prompt: string;
  readonly placeholder: string;
  readonly value?: string;
  /** Masks what is typed. */
  readonly password?: boolean;
  /** Shown until something is typed. */
  readonly problem?: string;
  readonly buttons?: readonly BoxButton[];
  /** Throws with the reason where the text cannot be taken. */
  readonly check?: (text: string) => unknown;
  /** Called with the open box; what it returns ends with the box. */
  readonly whileOpen?: (box: vscode.InputBox) => vscode.Disposable;
}

export type BoxAnswer = { readonly text: string } | { readonly button: string };

/** Asks. @returns undefined where the user cancelled */
export function ask(question: BoxQuestion): Promise<BoxAnswer | undefined> {
  const box = createInputBox();
  const { title, prompt, placeholder, value = "", password = false, problem, buttons = [] } = question;
  Object.assign(box, { title, prompt, placeholder, value, password, ignoreFocusOut: true });
  if (problem !== undefined) box.validationMessage = problem;
  const shown = new Map<vscode.QuickInputButton, BoxButton>(
    buttons.map((button) => [{ iconPath: new vscode.ThemeIcon(button.icon), tooltip: button.tooltip }, button]),
  );
  box.buttons = [...shown.keys()];
  return new Promise((resolve) => {
    let answer: BoxAnswer | undefined;
    const end = (given: BoxAnswer): void => {
      answer = given;
      box.hide();
    };
    const resources = [
      box.onDidTriggerButton((pressed) => {
        const button = shown.get(pressed);
        if (button?.answer !== undefined) end({ button: button.answer });
        else button?.run?.();
      }),
      box.onDidChangeValue(() => (box.validationMessage = "")),
      box.onDidAccept(() => {
        const wrong = problemOf(() => question.check?.(box.value));
        if (wrong === undefined) end({ text: box.value });
        else box.validationMessage = wrong;
      }),
      ...(question.whileOpen ? [question.whileOpen(box)] : []),
    ];
    resources.push(
      box.onDidHide(() => {
        for (const resource of resources) resource.dispose();
        box.dispose();
        resolve(answer);
      }),
    );
    box.show();
  });
}

/** The error of `check`, in words. */
export function problemOf(check: () => unknown): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

// Notifications, dialogs and progress: VS Code's own, in plain words. Nothing else in ui/ shows any; ESLint checks that.
import * as vscode from "vscode";
import { plain, plainLines } from "../../base/plain";
import { shown, type Words } from "./linked";

/** Says what went wrong. @returns the button that was pressed; undefined where the user has closed it */
export function showErrorMessage(text: Words, ...buttons: readonly string[]): Promise<string | undefined> {
  return pressed((...given) => vscode.window.showErrorMessage(shown(text), ...given), buttons);
}

/** As `showErrorMessage`, for what may go wrong, or is not as it should be. */
export function showWarningMessage(text: Words, ...buttons: readonly string[]): Promise<string | undefined> {
  return pressed((...given) => vscode.window.showWarningMessage(shown(text), ...given), buttons);
}

/** As `showErrorMessage`, for what is good to know. */
export function showInformationMessage(text: Words, ...buttons: readonly string[]): Promise<string | undefined> {
  return pressed((...given) => vscode.window.showInformationMessage(shown(text), ...given), buttons);
}

/**
 * As `showWarningMessage`, in a dialog that has to be answered first; ui/confirm.ts is for questions.
 * @param detail of one or several lines
 */
export function showModalWarning(text: string, detail: string, ...buttons: readonly string[]): Promise<string | undefined> {
  const options = { modal: true, detail: plainLines(detail) };
  return pressed((...given) => vscode.window.showWarningMessage(plain(text), options, ...given), buttons);
}

/** A progress report. `increment` is in percent of the whole. */
export interface Progress {
  report(step: { readonly message?: Words; readonly increment?: number }): void;
}

/** As VS Code's. */
export function withProgress<T>(
  options: vscode.ProgressOptions,
  task: (progress: Progress, token: vscode.CancellationToken) => Thenable<T>,
): Thenable<T> {
  const { title } = options;
  return vscode.window.withProgress({ ...options, ...(title !== undefined && { title: plain(title) }) }, (progress, token) =>
    task(
      { report: ({ message, ...step }) => progress.report({ ...step, ...(message !== undefined && { message: shown(message) }) }) },
      token,
    ),
  );
}

/** Says in the status bar, for three seconds, that something is done. */
export function noteDone(text: string): void {
  vscode.window.setStatusBarMessage(`$(check) ${plain(text)}`, 3_000);
}

async function pressed(
  show: (...buttons: string[]) => Thenable<string | undefined>,
  buttons: readonly string[],
): Promise<string | undefined> {
  const words = buttons.map((button) => plain(button));
  const choice = await show(...words);
  return choice === undefined ? undefined : buttons[words.indexOf(choice)];
}

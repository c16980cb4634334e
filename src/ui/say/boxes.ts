// Boxes that ask: quick picks and input boxes of VS Code, in which every text is plain, whenever it is set.
import * as vscode from "vscode";
import { plain } from "../../base/plain";
import { guarded } from "./guarded";

/** UTF-16 units of a title or of what stands in a row. */
const longest = 300;

type Problem = string | vscode.InputBoxValidationMessage | undefined | null;

/** As VS Code's. */
export function createInputBox(): vscode.InputBox {
  return guarded(vscode.window.createInputBox(), { title: short, prompt: long, placeholder: short, validationMessage: problem });
}

/** As VS Code's. @returns undefined where the user cancelled */
export function showInputBox(options: vscode.InputBoxOptions, token?: vscode.CancellationToken): Thenable<string | undefined> {
  const { title, prompt, placeHolder } = options;
  const plainOptions: vscode.InputBoxOptions = {
    ...options,
    ...(title !== undefined && { title: short(title) }),
    ...(prompt !== undefined && { prompt: long(prompt) }),
    ...(placeHolder !== undefined && { placeHolder: short(placeHolder) }),
    ...(options.validateInput && { validateInput: async (text: string) => problem(await options.validateInput?.(text)) }),
  };
  return vscode.window.showInputBox(plainOptions, token);
}

/** As VS Code's. Its items are copies of those that are set, with everything that is theirs. */
export function createQuickPick<T extends vscode.QuickPickItem>(): vscode.QuickPick<T> {
  const copies = new WeakMap<T, T>();
  const copy = (item: T): T => {
    const made = plainItem(item);
    copies.set(item, made);
    return made;
  };
  const known = (items: readonly T[]): readonly T[] => items.map((item) => copies.get(item) ?? item);
  return guarded(vscode.window.createQuickPick<T>(), {
    ...{ title: short, placeholder: short, activeItems: known, selectedItems: known },
    items: (items: readonly T[]) => items.map(copy),
  });
}

interface PickOptions {
  readonly title: string;
  readonly placeHolder?: string;
  /** The filter matches descriptions and details too. */
  readonly matchOnDescription?: boolean;
  readonly matchOnDetail?: boolean;
}

/** As VS Code's. @returns the item that was given; undefined where the user cancelled */
export async function showQuickPick<T extends vscode.QuickPickItem>(items: readonly T[], options: PickOptions): Promise<T | undefined> {
  const copies = items.map(plainItem);
  const choice = await vscode.window.showQuickPick(copies, plainOptions(options));
  return choice && items[copies.indexOf(choice)];
}

/** As `showQuickPick`, for several. */
export async function showQuickPicks<T extends vscode.QuickPickItem>(
  items: readonly T[],
  options: PickOptions,
): Promise<readonly T[] | undefined> {
  const copies = items.map(plainItem);
  const chosen = await vscode.window.showQuickPick(copies, { ...plainOptions(options), canPickMany: true });
  return chosen && items.filter((_, index) => chosen.some((choice) => choice === copies[index]));
}

/** An icon of ours is its `iconPath`: in a label VS Code would take anybody's `$(name)` for one. */
function plainItem<T extends vscode.QuickPickItem>(item: T): T {
  const { label, description, detail } = item;
  return {
    ...item,
    label: short(label),
    ...(description !== undefined && { description: short(description) }),
    ...(detail !== undefined && { detail: short(detail) }),
  };
}

function plainOptions({ title, placeHolder, ...rest }: PickOptions): vscode.QuickPickOptions {
  return { ...rest, title: short(title), ...(placeHolder !== undefined && { placeHolder: short(placeHolder) }) };
}

function short<T extends string | undefined>(text: T): T | string {
  return text === undefined ? text : plain(text, longest);
}

function long<T extends string | undefined>(text: T): T | string {
  return text === undefined ? text : plain(text);
}

function problem<T extends Problem>(found: T): T | string | vscode.InputBoxValidationMessage {
  if (typeof found === "string") return plain(found);
  return typeof found === "object" && found !== null ? { ...found, message: plain(found.message) } : found;
}

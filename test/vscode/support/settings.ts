// VS Code's settings as tests change them; all are set back at once.
import { isDeepStrictEqual } from "node:util";
import * as vscode from "vscode";
import { withTimeout } from "../../../src/base/async";

const changed = new Map<string, { name: string; target: vscode.ConfigurationTarget }>();

/** Sets the person's setting (or the workspace's), and resolves when extensions see it; undefined removes it. */
export async function setting(name: string, value: unknown, target = vscode.ConfigurationTarget.Global): Promise<void> {
  changed.set(`${target} ${name}`, { name, target });
  const current = (): unknown => {
    const values = vscode.workspace.getConfiguration().inspect(name);
    return target === vscode.ConfigurationTarget.Global ? values?.globalValue : values?.workspaceValue;
  };
  await vscode.workspace.getConfiguration().update(name, value, target);
  const seen = new Promise<void>((resolve) => {
    const look = (): void => {
      if (!isDeepStrictEqual(structuredClone(current()), value)) return;
      subscription.dispose();
      resolve();
    };
    const subscription = vscode.workspace.onDidChangeConfiguration(look);
    look();
  });
  await withTimeout(seen, 10_000, `The setting ${name} did not take effect.`);
}

/** Removes every setting that was set. */
export async function resetSettings(): Promise<void> {
  for (const { name, target } of [...changed.values()]) await setting(name, undefined, target);
  changed.clear();
}

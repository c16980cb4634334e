// Reads and writes our settings; nothing else does. Which there are: contributed/settings.ts.
import * as vscode from "vscode";
import { settings, type SettingName, type SettingValue } from "./contributed/settings";

const section = "jupyterhubConnect";

/** The setting's full name, for messages, for VS Code's settings editor and for events of a change. */
export function settingId(name: SettingName): string {
  return `${section}.${name}`;
}

/** The setting as it is now; its default where what stands there is no value of it. */
export function readSetting<N extends SettingName>(name: N): SettingValue<N>;
export function readSetting(name: SettingName): unknown {
  const value = vscode.workspace.getConfiguration(section).get<unknown>(name);
  const { usable, default: otherwise } = settings[name];
  return usable(value) ? value : otherwise;
}

/** What stands in the user's own settings and in those of the workspace, as it is; undefined where nothing does. */
export function inspectSetting(name: SettingName): { readonly own: unknown; readonly workspace: unknown } {
  const values = vscode.workspace.getConfiguration(section).inspect<unknown>(name);
  return { own: values?.globalValue, workspace: values?.workspaceValue };
}

/** Writes the setting into the user's own settings. @param value undefined takes it out of them */
export async function writeSetting<N extends SettingName>(name: N, value: SettingValue<N> | undefined): Promise<void> {
  await vscode.workspace.getConfiguration(section).update(name, value, vscode.ConfigurationTarget.Global);
}

// Terms of the extension's own tokens: named after editor and machine, valid for as long as the setting says.
import { hostname } from "node:os";
import * as vscode from "vscode";
import type { TokenTerms } from "../../hub/account/mint";

const day = 86_400;
const defaultDays = 14;

/** The terms as the settings are now. */
export function tokenTerms(): TokenTerms {
  const days = vscode.workspace.getConfiguration("jupyterhubConnect").get<unknown>("tokenLifetimeDays");
  const valid = typeof days === "number" && days > 0 && days <= 3650 ? days : defaultDays;
  return { note: `JupyterHub Connect in ${vscode.env.appName} on ${hostname()}`, lifetime: Math.round(valid * day) };
}

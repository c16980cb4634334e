// Terms of the extension's own tokens: named after editor and machine, valid for as long as the setting says.
import { hostname } from "node:os";
import * as vscode from "vscode";
import type { TokenTerms } from "../../hub/account/mint";
import { readSetting } from "../settings";

const day = 86_400;

/** The terms as the settings are now. */
export function tokenTerms(): TokenTerms {
  return {
    note: `JupyterHub Connect in ${vscode.env.appName} on ${hostname()}`,
    lifetime: Math.round(readSetting("tokenLifetimeDays") * day),
  };
}

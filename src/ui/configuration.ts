// The settings that app/ asks for: configured hubs, and VS Code's own for certificates.
import * as vscode from "vscode";
import type { NetworkSettings } from "../app/ports";
import { Emitter } from "../base/event";
import type { Logger, Redactor } from "../base/log";
import { offeredHubs, type OfferedHubs } from "../hub/signIn/offeredHubs";
import { warnOfSetting } from "./report";
import { inspectSetting, settingId } from "./settings";

const hubsSetting = settingId("hubs");

/** The settings as they are at each moment. Invalid elements are reported to the user, once each time they change. */
export function networkSettings(subscriptions: vscode.ExtensionContext["subscriptions"], log: Logger, redactor: Redactor): NetworkSettings {
  const changed = new Emitter<void>(log);
  let hubs = readConfiguredHubs();
  tell(hubs, log);
  keepOutOfLogs(redactor);
  const update = (event?: vscode.ConfigurationChangeEvent): void => {
    if (event === undefined || event.affectsConfiguration("http")) keepOutOfLogs(redactor);
    if (event !== undefined && !event.affectsConfiguration(hubsSetting)) return;
    const before = JSON.stringify(hubs);
    hubs = readConfiguredHubs();
    if (JSON.stringify(hubs) === before) return;
    tell(hubs, log);
    changed.fire();
  };
  subscriptions.push(
    changed,
    vscode.workspace.onDidChangeConfiguration(update),
    // A folder that becomes trusted brings its own settings; one on a server that is added takes them away.
    vscode.workspace.onDidGrantWorkspaceTrust(() => update()),
    vscode.workspace.onDidChangeWorkspaceFolders(() => update()),
  );
  return {
    get configuredHubs() {
      return hubs.hubs;
    },
    get verifyCertificates() {
      return vscode.workspace.getConfiguration("http").get("proxyStrictSSL", true);
    },
    get systemCertificates() {
      return vscode.workspace.getConfiguration("http").get("systemCertificates", true);
    },
    onDidChangeHubs: changed.event,
  };
}

function readConfiguredHubs(): OfferedHubs {
  const { isTrusted, workspaceFile, workspaceFolders = [] } = vscode.workspace;
  const { own, workspace } = inspectSetting("hubs");
  return offeredHubs({
    ...{ name: hubsSetting, own, folder: workspace, isTrusted },
    schemes: [...workspaceFolders.map(({ uri }) => uri.scheme), ...(workspaceFile ? [workspaceFile.scheme] : [])],
  });
}

function tell({ problems, folderProblems }: OfferedHubs, log: Logger): void {
  const all = [...problems, ...folderProblems];
  if (all.length === 0) return;
  for (const problem of all) log.warn(problem);
  const more = all.length > 1 ? ` (and ${all.length - 1} more, see the log)` : "";
  const whose = problems.length > 0 ? "your settings" : "the settings of this folder";
  void warnOfSetting(`A hub in ${whose} cannot be used. ${all[0] ?? ""}${more}`, hubsSetting);
}

/** Errors of VS Code's network may repeat a proxy's address with the credentials in it. */
function keepOutOfLogs(redactor: Redactor): void {
  const http = vscode.workspace.getConfiguration("http");
  const { env } = process;
  const addresses = [http.get<string>("proxy"), env["HTTPS_PROXY"], env["https_proxy"], env["HTTP_PROXY"], env["http_proxy"]];
  for (const address of addresses) {
    if (address === undefined || !URL.canParse(address)) continue;
    const { username, password } = new URL(address);
    if (password === "") continue;
    redactor.add(`${username}:${password}@`);
    redactor.add(decoded(password));
  }
  const authorization = http.get<string | null>("proxyAuthorization");
  if (authorization) redactor.add(authorization);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a lone % is taken as it is
  }
}

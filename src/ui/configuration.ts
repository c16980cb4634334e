// The settings that app/ asks for: configured hubs, and VS Code's own for certificates.
import * as vscode from "vscode";
import type { NetworkSettings } from "../app/ports";
import { Emitter } from "../base/event";
import type { Logger, Redactor } from "../base/log";
import { readHubs, type HubConfiguration } from "../hub/configuration";
import { warnOfSetting } from "./report";

const section = "jupyterhubConnect";
const hubsSetting = `${section}.hubs`;

/** The settings as they are at each moment. Elements that cannot be used are told to the person, once each time they change. */
export function networkSettings(subscriptions: vscode.ExtensionContext["subscriptions"], log: Logger, redactor: Redactor): NetworkSettings {
  const changed = new Emitter<void>(log);
  let hubs = readConfiguredHubs();
  tell(hubs.problems, log);
  keepOutOfLogs(redactor);
  const update = (event?: vscode.ConfigurationChangeEvent): void => {
    if (event === undefined || event.affectsConfiguration("http")) keepOutOfLogs(redactor);
    if (event !== undefined && !event.affectsConfiguration(hubsSetting)) return;
    const before = JSON.stringify(hubs);
    hubs = readConfiguredHubs();
    if (JSON.stringify(hubs) === before) return;
    tell(hubs.problems, log);
    changed.fire();
  };
  // A folder that becomes trusted brings its own settings.
  subscriptions.push(changed, vscode.workspace.onDidChangeConfiguration(update), vscode.workspace.onDidGrantWorkspaceTrust(() => update()));
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

/**
 * The hubs of the person or the machine, then those of a trusted folder: a folder may add a hub that nobody knows yet,
 * and may not change where a known one is reached or with which certificates.
 */
function readConfiguredHubs(): { hubs: readonly HubConfiguration[]; problems: readonly string[] } {
  const values = vscode.workspace.getConfiguration(section).inspect<unknown>("hubs");
  const own = readHubs(values?.globalValue, hubsSetting);
  const folder = vscode.workspace.isTrusted ? readHubs(values?.workspaceValue, `${hubsSetting} of this workspace`) : { hubs: [], problems: [] };
  const origins = new Set(own.hubs.map(originOf));
  return {
    hubs: [...own.hubs, ...folder.hubs.filter((hub) => !origins.has(originOf(hub)))],
    problems: [...own.problems, ...folder.problems],
  };
}

function originOf({ url }: HubConfiguration): string {
  return new URL(url).origin;
}

function tell(problems: readonly string[], log: Logger): void {
  if (problems.length === 0) return;
  for (const problem of problems) log.warn(problem);
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more, see the log)` : "";
  void warnOfSetting(`A hub in your settings cannot be used. ${problems[0] ?? ""}${more}`, hubsSetting);
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

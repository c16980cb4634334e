// Asking for the hub: an address to paste, or a pick among those that the institution has configured.
import * as vscode from "vscode";
import { parseAddress } from "../../hub/signIn/address";
import type { HubConfiguration } from "../../hub/signIn/configuration";
import { createQuickPick } from "../say/boxes";
import { configuredName, configuredPlace } from "../../hub/api/hubName";
import { ask, problemOf } from "./inputBox";

const title = "Sign in to a JupyterHub";
const prompt = "Paste the address of your JupyterHub, or of any page on it.";

/** Asks for a hub's address. @returns undefined where the user cancelled */
export async function askAddress(configured: readonly HubConfiguration[]): Promise<string | undefined> {
  if (configured.length > 0) return pickHub(configured);
  const answer = await ask({ title, prompt, placeholder: "https://hub.example.org", check: parseAddress });
  return answer && "text" in answer ? answer.text : undefined;
}

interface HubItem extends vscode.QuickPickItem {
  readonly address: string;
}

/** The configured hubs, and whatever is typed or pasted instead. */
function pickHub(configured: readonly HubConfiguration[]): Promise<string | undefined> {
  const known = configured.map((hub): HubItem => ({
    label: configuredName(hub),
    description: configuredPlace(hub),
    iconPath: new vscode.ThemeIcon("server"),
    address: hub.url,
  }));
  const pick = createQuickPick<HubItem>();
  Object.assign(pick, {
    title,
    placeholder: "Choose your JupyterHub, or paste the address of another",
    ignoreFocusOut: true,
    matchOnDescription: true,
  });
  pick.items = known;
  return new Promise((resolve) => {
    let chosen: string | undefined;
    pick.onDidChangeValue((text) => {
      pick.items = text.trim() === "" ? known : [...known, typed(text)];
    });
    pick.onDidAccept(() => {
      const [item] = pick.selectedItems;
      if (!item || problemOf(() => parseAddress(item.address)) !== undefined) return;
      chosen = item.address;
      pick.hide();
    });
    pick.onDidHide(() => {
      pick.dispose();
      resolve(chosen);
    });
    pick.show();
  });
}

/** The pick for a typed address; it says why where it is none. */
function typed(text: string): HubItem {
  const problem = problemOf(() => parseAddress(text));
  if (problem !== undefined) return { label: problem, alwaysShow: true, iconPath: new vscode.ThemeIcon("info"), address: text };
  const { url } = parseAddress(text);
  return {
    label: `Sign in to ${url.host}${url.pathname.replace(/\/$/, "")}`,
    alwaysShow: true,
    iconPath: new vscode.ThemeIcon("link"),
    address: text,
  };
}

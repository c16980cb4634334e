// Hubs in the user's settings: adding one, and taking one out.
import type { HubRow } from "../../app/hubTree/rows";
import { ProductError } from "../../base/errors";
import { parseAddress } from "../../hub/signIn/address";
import { readHubs, type HubConfiguration } from "../../hub/signIn/configuration";
import { configuredName, configuredPlace } from "../../hub/api/hubName";
import { confirm } from "../confirm";
import type { AppContext } from "../context";
import { showQuickPick } from "../say/boxes";
import { inspectSetting, settingId, writeSetting } from "../settings";
import { ask } from "../signIn/inputBox";

/** Arguments of a caller: the hub's address, or that of any page on it. */
export interface HubArguments {
  readonly url: string;
  /** Nothing is asked. */
  readonly confirmed?: true;
}

/** Asks for a hub's address and keeps the hub in the settings. @throws ProductError where it is no address, or known */
export async function addHub(given?: HubArguments): Promise<void> {
  const prompt = "Paste the address of a JupyterHub, or of any page on it. It is kept in your settings; sign in when you like.";
  const box = { title: "Add a JupyterHub", prompt, placeholder: "https://hub.example.org", check: parseAddress };
  const answer = given?.confirmed ? { text: given.url } : await ask({ ...box, ...(given && { value: given.url }) });
  if (!answer || !("text" in answer)) return;
  const { candidates, url: pasted } = parseAddress(answer.text);
  // The hub says at sign-in what its base URL is; the entry holds for everything below it.
  const url = candidates[0] ?? pasted;
  const { own, raw } = read();
  if (own.some((hub) => isSame(hub, url))) throw new ProductError("conflict", `${url.host} is in your settings already.`);
  await write([...raw, { url: url.href }]);
}

/** Takes a hub out of the settings, after asking. Accounts on it stay signed in. @throws ProductError where it is not the user's own */
export async function removeHub(app: AppContext, given: HubRow | HubArguments | undefined): Promise<void> {
  const hub = given && "kind" in given ? given.hub.url : (given?.url ?? (await pick(app)));
  if (hub === undefined) return;
  const url = new URL(hub);
  const { own, raw } = read();
  if (!own.some((each) => isSame(each, url))) {
    throw new ProductError("usage", `${url.host} is not in your own settings but in those of this folder or computer. Remove it there.`);
  }
  const asks = !given || "kind" in given || !given.confirmed;
  const detail = "The entry with its certificates and OAuth client goes; files and accounts stay.";
  if (asks && !(await confirm({ title: `Remove ${url.host} from your settings?`, detail, button: "Remove" }))) return;
  await write(raw.filter((each) => !isOf(each, url)));
}

async function pick({ hubs }: AppContext): Promise<string | undefined> {
  if (hubs.configured.length === 0) throw new ProductError("usage", "There is no hub in your settings.");
  const items = hubs.configured.map((hub) => ({ label: configuredName(hub), description: configuredPlace(hub), url: hub.url }));
  return (await showQuickPick(items, { title: "Remove which hub from your settings?" }))?.url;
}

function read(): { readonly own: readonly HubConfiguration[]; readonly raw: readonly unknown[] } {
  const { own } = inspectSetting("hubs");
  return { own: readHubs(own, settingId("hubs")).hubs, raw: Array.isArray(own) ? own : [] };
}

async function write(hubs: readonly unknown[]): Promise<void> {
  await writeSetting("hubs", hubs.length === 0 ? undefined : hubs);
}

function isSame(hub: HubConfiguration, url: URL): boolean {
  return new URL(hub.url).href === url.href;
}

/** An entry as it stands in the settings, whatever it is. */
function isOf(entry: unknown, url: URL): boolean {
  const text = typeof entry === "object" && entry !== null && "url" in entry ? entry.url : undefined;
  return typeof text === "string" && URL.canParse(text) && new URL(text).href === url.href;
}

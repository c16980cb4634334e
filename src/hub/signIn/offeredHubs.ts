// Hubs offered by the settings: those of the user and the computer, and what a folder may add: an address and a label, nothing else,
// once the folder is trusted, and never for a host that the user or the computer has configured. A path of a file on this computer, or a
// client to sign in with, would let whoever wrote the folder have it sent to a host of theirs. Every other setting of the extension is
// `application` or `machine`.
import { readFolderHubs, readHubs, type ReadHubs } from "./configuration";

/** The setting as it is, and where the folder that says its part of it comes from. */
export interface HubSettings {
  /** How problems name the setting. */
  readonly name: string;
  /** Its value in the settings of the user and the computer. */
  readonly own: unknown;
  /** Its value in those of the workspace: of the folder, or of the workspace file. */
  readonly folder: unknown;
  /** Whether the user trusts the workspace. */
  readonly isTrusted: boolean;
  /** The schemes of the URIs of all its folders and of its file. */
  readonly schemes: readonly string[];
}

export interface OfferedHubs extends ReadHubs {
  /** Problems of the folder's entries. */
  readonly folderProblems: readonly string[];
}

/**
 * Where VS Code asks before it trusts. Folders of all other file systems, ours among them, it trusts without asking
 * (but for vscode-vfs, whose folders are other people's repositories). `untitled` is a workspace file that is not saved yet.
 */
const asked = new Set(["file", "vscode-remote", "untitled"]);

/**
 * A folder that the user was asked about may add hubs, and changes none: neither where one of the user or the
 * computer is reached, nor with what. A workspace with anything from elsewhere in it says nothing.
 */
export function offeredHubs({ name, own, folder, isTrusted, schemes }: HubSettings): OfferedHubs {
  const known = readHubs(own, name);
  const speaks = isTrusted && schemes.every((scheme) => asked.has(scheme));
  const added = speaks ? readFolderHubs(folder, name) : { hubs: [], problems: [] };
  const taken = known.hubs.map(({ url }) => new URL(url));
  return {
    hubs: [...known.hubs, ...added.hubs.filter(({ url }) => !taken.some((hub) => isOf(new URL(url), hub)))],
    ...{ problems: known.problems, folderProblems: added.problems },
  };
}

/** Whether an address is one of the hub's origin, or of its host without encryption. */
function isOf(address: URL, hub: URL): boolean {
  return address.origin === hub.origin || (address.protocol === "http:" && hub.protocol === "https:" && address.hostname === hub.hostname);
}

// A VS Code as a person has it: the packaged extension installed, a folder open, no test driver.
import { cpSync, mkdirSync, readdirSync } from "node:fs";
import path from "node:path";
import type { Browser } from "playwright-core";
import { messageOf } from "../../../src/base/errors";
import { out } from "../paths";
import { tail } from "../processes/run";
import { launchBrowser } from "./browser";
import { startCodeServer, type CodeServer } from "./codeServer";
import type { Settings } from "./settings";
import { Workbench } from "./workbench";

/** What to open. */
export interface PersonWindowOptions {
  /** Files to copy into the folder that the window opens. */
  readonly files: readonly string[];
  /** The packaged extension; default: the newest that `npm run package` made. */
  readonly vsix?: string;
  /** Further packaged extensions (.vsix). */
  readonly others?: readonly string[];
  /** As in `CodeServerOptions`. */
  readonly installs?: boolean;
  readonly settings?: Settings;
  readonly machineSettings?: Settings;
  /** Of code-server; default: a free one. */
  readonly port?: number;
  /** As in `CodeServerOptions`. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A window and what it runs on. */
export interface PersonWindow {
  readonly workbench: Workbench;
  readonly server: CodeServer;
  readonly browser: Browser;
  /** The open folder. */
  readonly folder: string;
  /** Ends all of it. */
  close(): Promise<void>;
}

/** Starts code-server and a browser, opens the folder and trusts it. */
export async function openPersonWindow(options: PersonWindowOptions): Promise<PersonWindow> {
  const server = await startCodeServer({
    vsix: [options.vsix ?? packagedExtension(), ...(options.others ?? [])],
    installs: options.installs,
    ...(options.settings === undefined ? {} : { settings: options.settings }),
    ...(options.machineSettings === undefined ? {} : { machineSettings: options.machineSettings }),
    ...(options.port === undefined ? {} : { port: options.port }),
    ...(options.env === undefined ? {} : { env: options.env }),
  });
  let browser: Browser | undefined;
  try {
    const folder = path.join(server.directory, "notebooks");
    mkdirSync(folder);
    for (const file of options.files) cpSync(file, path.join(folder, path.basename(file)));
    const opened = (browser = await launchBrowser());
    const workbench = await Workbench.open(opened, server.folderUrl(folder));
    await workbench.trust();
    const close = async (): Promise<void> => {
      await opened.close();
      await server.stop();
    };
    return { workbench, server, browser: opened, folder, close };
  } catch (error) {
    const printed = tail(server.log(), 20);
    await browser?.close();
    await server.stop();
    throw new Error(`VS Code's window did not open: ${messageOf(error)}${printed}`, { cause: error });
  }
}

/** The .vsix under out/. */
export function packagedExtension(): string {
  const name = readdirSync(out).find((file) => /^jupyterhub-connect-.*\.vsix$/.test(file));
  if (name === undefined) throw new Error("The extension is not packaged: npm run package.");
  return path.join(out, name);
}

// What runs inside an extension host, and how it ended.
import type { Page } from "playwright-core";
import type { Settings } from "./settings";

/** `electron` is the desktop VS Code. */
export const hostNames = ["electron", "code-server"] as const;
export type HostName = (typeof hostNames)[number];

/** What to run, and where. */
export interface ExtensionHostRun {
  /** Default: the desktop VS Code where it can be had, else code-server. */
  readonly host?: HostName | undefined;
  /** The extension under test; default: this repository. */
  readonly extensionPath?: string;
  /** A TypeScript file (relative to the repository) that exports `run(): Promise<void>`; its rejection is a failure. */
  readonly entry: string;
  /** Further TypeScript files to bundle; their bundles' paths reach `entry` as `files` beside `parameters`. */
  readonly files?: readonly string[];
  /** Reaches `entry` through a file that only this user may read and that is deleted on reading. */
  readonly parameters?: unknown;
  /** The folder that the window has open. */
  readonly workspace: string;
  /** Added to extensionHostSettings. */
  readonly settings?: Settings;
  /** The whole run ends with an error after so many milliseconds. */
  readonly timeout: number;
  /** Each line that `entry` prints (see inHost/print.ts); VS Code's own console output is not among them. */
  readonly onLine: (line: string) => void;
  /** Given the window once it is open, to do in it what only a person can; code-server only. */
  readonly onWindow?: (page: Page) => void;
  /** The extension host waits at this port for a debugger before it begins. */
  readonly inspectPort?: number | undefined;
}

/** How it ended. A host that could not run, hung or crashed is an exception instead. */
export interface ExtensionHostResult {
  /** Which host ran, with version. */
  readonly host: string;
  /** Whether `run()` resolved. */
  readonly ok: boolean;
  /** The records of level error in the extension's log. */
  readonly errors: readonly string[];
}

/** One host's way to run; `testsPath` is the bundled entry. */
export type HostRun = Required<Pick<ExtensionHostRun, "extensionPath" | "workspace" | "settings" | "timeout" | "onLine">> & {
  readonly testsPath: string;
} & Pick<ExtensionHostRun, "onWindow" | "inspectPort">;

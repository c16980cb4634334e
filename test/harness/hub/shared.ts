// One hub for a whole mocha run (--require this file): started before the first test, stopped after the last.
import type { HubVersion } from "../install/python";
import { startHub, type TestHub } from "./hub";

// On globalThis, since mocha may load this file by another way than the tests do and so get another copy of it.
const place = globalThis as { jupyterHubConnectSharedHub?: TestHub };

/** The hub of this mocha run. Users and servers are shared too: a test cleans up what it started. */
export function sharedHub(): TestHub {
  const hub = place.jupyterHubConnectSharedHub;
  if (hub === undefined) throw new Error('No shared hub: run this suite with "npm run test:services".');
  return hub;
}

/** The hubs, with their servers, on which suites run: the newest, the one before, the oldest that is supported. */
const stacks = { newest: 6, previous: 5, oldest: 3 } as const satisfies Record<string, HubVersion>;

/** The stack of this run, by its name. */
const stack = process.env.JUPYTERHUB_CONNECT_STACK ?? "newest";

/** The version of this run's hubs. */
export const stackVersion: HubVersion = isStack(stack) ? stacks[stack] : stacks.newest;

/** Whether this run is on the oldest stack, for what old servers do not have. */
export const onOldestStack = stack === "oldest";

/**
 * Takes `--stack NAME` out of a command's arguments; suites started from here on run on that.
 * @returns the version of its hubs
 * @throws Error where there is no such stack
 */
export function takeStack(args: string[]): HubVersion {
  const at = args.indexOf("--stack");
  if (at < 0) return stackVersion;
  const [, name = ""] = args.splice(at, 2);
  if (!isStack(name)) throw new Error(`There is no stack "${name}"; there are ${Object.keys(stacks).join(", ")}.`);
  process.env.JUPYTERHUB_CONNECT_STACK = name;
  return stacks[name];
}

function isStack(name: string): name is keyof typeof stacks {
  return Object.hasOwn(stacks, name);
}

/** Called by mocha before all tests. */
export async function mochaGlobalSetup(): Promise<void> {
  place.jupyterHubConnectSharedHub = await startHub({ version: stackVersion });
}

/** Called by mocha after all tests. */
export async function mochaGlobalTeardown(): Promise<void> {
  await place.jupyterHubConnectSharedHub?.stop();
}

// One hub for a whole mocha run (--require this file): started before the first test, stopped after the last.
import { startHub, type TestHub } from "./hub";

// On globalThis, since mocha may load this file by another way than the tests do and so get another copy of it.
const place = globalThis as { jupyterHubConnectSharedHub?: TestHub };

/** The hub of this mocha run. Users and servers are shared too: a test cleans up what it started. */
export function sharedHub(): TestHub {
  const hub = place.jupyterHubConnectSharedHub;
  if (hub === undefined) throw new Error('No shared hub: run this suite with "npm run test:services".');
  return hub;
}

/** The newest and the oldest hub and server that are supported. */
export const stackNames = ["newest", "oldest"] as const;

/** Whether this run is on the oldest stack, for what old servers do not have. */
export const onOldestStack = process.env.JUPYTERHUB_CONNECT_STACK === "oldest";

/** Called by mocha before all tests. */
export async function mochaGlobalSetup(): Promise<void> {
  place.jupyterHubConnectSharedHub = await startHub({ version: onOldestStack ? 3 : 6 });
}

/** Called by mocha after all tests. */
export async function mochaGlobalTeardown(): Promise<void> {
  await place.jupyterHubConnectSharedHub?.stop();
}

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

/** Called by mocha before all tests. */
export async function mochaGlobalSetup(): Promise<void> {
  place.jupyterHubConnectSharedHub = await startHub();
}

/** Called by mocha after all tests. */
export async function mochaGlobalTeardown(): Promise<void> {
  await place.jupyterHubConnectSharedHub?.stop();
}

// The test hub as tests inside the extension host see it.
import * as v from "valibot";
import { hubApi, type HubApi } from "../../hub/api";
import { startUserServer, stopUserServer } from "../../hub/servers";
import type { TestUser } from "../../hub/users";

const userModel = v.object({ name: v.string(), password: v.string(), token: v.string() });

/** What the harness passes in. */
export const testHubModel = v.object({ url: v.string(), version: v.string(), users: v.array(userModel), admin: userModel });
export type TestHubData = v.InferOutput<typeof testHubModel>;

/** A running test hub: the part of TestHub that works from another process. */
export interface InHostTestHub extends TestHubData {
  /** The REST API with administrator's rights. */
  readonly api: HubApi;
  /** The user of that name. */
  user(name: string): TestUser;
  /** Starts a user's server unless it runs, waits until it is ready; resolves with its address. */
  startServer(user: string, server?: string, options?: object): Promise<string>;
  /** Stops a user's server and waits until it is gone; a named one is also forgotten with `remove`. */
  stopServer(user: string, server?: string, remove?: boolean): Promise<void>;
}

// On globalThis, since each test file is a bundle with its own copy of this module.
const place = globalThis as { jupyterHubConnectTestHub?: TestHubData };

/** Called once, before the tests. */
export function setTestHub(hub: TestHubData): void {
  place.jupyterHubConnectTestHub = hub;
}

/** The hub of this run; its users and servers are shared by all tests, which clean up after themselves. */
export function testHub(): InHostTestHub {
  const data = place.jupyterHubConnectTestHub;
  if (data === undefined) throw new Error('No test hub: run this suite with "npm run test:vscode".');
  const api = hubApi(data.url, data.admin.token);
  return {
    ...data,
    api,
    user: (name) => {
      const user = data.users.find((candidate) => candidate.name === name);
      if (user === undefined) throw new Error(`The test hub has no user ${name}.`);
      return user;
    },
    startServer: (user, server, options) => startUserServer(api, data.url, user, server, options),
    stopServer: (user, server, remove) => stopUserServer(api, user, server, remove),
  };
}

// Users of the hub that the suites share.
import { sharedHub } from "../../harness/hub/shared";
import type { HubUser } from "../../harness/vscode/hubSteps";

/** A user who signs in with a token; to be asked for once the hub runs, which it does inside hooks and tests. */
export function hubUser(name: string): HubUser {
  const { url } = sharedHub();
  return { url, name, token: sharedHub().user(name).token };
}

// Clean-up after a sign-out, in this window or another: deletes the journals of runs on the account's servers. A window
// that goes on with a kernel of that account records nothing any more.
import type { Disposable } from "../../base/disposable";
import type { Hubs } from "./hubs";
import type { Journals } from "../notebooks/journals";

/** Deletes the journals of each account that leaves `hubs`. */
export function forgetSignedOut(hubs: Hubs, journals: Journals): Disposable {
  const known = new Set(hubs.accounts.map(({ id }) => id));
  return hubs.onDidChange(() => {
    const present = new Set(hubs.accounts.map(({ id }) => id));
    // Each window does so when it hears of it: one that had a cell running may have written in between.
    for (const id of known) {
      if (present.has(id)) continue;
      known.delete(id);
      journals.forgetAccount(id);
    }
    for (const id of present) {
      known.add(id);
      journals.rememberAccount(id);
    }
  });
}

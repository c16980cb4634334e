// The session of the hub's pages, for users who choose there what a server starts with: it is kept for an hour only.
import { ProductError, hasCode, messageOf } from "../../base/errors";
import type { Account } from "../../hub/account/account";
import { hubName } from "../../hub/api/hubName";
import type { AppContext } from "../context";
import { withPatience } from "../patience";
import { ask } from "../signIn/inputBox";

/** How often a wrong password is asked for again. */
const attempts = 3;

/**
 * The session that the account has, else one for its password, which the user is asked for.
 * @returns its cookies, a secret; undefined where the user cancelled
 * @throws ProductError why the hub could not be asked, or takes no password
 */
export async function pageSession({ hubs }: AppContext, account: Account): Promise<string | undefined> {
  let problem: string | undefined;
  for (let attempt = 1; account.pageSession.cookies === undefined; attempt++) {
    const answer = await ask({
      title: `Sign in to the pages of ${hubName(account.hub)}`,
      prompt: `The password of ${account.userName}, to see what there is to choose. It is sent to the hub once, and kept nowhere.`,
      placeholder: "Password",
      password: true,
      ...(problem !== undefined && { problem }),
      check: (text) => {
        if (text === "") throw new ProductError("usage", "Type your password.");
      },
    });
    if (!answer || !("text" in answer)) return undefined;
    try {
      await withPatience(`Signing in to the pages of ${hubName(account.hub)}…`, (signal) =>
        hubs.logInToPages(account, answer.text, signal),
      );
    } catch (error) {
      if (!hasCode(error, "signed-out") || attempt === attempts) throw error;
      problem = messageOf(error);
    }
  }
  return account.pageSession.cookies;
}

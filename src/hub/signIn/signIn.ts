// Signing in: from a pasted address, by one of the login methods, to a token that the hub has accepted.
import { ProductError, hasCode } from "../../base/errors";
import { serverSettings, type ServerSettings, type ServerSettingsOptions } from "../../transport/settings";
import { isPlainHttpElsewhere, parseAddress, type HubAddress } from "./address";
import { findHub, type FoundHub } from "./findHub";
import type { OAuthClient } from "./configuration";
import { hubName } from "../api/hubName";
import { revoke, type TokenTerms } from "../account/mint";
import type { PageLogin } from "./passwordSignIn";
import { findPlainServer } from "../api/plainServer";
import { cancelled, SignInAttempt, type SignedIn } from "./signInAttempt";
import type { SignInGiven, SignInPort } from "./signInPort";
import { cleanToken } from "./tokenText";
import { waysIn } from "./loginMethods";

export type { SignedIn } from "./signInAttempt";
export type * from "./signInPort";
export { cleanToken, tokenProblem } from "./tokenText";

/** Settings of the requests (agent, fetch, log …), and how to abort. */
export type SignInOptions = Partial<Omit<ServerSettingsOptions, "baseUrl" | "token">> & {
  readonly signal?: AbortSignal | undefined;
  /** How a token of our own is minted; without, what was given is used. */
  readonly terms?: TokenTerms | undefined;
  /** The OAuth client that is configured for a hub. */
  readonly oauth?: ((hub: URL) => OAuthClient | undefined) | undefined;
  /** Signs in to the hub's pages too, where a password is the way in. */
  readonly logIn?: PageLogin | undefined;
};

/**
 * Finds the hub, authenticates by the first login method that applies (a given token or password, a token in the address, what the
 * hub's sign-in page asks for, a pasted token), and mints a token of our own. Nothing is stored; what fails or is
 * cancelled leaves no token on the hub.
 * @throws ProductError `address` (no address, or a token or password that was given for another host than the hub's),
 * `not-a-hub`, `signed-out` (the token or password is not taken), `forbidden` (a token that is of no use), `aborted` (the
 * user cancelled), or why the hub could not be asked.
 */
export async function signIn(given: SignInGiven, port: SignInPort, options: SignInOptions = {}): Promise<SignedIn> {
  const address = parseAddress(given.address);
  if (given.token !== undefined) cleanToken(given.token); // what cannot be one is not worth a request
  const { signal, terms, logIn } = options;
  const { url: hub, version, isHub } = await find(address, options);
  if (hub.host !== address.url.host) await agreeToHost(hub, address, given, port);
  if (isPlainHttpElsewhere(hub) && !(await port.confirmPlainHttp(hub))) throw cancelled();

  const settings = settingsOf(hub, options, isHub);
  if (hub.protocol === "https:" && (await settings.tls(hub))?.rejectUnauthorized === false) port.warnUnverified?.(hub);
  const way = new SignInAttempt({ settings, version, address, port, signal, terms, logIn });
  if (!isHub) return way.toPlainServer(given.token ?? given.password);
  if (given.token !== undefined) return way.withToken(cleanToken(given.token));
  if (given.userName !== undefined && given.password !== undefined) {
    return way.withPassword({ userName: given.userName, password: given.password });
  }
  let problem: string | undefined;
  if (address.token !== undefined) {
    try {
      return await way.withToken(cleanToken(address.token));
    } catch (error) {
      if (!hasCode(error, "signed-out")) throw error;
      problem = error.message;
    }
  }
  const client = options.oauth?.(hub);
  if (client && port.openOAuth && problem === undefined) {
    try {
      return await way.withOAuth(await port.openOAuth(client, hub));
    } catch (error) {
      // The user is there: what the client cannot do, a token can.
      if (!hasCode(error, "forbidden", "signed-out", "unsupported")) throw error;
      return way.askingForToken(false, error.message);
    }
  }
  const { passwordForm } = await waysIn(settings, signal);
  if (passwordForm && problem === undefined) {
    const done = await way.askingForPassword(passwordForm.further, given.userName);
    if (done !== "token") return done;
  }
  return way.askingForToken(passwordForm === undefined, problem);
}

/**
 * What was given, in the address or beside it, is for the host that was pasted. A redirect, or the host above a user's
 * own, may lead to another: whether that is theirs only the user knows, and what a caller gives does not go there.
 * @throws ProductError `address` where a caller has given a token or password, `aborted` where the user does not agree
 */
async function agreeToHost(hub: URL, { url: pasted }: HubAddress, given: SignInGiven, port: SignInPort): Promise<void> {
  if (given.token !== undefined || given.password !== undefined) {
    throw new ProductError(
      "address",
      `${pasted.host} leads to a hub on another host, ${hub.host}. What was given is not sent there. If that is your hub, sign in to ${hub.href}`,
    );
  }
  if (!(await port.confirmOtherHost?.(pasted, hub))) throw cancelled();
}

/** The hub at an address, else the Jupyter server there. */
async function find(address: HubAddress, options: SignInOptions): Promise<FoundHub & { readonly isHub: boolean }> {
  try {
    return { ...(await findHub(address, options)), isHub: true };
  } catch (error) {
    if (!hasCode(error, "not-a-hub")) throw error;
    // Nobody has hosts of their own below such a server's: the host above the pasted one is a stranger's.
    const candidates = address.candidates.filter(({ host }) => host === address.url.host);
    const server = await findPlainServer({ ...address, candidates }, options);
    if (!server) throw error;
    return { ...server, isHub: false };
  }
}

/** Revokes what was minted for a sign-in that is not kept. */
export async function abandon({ hub, user, secret }: SignedIn, options: SignInOptions = {}): Promise<void> {
  await revoke(settingsOf(hub, options), { secret, userName: user.name });
}

function settingsOf(hub: URL, options: SignInOptions, isHub = true): ServerSettings {
  return serverSettings({ ...options, baseUrl: hub, tokenPath: isHub ? "hub/api/" : "", label: hubName(hub) });
}

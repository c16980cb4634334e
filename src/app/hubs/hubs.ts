// Known hubs and the accounts on them.
import * as v from "valibot";
import { throwIfAborted } from "../../base/async";
import { DisposableStore, type Disposable } from "../../base/disposable";
import { Emitter } from "../../base/event";
import { Account, accountOf } from "../../hub/account/account";
import { configurationFor, type HubConfiguration, type OAuthClient } from "../../hub/signIn/configuration";
import { logIn } from "../../hub/pages/pages";
import { isHostOfHub } from "../../hub/api/serverPlace";
import { abandon, signIn, type SignedIn, type SignInGiven, type SignInPort } from "../../hub/signIn/signIn";
import { partsOfCookies } from "../../transport/credential";
import type { ServerSettingsOptions } from "../../transport/settings";
import { Network } from "./network";
import type { Ports } from "../ports";

const remembered = v.object({ hub: v.pipe(v.string(), v.url()), userName: v.string() });
const prefix = "account:";

/** The accounts that have been signed in and not out again, as remembered, whether or not their tokens still hold. */
export class Hubs implements Disposable {
  readonly #ports: Ports;
  readonly #network: Network | undefined;
  readonly #accounts = new Map<string, Account>();
  readonly #changed: Emitter<void>;
  readonly #resources = new DisposableStore();

  constructor(ports: Ports) {
    this.#ports = ports;
    this.#network = ports.network && new Network(ports.network);
    this.#changed = new Emitter(ports.log);
    for (const key of ports.memory.keys()) {
      if (key.startsWith(prefix)) this.#remember(ports.memory.get(key));
    }
    const watch = ports.tokens.onDidChange?.((id) => this.#followOtherWindows(id));
    if (watch) this.#resources.add(watch);
    const configuration = ports.network?.onDidChangeHubs(() => this.#changed.fire());
    if (configuration) this.#resources.add(configuration);
  }

  /** Fired when accounts or configured hubs come or go, or an account becomes signed in or out or has another token. */
  get onDidChange() {
    return this.#changed.event;
  }

  get accounts(): readonly Account[] {
    return [...this.#accounts.values()];
  }

  /** Hubs that settings offer, whether or not anybody has signed in to them. */
  get configured(): readonly HubConfiguration[] {
    return this.#ports.network?.configuredHubs ?? [];
  }

  /** The configured hubs that nobody has signed in to. */
  get unused(): readonly HubConfiguration[] {
    return this.configured.filter((hub) => !this.accounts.some((account) => configurationFor(account.hub, [hub]) !== undefined));
  }

  find(id: string): Account | undefined {
    return this.#accounts.get(id);
  }

  /**
   * Signs in, asking what is not given. The account is there when it resolves, and not before: what fails or is
   * cancelled leaves none, and no token on the hub.
   * @param given what was pasted: the hub's address, and the token or name and password if they are known already
   * @returns the account, the named server whose page was pasted, and what the user should know
   * @throws ProductError as `signIn` of hub/
   */
  async signIn(
    given: SignInGiven,
    port: SignInPort,
    signal?: AbortSignal,
  ): Promise<{ readonly account: Account; readonly server: string; readonly notice: string | undefined }> {
    const oauth = (hub: URL): OAuthClient | undefined => configurationFor(hub, this.configured)?.oauth;
    const options = { ...this.#settings(), terms: this.#ports.tokenTerms?.(), oauth, logIn };
    const signedIn = await signIn(given, port, { ...options, signal });
    let account: Account;
    try {
      throwIfAborted(signal);
      account = await this.#keep(signedIn);
      this.#keepSession(account, signedIn.pageCookies);
      await this.#revokeLeft(account);
    } catch (error) {
      await abandon(signedIn, options);
      throw error;
    }
    this.#changed.fire();
    return { account, server: signedIn.server ?? "", notice: signedIn.notice };
  }

  /**
   * Signs in to the hub's pages for an account whose session there is over.
   * @throws ProductError `signed-out` where the password is not taken; `unsupported` where the hub has no such form
   */
  async logInToPages(account: Account, password: string, signal?: AbortSignal): Promise<void> {
    this.#keepSession(account, await logIn(account.client.settings, account.userName, password, { signal }));
  }

  /**
   * Forgets the account and its tokens, and revokes those that are ours.
   * @returns whether no token of ours is left on the hub
   */
  async signOut(account: Account): Promise<boolean> {
    this.#accounts.delete(account.id);
    this.#changed.fire();
    await this.#ports.memory.set(prefix + account.id, undefined);
    const family = await account.family();
    const gone = await account.signOut();
    // The hub could not be reached, or had revoked the token that revokes the others.
    if (!gone && family !== undefined) await this.#ports.memory.set(leftPrefix(account) + family, true);
    account.dispose();
    return gone;
  }

  dispose(): void {
    for (const account of this.accounts) account.dispose();
    this.#resources.dispose();
    this.#changed.dispose();
  }

  async #keep({ hub, user, secret }: SignedIn): Promise<Account> {
    const known = new Set(this.#accounts.keys());
    const account = this.#add(hub, user.name);
    try {
      // First, since other windows look here when the token comes.
      await this.#ports.memory.set(prefix + account.id, { hub: hub.href, userName: user.name });
      await account.signIn(secret);
      return account;
    } catch (error) {
      if (!known.has(account.id)) {
        this.#drop(account);
        await this.#ports.memory.set(prefix + account.id, undefined);
      }
      throw error;
    }
  }

  /** The session of the hub's pages is kept in this window's memory, and nowhere else. */
  #keepSession(account: Account, cookies: string | undefined): void {
    if (cookies === undefined) return;
    for (const part of partsOfCookies(cookies)) this.#ports.hide?.(part);
    account.pageSession.keep(cookies);
  }

  /** Tokens that earlier sign-outs had to leave on the hub are revoked by the next sign-in. */
  async #revokeLeft(account: Account): Promise<void> {
    const { memory } = this.#ports;
    const before = leftPrefix(account);
    for (const key of memory.keys()) {
      if (key.startsWith(before) && (await account.revokeLeft(key.slice(before.length)))) await memory.set(key, undefined);
    }
  }

  #remember(value: unknown): void {
    const result = v.safeParse(remembered, value);
    if (result.success) this.#add(new URL(result.output.hub), result.output.userName);
    else this.#ports.log.warn("A remembered account cannot be read and is left out");
  }

  #add(hub: URL, userName: string): Account {
    const made = new Account({
      ...{ hub, userName, store: this.#ports.tokens, terms: this.#ports.tokenTerms },
      settings: this.#settings(hub),
    });
    const known = this.#accounts.get(made.id);
    if (known) {
      made.dispose();
      return known;
    }
    this.#accounts.set(made.id, made);
    made.onDidChangeState(() => this.#changed.fire());
    return made;
  }

  /** Of requests to `hub` and its servers; a server elsewhere is shown no certificate of the hub's. Without, to whatever hub is asked. */
  #settings(hub?: URL): Pick<ServerSettingsOptions, "log" | "tls" | "timeouts"> {
    const network = this.#network;
    const { log, timeouts } = this.#ports;
    return { log, ...(timeouts && { timeouts }), ...(network && { tls: (url) => network.tls(hub && isHostOfHub(hub, url) ? hub : url) }) };
  }

  #drop(account: Account): void {
    this.#accounts.delete(account.id);
    account.dispose();
  }

  /**
   * A record was stored or deleted, perhaps in another window. The account is known by the record's id alone: what
   * windows remember may come later than what they keep secret.
   */
  async #followOtherWindows(id: string): Promise<void> {
    const about = accountOf(id);
    if (!about) return;
    const stored = (await this.#ports.tokens.get(id)) !== undefined;
    const known = this.#accounts.get(id);
    if (!stored && !known) return;
    if (!stored && known) this.#drop(known);
    if (stored && !known) this.#add(about.hub, about.userName);
    this.#changed.fire();
  }
}

/** Key prefix of the marks of tokens that could not be revoked at sign-out. */
function leftPrefix(account: Account): string {
  return `left:${account.id}#`;
}

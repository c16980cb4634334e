// Known hubs and the accounts on them.
import * as v from "valibot";
import { DisposableStore, type Disposable } from "../base/disposable";
import { Emitter } from "../base/event";
import { Account } from "../hub/account";
import { signInWithToken, type SignInPort } from "../hub/signIn";
import type { ServerSettingsOptions } from "../transport/settings";
import { Network } from "./network";
import type { Ports } from "./ports";

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
    const watch = ports.tokens.onDidChange?.(() => this.#followOtherWindows());
    if (watch) this.#resources.add(watch);
  }

  /** Fired when accounts come or go, or one becomes signed in or out. */
  get onDidChange() {
    return this.#changed.event;
  }

  get accounts(): readonly Account[] {
    return [...this.#accounts.values()];
  }

  find(id: string): Account | undefined {
    return this.#accounts.get(id);
  }

  /**
   * Signs in with a token; the hub is asked at once whether it holds.
   * @param given what was pasted: the hub's address, and the token if it is known already
   * @returns the account, and the named server whose page was pasted
   * @throws ConnectError as `signInWithToken`
   */
  async signIn(
    given: { readonly address: string; readonly token?: string },
    port: SignInPort,
    signal?: AbortSignal,
  ): Promise<{ readonly account: Account; readonly server: string }> {
    const { hub, user, token, server } = await signInWithToken(given, port, { ...this.#settings(), signal });
    const account = this.#add(hub, user.name);
    // First, since other windows look here when the token comes.
    await this.#ports.memory.set(prefix + account.id, { hub: hub.href, userName: user.name });
    await account.signIn(token);
    this.#changed.fire();
    return { account, server: server ?? "" };
  }

  /** Forgets the account and its token; the hub is not told. */
  async signOut(account: Account): Promise<void> {
    this.#accounts.delete(account.id);
    await this.#ports.memory.set(prefix + account.id, undefined);
    await account.signOut();
    account.dispose();
    this.#changed.fire();
  }

  dispose(): void {
    for (const account of this.accounts) account.dispose();
    this.#resources.dispose();
    this.#changed.dispose();
  }

  #remember(value: unknown): void {
    const result = v.safeParse(remembered, value);
    if (result.success) this.#add(new URL(result.output.hub), result.output.userName);
    else this.#ports.log.warn("A remembered account cannot be read and is left out");
  }

  #add(hub: URL, userName: string): Account {
    const made = new Account({ hub, userName, store: this.#ports.tokens, settings: this.#settings(hub) });
    const known = this.#accounts.get(made.id);
    if (known) {
      made.dispose();
      return known;
    }
    this.#accounts.set(made.id, made);
    made.onDidChangeState(() => this.#changed.fire());
    return made;
  }

  /** Of requests to `hub` and its servers, which may be on another host; without, to whatever hub is asked. */
  #settings(hub?: URL): Pick<ServerSettingsOptions, "log" | "tls"> {
    const network = this.#network;
    return { log: this.#ports.log, ...(network && { tls: (url) => network.tls(hub ?? url) }) };
  }

  /** Another window has signed in or out: its accounts are remembered where ours are. */
  #followOtherWindows(): void {
    const before = this.accounts;
    for (const key of this.#ports.memory.keys()) {
      if (key.startsWith(prefix) && !this.#accounts.has(key.slice(prefix.length))) this.#remember(this.#ports.memory.get(key));
    }
    for (const account of before) {
      if (this.#ports.memory.get(prefix + account.id) !== undefined) continue;
      this.#accounts.delete(account.id);
      account.dispose();
    }
    const now = this.accounts;
    if (now.length !== before.length || now.some((account) => !before.includes(account))) this.#changed.fire();
  }
}

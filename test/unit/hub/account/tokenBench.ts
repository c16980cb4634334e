// A minted token and the windows that use it: what tests of its life begin with.
import { Account, accountId } from "../../../../src/hub/account/account";
import { mint, type TokenTerms } from "../../../../src/hub/account/mint";
import { readSecret, writeSecret, type TokenRecord } from "../../../../src/hub/account/tokenRecord";
import { FakeHub } from "../../../fakes/hub";
import { waitFor } from "../../../harness/processes/wait";
import { FakeClock, hour } from "../../../fakes/clock";
import { MemoryStore } from "./memoryStore";
import { fixedToken, serverSettings, type ServerSettings } from "../../../../src/transport/settings";

export const day = 24 * hour;
export const terms: TokenTerms = { note: "JupyterHub Connect in Test on here", lifetime: (14 * day) / 1000 };

/** Ana's token in the store, and windows that use it. */
export class TokenBench {
  readonly windows: { account: Account; clock: FakeClock }[] = [];

  private constructor(
    readonly hub: FakeHub,
    readonly store: MemoryStore,
    readonly first: TokenRecord,
  ) {}

  static async start(): Promise<TokenBench> {
    const hub = await FakeHub.start();
    const store = new MemoryStore();
    const first = (await mint(settingsOf(hub, "good-token"), "ana", { terms })).secret;
    await store.set(accountId(hub.url, "ana"), writeSecret(first));
    hub.received.length = 0;
    return new TokenBench(hub, store, first);
  }

  async stop(): Promise<void> {
    for (const { account } of this.windows) account.dispose();
    await this.hub.stop();
  }

  settings(token: string): ServerSettings {
    return settingsOf(this.hub, token);
  }

  /** A window on a computer whose clock says 1970. */
  open(): Account {
    const clock = new FakeClock();
    const { hub, store } = this;
    const account = new Account({ hub: hub.url, userName: "ana", store, clock, terms: () => terms, settings: { timeouts: { retry: 1 } } });
    this.windows.push({ account, clock });
    return account;
  }

  async pass(ms: number): Promise<void> {
    this.hub.ahead += ms;
    for (const { clock } of this.windows) await clock.advance(ms);
  }

  stored(): TokenRecord {
    return readSecret(this.store.records.get(accountId(this.hub.url, "ana")) ?? "");
  }

  renewed(from: string): Promise<true> {
    return waitFor("a new token, and it alone", async () => this.stored().token !== from && this.hub.minted.size === 1, 5_000);
  }

  mints(): string[] {
    return this.hub.asked.filter((each) => each.startsWith("POST"));
  }
}

export function settingsOf(hub: FakeHub, token: string): ServerSettings {
  return serverSettings({ baseUrl: hub.url, token: fixedToken(token), timeouts: { retry: 1 } });
}

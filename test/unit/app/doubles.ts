// What the platform provides to app/, in memory: shared by "windows" as a person's VS Code shares it.
import type { Hubs } from "../../../src/app/hubs/hubs";
import type { Memory, Ports } from "../../../src/app/ports";
import { Emitter } from "../../../src/base/event";
import { nullLogger } from "../../../src/base/log";
import type { Account, TokenStore } from "../../../src/hub/account/account";
import type { TokenTerms } from "../../../src/hub/account/mint";
import type { SignInPort } from "../../../src/hub/signIn/signIn";
import type { FakeHub } from "../../fakes/hub";

/** Tokens and memory of one person, on one machine. */
export class MemoryPorts implements Ports {
  readonly log = nullLogger;
  /** What does not get through is tried again at once. */
  readonly timeouts = { retry: 1 };
  readonly secrets = new Map<string, string>();
  readonly values = new Map<string, unknown>();
  readonly #tokenChanged = new Emitter<string>();
  readonly tokenTerms?: () => TokenTerms;
  /** What the person answers about servers on other hosts, and what was asked. */
  confirmServerHost?: (hub: string, server: string) => Promise<boolean>;

  /** @param terms how tokens are minted; without, given ones are used */
  constructor(terms?: TokenTerms) {
    if (terms) this.tokenTerms = () => terms;
  }

  readonly tokens: TokenStore = {
    get: (id) => Promise.resolve(this.secrets.get(id)),
    set: async (id, token) => {
      this.secrets.set(id, token);
      this.#tokenChanged.fire(id);
    },
    delete: async (id) => {
      this.secrets.delete(id);
      this.#tokenChanged.fire(id);
    },
    ids: () => [...this.secrets.keys()],
    onDidChange: this.#tokenChanged.event,
  };

  readonly memory: Memory = {
    get: (key) => this.values.get(key),
    set: async (key, value) => {
      if (value === undefined) this.values.delete(key);
      else this.values.set(key, value);
    },
    keys: () => [...this.values.keys()],
  };
}

/** Nobody is there to be asked. */
export const nobody: SignInPort = {
  askToken: () => Promise.reject(new Error("Nobody is to be asked")),
  askPassword: () => Promise.reject(new Error("Nobody is to be asked")),
  confirmPlainHttp: () => Promise.reject(new Error("Loopback needs no confirmation")),
};

/** Signs in to `hub` with a token, asking nobody. */
export async function signIn(hubs: Hubs, hub: FakeHub, token = "good-token"): Promise<Account> {
  return (await hubs.signIn({ address: hub.url.href, token }, nobody)).account;
}

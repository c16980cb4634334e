// People who sign in to the test hub, and the hub's own list of their tokens.
import assert from "node:assert/strict";
import * as v from "valibot";
import { Hubs } from "../../../src/app/hubs/hubs";
import type { Account } from "../../../src/hub/account/account";
import { hubScopes, type TokenTerms } from "../../../src/hub/account/mint";
import { readSecret, type TokenRecord } from "../../../src/hub/account/tokenRecord";
import type { TestHub } from "../../harness/hub/hub";
import { sharedHub } from "../../harness/hub/shared";
import { MemoryPorts, nobody } from "../../unit/app/doubles";

export const terms: TokenTerms = { note: "JupyterHub Connect in a test", lifetime: 14 * 86_400 };
export const people = ["ana", "alice@example.org", "zoë müller"];
const tokenList = v.object({
  api_tokens: v.array(
    v.object({
      id: v.string(),
      note: v.nullable(v.string()),
      scopes: v.array(v.string()),
      expires_at: v.nullable(v.string()),
      created: v.string(),
    }),
  ),
});

/** The hub, and windows in which people sign in to it. */
export class SignInBench {
  readonly hub: TestHub = sharedHub();
  readonly ports = new MemoryPorts(terms);
  readonly #windows: Hubs[] = [];

  /** Another window. */
  open(): Hubs {
    const hubs = new Hubs(this.ports);
    this.#windows.push(hubs);
    return hubs;
  }

  /** Signs everybody out. @throws AssertionError where a token is left on the hub */
  async close(): Promise<void> {
    for (const hubs of this.#windows.splice(0)) {
      for (const account of hubs.accounts) await hubs.signOut(account);
      hubs.dispose();
    }
    for (const name of people) assert.deepEqual(await this.ours(name), [], `a token of ${name} is left on the hub`);
  }

  async tokensOf(name: string): Promise<v.InferOutput<typeof tokenList>["api_tokens"]> {
    const answer = await this.hub.api(`users/${encodeURIComponent(name)}/tokens`, {}, [200]);
    return v.parse(tokenList, await answer.json()).api_tokens;
  }

  async ours(name: string): Promise<v.InferOutput<typeof tokenList>["api_tokens"]> {
    return (await this.tokensOf(name)).filter(({ note }) => note?.startsWith(terms.note));
  }

  stored(account: Account): TokenRecord {
    return readSecret(this.ports.secrets.get(account.id) ?? "");
  }

  withPassword(hubs: Hubs, name: string, typed = name): ReturnType<Hubs["signIn"]> {
    return hubs.signIn({ address: this.hub.url, userName: typed, password: this.hub.user(name).password }, nobody);
  }

  withToken(hubs: Hubs, name: string, token = this.hub.user(name).token): ReturnType<Hubs["signIn"]> {
    return hubs.signIn({ address: this.hub.url, token }, nobody);
  }

  async mintAsHarness(name: string, body: object): Promise<{ id: string; token: string }> {
    const path = `users/${encodeURIComponent(name)}/tokens`;
    const init = { method: "POST", body: JSON.stringify(body), headers: { Authorization: `token ${this.hub.user(name).token}` } };
    const answer = await fetch(new URL(`hub/api/${path}`, this.hub.url), init);
    return v.parse(v.object({ id: v.string(), token: v.string() }), await answer.json());
  }

  /** What the hub makes of the least scopes, for a token that somebody else asks for. */
  async expanded(name: string): Promise<string[]> {
    const reference = await this.mintAsHarness(name, { note: "reference", scopes: hubScopes });
    const scopes = (await this.tokensOf(name)).find(({ id }) => id === reference.id)?.scopes ?? [];
    await this.hub.api(`users/${encodeURIComponent(name)}/tokens/${reference.id}`, { method: "DELETE" }, [204]);
    for (const scope of hubScopes) assert.ok(scopes.includes(`${scope}=${name}`), `${scope} is among ${scopes.join(" ")}`);
    assert.ok(!scopes.some((scope) => /share|admin|^users|inherit|self/.test(scope)), scopes.join(" "));
    return scopes.toSorted();
  }
}

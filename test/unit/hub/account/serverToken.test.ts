// The token of each server: minted for it alone, kept for all windows, renewed while used, revoked with the account.
import assert from "node:assert/strict";
import { hasCode, type ProductError } from "../../../../src/base/errors";
import { Account, accountId } from "../../../../src/hub/account/account";
import { hubScopes, mint, type TokenTerms } from "../../../../src/hub/account/mint";
import { givenSecret, readSecret, writeSecret, type TokenRecord } from "../../../../src/hub/account/tokenRecord";
import type { ServerIdentity } from "../../../../src/hub/account/serverToken";
import { fixedToken, serverSettings, type TokenProvider } from "../../../../src/transport/settings";
import { FakeHub, forbidden, type Received, type Scripted } from "../../../fakes/hub";
import { waitFor } from "../../../harness/processes/wait";
import { FakeClock, hour } from "../../../fakes/clock";
import { failure } from "../../../harness/failure";
import { MemoryStore } from "./memoryStore";

const terms: TokenTerms = { note: "Test", lifetime: 14 * 24 * 3_600 };
const mintTokens = "POST /hub/api/users/ana/tokens";

describe("a server token", () => {
  let hub: FakeHub;
  let store: MemoryStore;
  let hubToken: TokenRecord;
  const windows: { account: Account; clock: FakeClock }[] = [];

  beforeEach(async () => {
    hub = await FakeHub.start();
    store = new MemoryStore();
    const settings = serverSettings({ baseUrl: hub.url, token: fixedToken("good-token") });
    hubToken = (await mint(settings, "ana", { terms })).secret;
    await store.set(accountId(hub.url, "ana"), writeSecret(hubToken));
    hub.received.length = 0;
  });
  afterEach(async () => {
    for (const { account } of windows.splice(0)) account.dispose();
    await hub.stop();
  });

  const open = (): Account => {
    const clock = new FakeClock();
    const account = new Account({ hub: hub.url, userName: "ana", store, clock, terms: () => terms, settings: { timeouts: { retry: 1 } } });
    windows.push({ account, clock });
    return account;
  };
  const identity = (account: Account, name = "", owner = "ana"): ServerIdentity => ({
    id: owner === "ana" ? `${account.id}/${name}` : `${account.id}/shared/${owner}/${name}`,
    ...{ owner, name },
  });
  const own = (account: Account, name = ""): TokenProvider =>
    account.serverSettings(identity(account, name), new URL(`user/ana/${name}`, hub.url), "x").token;
  const bobs = (account: Account): TokenProvider =>
    account.serverSettings(identity(account, "gpu", "bob"), new URL("user/bob/gpu/", hub.url), "x").token;
  const pass = async (ms: number): Promise<void> => {
    hub.ahead += ms;
    for (const { clock } of windows) await clock.advance(ms);
  };
  const mints = (): number => hub.asked.filter((each) => each === mintTokens).length;
  const scopesOf = (token: string | undefined): readonly string[] | undefined => hub.minted.get(token ?? "")?.scopes;
  const all = (): readonly string[] =>
    [...hub.minted.values()].flatMap(({ scopes }) => (scopes.includes("tokens!user") ? "hub" : scopes)).sort();

  it("can use its server and nothing else, whoever's it is", async () => {
    const account = open();
    assert.deepEqual(scopesOf(await own(account).current()), ["access:servers!server=ana/"]);
    assert.deepEqual(scopesOf(await own(account, "gpu").current()), ["access:servers!server=ana/gpu"]);
    assert.deepEqual(scopesOf(await bobs(account).current()), ["access:servers!server=bob/gpu"]);
    assert.deepEqual(scopesOf(hubToken.token), hubScopes);
  });

  it("holds for a day and a half, and says in the hub's list what it is for", async () => {
    const account = open();
    await own(account, "gpu").current();
    const stored = readSecret((await store.get(`${account.id}/gpu`)) ?? "");
    assert.equal((stored.expiresAt ?? 0) - (stored.createdAt ?? 0), 36 * hour);
    assert.match(stored.note ?? "", /^Test for the server gpu \([0-9a-f]{10}-[0-9a-f]{6}\)$/);
    assert.equal(stored.family, hubToken.family);
  });

  it("is minted once for all who ask, in all windows", async () => {
    const account = open();
    const tokens = await Promise.all([1, 2, 3].map(() => own(account).current()));
    tokens.push(await own(open()).current());
    assert.deepEqual([new Set(tokens).size, mints()], [1, 1]);
  });

  it("is one in the end where two windows mint at once", async () => {
    const [one, other] = [open(), open()];
    await Promise.all([own(one).current(), own(other).current()]);
    await waitFor("one token", async () => hub.minted.size === 2, 5_000);
    assert.equal(await own(one).current(), await own(other).current());
    assert.deepEqual(all(), ["access:servers!server=ana/", "hub"]);
  });

  it("is renewed by the hub token while it is used, once a day, and the one before is revoked", async () => {
    const account = open();
    const first = await own(account).current();
    await pass(23 * hour);
    assert.equal(await own(account).current(), first);
    await pass(2 * hour);
    await own(account).current();
    await waitFor("another token", async () => !hub.minted.has(first ?? "") && hub.minted.size === 2, 5_000);
    assert.deepEqual([all(), mints()], [["access:servers!server=ana/", "hub"], 2]);
    const renewal = hub.received.filter(({ method, path }) => method === "POST" && path.endsWith("/tokens")).at(-1);
    assert.equal(renewal?.token, hubToken.token);
  });

  for (const skew of [-hour, hour, 30 * 24 * hour]) {
    it(`is followed by another when it has ended, this computer's clock being wrong by ${skew / hour} h`, async () => {
      hub.ahead += skew;
      const account = open();
      const first = await own(account).current();
      await pass(37 * hour);
      hub.minted.delete(first ?? "");
      hub.tokens.delete(first ?? "");
      const next = await own(account).current();
      assert.ok(next !== first && scopesOf(next));
    });
  }

  it("is minted anew where the hub says that it holds no more, and not where only the server refused it", async () => {
    const account = open();
    const token = own(account);
    const first = (await token.current()) ?? "";
    assert.equal(await token.check(first), "valid");
    hub.minted.delete(first);
    hub.tokens.delete(first);
    assert.deepEqual(await Promise.all([token.check(first), token.check(first)]), ["replaced", "replaced"]);
    const second = await token.current();
    assert.ok(second !== first);
    assert.equal(await token.check(first), "replaced");
    assert.equal(account.state, "signed-in");
  });

  it("is not taken for dead where the network answers for the hub", async () => {
    const token = own(open());
    const first = (await token.current()) ?? "";
    hub.on("GET /hub/api/user", { status: 403, html: "<h1>Blocked</h1>" });
    assert.ok(hasCode(await failure(token.check(first)), "unreachable"));
    assert.equal(await token.current(), first);
  });

  it("says that a share has ended", async () => {
    const token = bobs(open());
    const first = (await token.current()) ?? "";
    hub.on("GET /hub/api/user", { json: { name: "ana", scopes: ["read:users:name!user=ana"] } });
    assert.match((await failure(token.check(first))).message, /may not use the server “gpu” of bob .*bob shares it with you no more/);
  });

  it("goes with the server", async () => {
    const account = open();
    await own(account, "gpu").current();
    await own(account).current();
    await account.forgetServer(identity(account, "gpu"));
    assert.deepEqual(all(), ["access:servers!server=ana/", "hub"]);
    assert.equal(await store.get(`${account.id}/gpu`), undefined);
    const changes: string[] = [];
    store.onDidChange((id) => changes.push(id));
    await account.forgetServer(identity(account, "gpu"));
    assert.deepEqual(changes, [], "what is not there is not deleted again each time the hub is asked");
  });

  it("goes with the account, in every window, and with whatever another window is minting", async () => {
    const [account, other] = [open(), open()];
    await own(account, "gpu").current();
    await bobs(other).current();
    assert.equal(await account.signOut(), true);
    assert.deepEqual([hub.minted.size, store.records.size], [0, 0]);
    assert.ok(hasCode(await failure(own(other).current()), "signed-out"));
  });

  it("waits for what is being minted before it signs out", async () => {
    const account = open();
    let answer = (): void => undefined;
    const held = new Promise<undefined>((resolve) => (answer = () => resolve(undefined)));
    hub.on(mintTokens, () => held);
    const minting = own(account).current();
    await waitFor("the request", async () => mints() === 1, 5_000);
    const leaving = account.signOut();
    answer();
    await Promise.allSettled([minting, leaving]);
    assert.deepEqual([hub.minted.size, store.records.size], [0, 0]);
  });

  it("of an earlier sign-in is revoked by the next one, and not used any more", async () => {
    const account = open();
    const first = await own(account).current();
    const settings = serverSettings({ baseUrl: hub.url, token: fixedToken("good-token") });
    await account.signIn((await mint(settings, "ana", { terms })).secret);
    assert.deepEqual(all(), ["hub"]);
    assert.notEqual(await own(account).current(), first);
    assert.deepEqual(all(), ["access:servers!server=ana/", "hub"]);
  });

  it("leaves others' tokens alone, whose notes only look alike", async () => {
    const account = open();
    await own(account).current();
    const like = { id: "a77", note: "Test for the server gpu (0000000000-000000)", scopes: [], created: "", expires_at: null };
    hub.minted.set("another's", like);
    await account.signOut();
    assert.deepEqual([...hub.minted.keys()], ["another's"]);
  });

  describe("of a hub that does not give what is asked for", () => {
    const refuse = (isRefused: (scope: string) => boolean): void => {
      hub.on(mintTokens, ({ body }) => {
        const { scopes = [] } = JSON.parse(body) as { scopes?: string[] };
        return scopes.some(isRefused) ? { status: 400, json: { status: 400, message: "Not assigning requested scopes" } } : undefined;
      });
    };
    const granting =
      (scopes: readonly string[]) =>
      (request: Received): Scripted | undefined =>
        request.body.includes("access:servers")
          ? { status: 201, json: { id: "a50", token: "odd-token", note: (JSON.parse(request.body) as { note: string }).note, scopes } }
          : undefined;

    it("is one for all of one's own servers, where it knows none for a single one", async () => {
      refuse((scope) => scope.includes("!server="));
      const account = open();
      assert.deepEqual(scopesOf(await own(account, "gpu").current()), ["access:servers!user"]);
      assert.match(
        (await failure(bobs(account).current())).message,
        /gives no token that is good for the server “gpu” of bob .*Not assigning requested scopes/,
      );
    });

    it("is none where it gives nothing narrow: the hub token is not sent in its place", async () => {
      refuse((scope) => scope.startsWith("access:"));
      const account = open();
      const error: ProductError = await failure(own(account).current());
      assert.ok(hasCode(error, "forbidden") && /Sign in again/.test(error.message), error.message);
      await failure(own(account).current());
      assert.equal(mints(), 2, "asked once for each scope, and no more");
    });

    it("is the token that the user gave, for their own server alone", async () => {
      const account = open();
      await account.signIn(givenSecret("good-token"));
      hub.on(mintTokens, forbidden);
      assert.equal(await own(account).current(), "good-token");
      assert.equal(await own(account).check("good-token"), "valid");
      assert.ok(hasCode(await failure(bobs(account).current()), "forbidden"));
    });

    it("is minted by a given token where that may", async () => {
      const account = open();
      await account.signIn(givenSecret("good-token"));
      assert.deepEqual(scopesOf(await own(account).current()), ["access:servers!server=ana/"]);
      await account.signOut();
      assert.deepEqual([hub.minted.size, hub.tokens.has("good-token")], [0, true]);
    });

    for (const [what, scopes] of [
      ["wider", ["access:servers!server=ana/", "tokens!user=ana"]],
      ["another", ["access:servers!server=ana/gpu"]],
      ["narrower", ["read:users:name!user=ana"]],
    ] as const) {
      it(`is not sent where it is ${what} than asked for, and revoked`, async () => {
        hub.on(mintTokens, granting(scopes));
        const error = await failure(own(open()).current());
        assert.ok(hasCode(error, "forbidden"), error.message);
        assert.equal(store.records.size, 1, "only the hub token is kept");
        assert.ok(hub.asked.filter((each) => each === "GET /hub/api/users/ana/tokens").length >= 1, "its revocation looks for it");
      });
    }

    it("is looked at where it does not say what it has given", async () => {
      hub.on(mintTokens, ({ body }) => {
        if (!body.includes("access:servers")) return undefined;
        hub.tokens.set("silent-token", "ana");
        return { status: 201, json: { id: "a50", token: "silent-token", note: "x" } };
      });
      hub.on("GET /hub/api/user", ({ token }) =>
        token === "silent-token"
          ? { json: { name: "ana", scopes: ["access:servers!server=ana/", "read:users:name!user=ana"] } }
          : undefined,
      );
      assert.equal(await own(open()).current(), "silent-token");
    });

    it("is asked for again where the hub could not be asked", async () => {
      hub.on(mintTokens, { status: 503, html: "" }, () => undefined);
      const token = own(open());
      assert.ok(hasCode(await failure(token.current()), "server-error"));
      assert.ok(await token.current());
    });
  });

  it("goes with requests to the server, and the hub token with those to the hub's API, each nowhere else", async () => {
    const account = open();
    const { request } = await import("../../../../src/transport/http");
    const server = account.serverSettings(identity(account, "gpu"), new URL("user/ana/gpu/", hub.url), "x");
    await assert.rejects(request(server, "../../../hub/api/user"), (error) => hasCode(error, "address"));
    await assert.rejects(request(server, "../x/api/status"), (error) => hasCode(error, "address"));
    await assert.rejects(request(account.client.settings, "user/ana/gpu/api/status"), (error) => hasCode(error, "address"));
    assert.deepEqual(
      hub.received.filter(({ path }) => !path.endsWith("/tokens")),
      [],
    );
  });
});

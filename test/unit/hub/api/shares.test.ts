// Scopes for shares: only where the hub has shares, somebody shares something, and it is used.
import assert from "node:assert/strict";
import { Account, accountId } from "../../../../src/hub/account/account";
import { hubScopes, mint } from "../../../../src/hub/account/mint";
import { givenSecret, writeSecret } from "../../../../src/hub/account/tokenRecord";
import { fixedToken, serverSettings } from "../../../../src/transport/settings";
import { FakeHub, forbidden, type Received, type Scripted } from "../../../fakes/hub";
import { MemoryStore } from "../account/memoryStore";

const terms = { note: "Test", lifetime: 86_400 };
const list = "read:users:shares!user";

describe("what others share", () => {
  let hub: FakeHub;
  let store: MemoryStore;
  let account: Account;

  beforeEach(async () => {
    hub = await FakeHub.start();
    store = new MemoryStore();
    const settings = serverSettings({ baseUrl: hub.url, token: fixedToken("good-token") });
    await store.set(accountId(hub.url, "ana"), writeSecret((await mint(settings, "ana", { terms })).secret));
    account = new Account({ hub: hub.url, userName: "ana", store, terms: () => terms, settings: { timeouts: { retry: 1 } } });
    hub.received.length = 0;
  });
  afterEach(async () => {
    account.dispose();
    await hub.stop();
  });

  /** As a hub does: only to a token that may see shares. */
  const share = (...items: unknown[]): void => {
    const answer = ({ token }: Received): Scripted => (mayList(token ?? "") ? { json: { items } } : forbidden);
    hub.on("GET /hub/api/users/ana/shared", answer);
  };
  const mayList = (token: string): boolean => token === "good-token" || hub.minted.get(token)?.scopes.includes(list) === true;
  const bobs = { server: { user: { name: "bob" }, name: "gpu", url: "/user/bob/gpu/", ready: true }, scopes: [] };
  const scopes = (): (readonly string[])[] => [...hub.minted.values()].map((token) => token.scopes);

  it("leaves the token as it is where nobody shares anything, and looks once", async () => {
    share();
    assert.deepEqual([await account.shares.list(), await account.shares.list()], [[], []]);
    assert.deepEqual(scopes(), [hubScopes], "the token that looked is gone");
    assert.equal(hub.asked.filter((each) => each.startsWith("GET /hub/api/users/ana/shared")).length, 1);
  });

  it("has the token see it where there is something", async () => {
    share(bobs);
    for (let times = 0; times < 2; times++) {
      assert.deepEqual(
        (await account.shares.list()).map(({ server }) => server.name),
        ["gpu"],
      );
      assert.deepEqual(scopes(), [[...hubScopes, list]]);
    }
  });

  it("may be listed by who has not looked, and never gives the hub token the right to use a server", async () => {
    await Promise.all([account.shares.allowList(), account.shares.allowList()]);
    await account.shares.allowList();
    assert.deepEqual(scopes(), [[...hubScopes, list]]);
  });

  it("asks an old hub nothing", async () => {
    hub.version = "4.1.6";
    assert.deepEqual(await account.shares.list(), []);
    assert.deepEqual(hub.asked, ["GET /hub/api/"]);
  });

  it("is what a given token may see", async () => {
    share(bobs);
    await account.signIn(givenSecret("good-token"));
    hub.received.length = 0;
    assert.equal((await account.shares.list()).length, 1);
    await account.shares.allowList();
    assert.ok(!hub.asked.some((each) => each.startsWith("POST")));
  });
});

// An account's token: given, checked, replaced, refused.
import assert from "node:assert/strict";
import { hasCode } from "../../../../src/base/errors";
import { Account, accountId, type AccountState } from "../../../../src/hub/account/account";
import { givenSecret } from "../../../../src/hub/account/tokenRecord";
import { FakeHub, forbidden, type Scripted } from "../../../fakes/hub";
import { MemoryStore } from "./memoryStore";

describe("account", () => {
  let hub: FakeHub;
  let store: MemoryStore;
  let account: Account;
  let states: AccountState[];

  beforeEach(async () => {
    hub = await FakeHub.start("/jupyter/");
    store = new MemoryStore();
    await store.set(accountId(hub.url, "ana"), "good-token");
    account = new Account({ hub: hub.url, userName: "ana", store, settings: { timeouts: { retry: 1 } } });
    states = [];
    account.onDidChangeState((state) => states.push(state));
  });
  afterEach(async () => {
    account.dispose();
    await hub.stop();
  });

  it("has a stable id and a label that names user, hub and prefix", () => {
    const odd = new Account({ hub: new URL("https://hub.example.org/"), userName: "zoë müller", store });
    assert.equal(account.label, `ana @ ${hub.url.host}/jupyter`);
    assert.equal(odd.label, "zoë müller @ hub.example.org");
    assert.equal(odd.id, "https://hub.example.org/#zo%C3%AB%20m%C3%BCller");
    assert.equal(odd.id, accountId(odd.hub, odd.userName));
  });

  it("sends its token with every request of its client", async () => {
    assert.equal((await account.client.user()).name, "ana");
    assert.equal(hub.received[0]?.token, "good-token");
  });

  it("uses a token that another window stored from the next request on", async () => {
    hub.tokens.set("newer-token", "ana");
    await store.set(account.id, "newer-token");
    await account.client.user();
    assert.equal(hub.received[0]?.token, "newer-token");
  });

  it("tells a forbidden thing from a dead token", async () => {
    assert.equal(await account.check("good-token"), "valid");
    hub.on("GET /hub/api/users/bob", forbidden);
    await assert.rejects(account.client.getServers("bob"), (error) => hasCode(error, "forbidden"));
    assert.equal(account.state, "signed-in");
  });

  it("asks the hub once for all who wait", async () => {
    const verdicts = await Promise.all([1, 2, 3, 4].map(() => account.check("good-token")));
    assert.deepEqual(verdicts, ["valid", "valid", "valid", "valid"]);
    assert.deepEqual(hub.asked, ["GET /hub/api/user"]);
  });

  it("finds out that its token is dead, says so once, and sends it never again", async () => {
    hub.tokens.clear();
    const requests = await Promise.allSettled([1, 2, 3].map(() => account.client.getServers("ana")));
    for (const each of requests) assert.ok(each.status === "rejected" && hasCode(each.reason, "signed-out"));
    assert.deepEqual([account.state, states], ["signed-out", ["signed-out"]]);
    const burst = hub.received.length;
    await assert.rejects(account.client.user(), (error) => hasCode(error, "signed-out") && /Sign in again/.test(error.message));
    assert.equal(await account.check("good-token"), "invalid");
    assert.equal(hub.received.length, burst);
  });

  it("says that a token was replaced, without asking the hub", async () => {
    assert.equal(await account.check("older-token"), "replaced");
    assert.deepEqual(hub.asked, []);
  });

  it("repeats a refused request with the token that another window stored meanwhile", async () => {
    hub.tokens.clear();
    hub.on("GET /hub/api/user", async () => {
      hub.tokens.set("newer-token", "ana");
      await store.set(account.id, "newer-token");
      return forbidden;
    });
    await account.client.getServers("ana");
    assert.deepEqual(
      hub.received.map(({ token }) => token),
      ["good-token", "good-token", "newer-token"],
    );
    assert.deepEqual(states, []);
  });

  const troubles: Record<string, Scripted> = {
    "a hub in trouble": { status: 503, headers: { "retry-after": "0" }, html: "" },
    "a cut connection": { drop: true },
    "a network's sign-in page": { html: "<title>Free WiFi</title>" },
    "a redirect to a sign-in page": { status: 302, headers: { location: "http://wifi.invalid/login" } },
    "a proxy's refusal": { status: 403, html: "<h1>Blocked</h1>" },
  };
  for (const [name, answer] of Object.entries(troubles)) {
    it(`does not take ${name} for a sign-out`, async () => {
      hub.on("GET /hub/api/user", answer);
      await assert.rejects(account.check("good-token"), (error) => hasCode(error, "server-error", "unreachable"));
      assert.deepEqual([account.state, states], ["signed-in", []]);
    });
  }

  it("lets a refused request fail with what kept the token from being checked", async () => {
    hub.on("GET /hub/api/user", { html: "<title>Free WiFi</title>" });
    hub.on("POST /hub/api/users/ana/tokens", forbidden);
    const request = account.client.createToken("ana", { note: "x" });
    await assert.rejects(request, (error) => hasCode(error, "unreachable") && /answers instead of/.test(error.message));
    assert.equal(account.state, "signed-in");
  });

  it("does not send a refused token again while another is being stored", async () => {
    hub.tokens.clear();
    assert.equal(await account.check("good-token"), "invalid");
    hub.tokens.set("newer-token", "ana");
    const signingIn = account.signIn(givenSecret("newer-token"));
    await account.client.user().catch(() => undefined);
    await signingIn;
    await account.client.user();
    assert.ok(hub.received.slice(1).every(({ token }) => token === "newer-token"));
  });

  it("signs out and in again", async () => {
    await account.signOut();
    await assert.rejects(account.current(), (error) => hasCode(error, "signed-out"));
    assert.equal(await account.check("good-token"), "invalid");
    await account.signIn(givenSecret("good-token"));
    assert.equal(await account.current(), "good-token");
    assert.deepEqual(states, ["signed-out", "signed-in"]);
    assert.deepEqual(hub.asked, []);
  });

  it("follows sign-out and sign-in of other windows", async () => {
    const there = new Account({ hub: hub.url, userName: "ana", store, settings: { timeouts: { retry: 1 } } });
    const seen: AccountState[] = [];
    const change = (): Promise<void> =>
      new Promise((resolve) => {
        const subscription = there.onDidChangeState((state) => {
          seen.push(state);
          subscription.dispose();
          resolve();
        });
      });
    const out = change();
    await account.signOut();
    await out;
    const back = change();
    await account.signIn(givenSecret("good-token"));
    await back;
    assert.deepEqual(seen, ["signed-out", "signed-in"]);
    there.dispose();
  });
});

// The life of a minted token: renewed and widened while in use, by one window or several.
import assert from "node:assert/strict";
import { accountId } from "../../../../src/hub/account/account";
import { hubScopes, mint } from "../../../../src/hub/account/mint";
import { writeSecret, type TokenRecord } from "../../../../src/hub/account/tokenRecord";
import type { FakeHub } from "../../../fakes/hub";
import { forbidden, type Scripted } from "../../../fakes/hub";
import { waitFor } from "../../../harness/processes/wait";
import { hour } from "../../../fakes/clock";
import type { MemoryStore } from "./memoryStore";
import { day, terms, TokenBench } from "./tokenBench";

describe("a minted token", () => {
  let bench: TokenBench;
  let hub: FakeHub;
  let store: MemoryStore;
  let first: TokenRecord;
  beforeEach(async () => {
    bench = await TokenBench.start();
    ({ hub, store, first } = bench);
  });
  afterEach(() => bench.stop());

  it("is recorded with its id, its life and its scopes", () => {
    const { expiresAt = 0, createdAt = 0, ...rest } = first;
    assert.equal(expiresAt - createdAt, 14 * day);
    assert.deepEqual(rest, {
      token: "minted-token-1",
      origin: "minted",
      tokenId: "a1",
      scopes: ["servers!user", "read:users!user", "tokens!user"],
      family: first.family,
      note: first.note,
    });
    const [kept] = hub.minted.values();
    assert.match(kept?.note ?? "", /^JupyterHub Connect in Test on here \([0-9a-f]{10}-[0-9a-f]{6}\)$/);
    assert.ok(kept?.note === first.note && first.note?.includes(`(${first.family}-`));
  });

  it("stays as it is in the first third of its life", async () => {
    const account = bench.open();
    await account.client.user();
    await bench.pass(4 * day);
    await account.client.user();
    assert.deepEqual([bench.mints(), bench.stored()], [[], first]);
  });

  it("is replaced when a third of its life is over and it is used, without disturbing the request", async () => {
    const account = bench.open();
    await account.client.user();
    await bench.pass(5 * day);
    assert.equal((await account.client.user()).name, "ana");
    await bench.renewed(first.token);
    assert.deepEqual([...hub.minted.keys()], ["minted-token-2"]);
    assert.equal(await account.current(), "minted-token-2");
    assert.equal(account.state, "signed-in");
  });

  it("is replaced by a timer where the window has it open and asks for nothing", async () => {
    const account = bench.open();
    await account.client.user();
    for (let days = 0; days < 5; days++) await bench.pass(day);
    await bench.renewed(first.token);
    assert.equal(bench.mints().length, 1);
  });

  it("is not replaced by a window that does not use it", async () => {
    bench.open();
    await bench.pass(10 * day);
    assert.deepEqual(hub.asked, []);
  });

  for (const skew of [-hour, hour, 30 * day]) {
    it(`is replaced in time by the hub's clock, this computer's being wrong by ${skew / hour} h`, async () => {
      hub.ahead += skew;
      const account = bench.open();
      await account.client.user();
      await bench.pass(4.6 * day - skew);
      await account.client.user();
      assert.deepEqual(bench.mints(), []);
      await bench.pass(0.2 * day);
      await account.client.user();
      await bench.renewed(first.token);
    });
  }

  it("loses the session of the hub's pages that an earlier version stored with it, when it is first read", async () => {
    await store.set(accountId(hub.url, "ana"), JSON.stringify({ ...first, pageCookies: "jupyterhub-hub-login=secret" }));
    const account = bench.open();
    await account.client.user();
    assert.deepEqual(bench.stored(), first);
    assert.ok(![...store.records.values()].some((record) => record.includes("jupyterhub-hub-login")));
    assert.equal(account.pageSession.cookies, undefined);
  });

  it("is replaced at once where it can use servers, as an earlier version's could, and keeps what else it can do", async () => {
    const scopes = ["access:servers!user", ...hubScopes, "access:servers!server=bob/gpu", "read:users:shares!user"];
    await store.set(accountId(hub.url, "ana"), writeSecret({ ...first, scopes }));
    const account = bench.open();
    await account.client.user();
    await bench.renewed(first.token);
    assert.deepEqual(
      [...hub.minted.values()].map((token) => token.scopes),
      [[...hubScopes, "read:users:shares!user"]],
    );
  });

  it("ends for us when it was asked to, where the hub lets it hold for longer or for ever", async () => {
    for (const expires_at of [null, "2199-01-01T00:00:00Z"]) {
      const created = new Date().toISOString();
      const long: Scripted = { status: 201, json: { id: "a9", note: "", created, expires_at, token: "long-token" } };
      hub.on("POST /hub/api/users/ana/tokens", long);
      const { secret } = await mint(bench.settings("good-token"), "ana", { terms });
      assert.equal(secret.expiresAt, Date.parse(created) + terms.lifetime * 1000);
    }
  });

  it("is one in the end where several windows replace it at once", async () => {
    const accounts = [bench.open(), bench.open(), bench.open()];
    for (const account of accounts) await account.client.user();
    hub.ahead += 5 * day;
    await Promise.all(bench.windows.map(({ clock }) => clock.advance(5 * day)));
    await Promise.all(accounts.map((account) => account.client.user()));
    await bench.renewed(first.token);
    const { token } = bench.stored();
    assert.deepEqual([...hub.minted.keys()], [token]);
    for (const account of accounts) assert.equal(await account.current(), token);
    for (const account of accounts) assert.equal((await account.client.user()).name, "ana");
  });

  it("is one in the end where another window signs in while it is replaced", async () => {
    const [account, other] = [bench.open(), bench.open()];
    await account.client.user();
    let signedIn = first;
    let calls = 0;
    hub.on("POST /hub/api/users/ana/tokens", async () => {
      if (calls++ > 0) return undefined;
      signedIn = (await mint(bench.settings("good-token"), "ana", { terms })).secret;
      await other.signIn(signedIn);
      return undefined;
    });
    await bench.pass(5 * day);
    await account.client.user();
    await waitFor("one token", async () => calls > 0 && hub.minted.size === 1, 5_000);
    assert.deepEqual([[...hub.minted.keys()], bench.stored().token], [[signedIn.token], signedIn.token]);
  });

  it("leaves nothing where the person signs out while it is replaced", async () => {
    const account = bench.open();
    await account.client.user();
    hub.on("POST /hub/api/users/ana/tokens", async () => {
      await account.signOut();
      return undefined;
    });
    await bench.pass(5 * day);
    await account.client.user().catch(() => undefined);
    await waitFor("no token", async () => bench.mints().length === 1 && hub.minted.size === 0, 5_000);
    assert.equal(store.records.size, 0);
  });

  it("is widened by scopes that are needed, by one in its place, and keeps them when it is replaced", async () => {
    const account = bench.open();
    await account.widen(["read:users:shares!user"]);
    await account.widen(["read:users:shares!user"]);
    assert.equal(bench.mints().length, 1);
    assert.deepEqual(
      [...hub.minted.values()].map(({ scopes }) => scopes),
      [[...hubScopes, "read:users:shares!user"]],
    );
    await account.client.user();
    await bench.pass(5 * day);
    await account.client.user();
    await bench.renewed("minted-token-2");
    assert.deepEqual(
      [...hub.minted.values()].map(({ scopes }) => scopes),
      [[...hubScopes, "read:users:shares!user"]],
    );
  });

  it("stays as it is where the hub refuses to widen it", async () => {
    hub.on("POST /hub/api/users/ana/tokens", { status: 400, json: { status: 400, message: "Not assigning requested scopes" } });
    const account = bench.open();
    await assert.rejects(account.widen(["read:users:shares!user"]), /Not assigning requested scopes/);
    assert.deepEqual([bench.stored(), account.state, bench.mints().length], [first, "signed-in", 1]);
  });

  it("lets a scope go that the person has no more when it is replaced", async () => {
    const account = bench.open();
    await account.widen(["users:activity!user"]);
    await account.client.user();
    hub.on("POST /hub/api/users/ana/tokens", ({ body }) =>
      body.includes("activity") ? { status: 400, json: { status: 400, message: "not held" } } : undefined,
    );
    await bench.pass(5 * day);
    await account.client.user();
    await bench.renewed("minted-token-2");
    assert.deepEqual(
      [...hub.minted.values()].map(({ scopes }) => scopes),
      [hubScopes],
    );
  });

  it("is not asked for again where the hub refuses", async () => {
    hub.on("POST /hub/api/users/ana/tokens", forbidden);
    const account = bench.open();
    await account.client.user();
    for (let days = 0; days < 13; days++) {
      await bench.pass(day);
      await account.client.user();
    }
    assert.deepEqual([bench.mints().length, bench.stored(), account.state], [1, first, "signed-in"]);
  });

  it("is asked for again, at growing distance, where the hub is in trouble", async () => {
    const down: Scripted = { status: 503, html: "" };
    hub.on("POST /hub/api/users/ana/tokens", down, down, () => undefined);
    const account = bench.open();
    await account.client.user();
    await bench.pass(5 * day);
    await account.client.user();
    await waitFor("the first attempt", async () => bench.mints().length === 1, 5_000);
    await bench.pass(hour);
    await account.client.user();
    assert.equal(bench.mints().length, 1, "not at once");
    await bench.pass(2 * day);
    await waitFor("the second attempt", async () => bench.mints().length === 2, 5_000);
    await bench.pass(2 * day);
    await bench.renewed(first.token);
  });
});

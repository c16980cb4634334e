// The life of a minted token: renewed while in use, by one window or several, and revoked when it leaves the store.
import assert from "node:assert/strict";
import { Account, accountId, accountOf } from "../../../../src/hub/account/account";
import { hubScopes, mint, type TokenTerms } from "../../../../src/hub/account/mint";
import { givenSecret, readSecret, secretsIn, writeSecret, type TokenRecord } from "../../../../src/hub/account/tokenRecord";
import { sessionSecret } from "../../../../src/transport/credential";
import { fixedToken, serverSettings } from "../../../../src/transport/settings";
import { FakeHub, forbidden, type Scripted } from "../../../fakes/hub";
import { waitFor } from "../../../harness/processes/wait";
import { FakeClock, hour } from "../../../fakes/clock";
import { MemoryStore } from "./memoryStore";

const day = 24 * hour;
const terms: TokenTerms = { note: "JupyterHub Connect in Test on here", lifetime: (14 * day) / 1000 };

describe("a minted token", () => {
  let hub: FakeHub;
  let store: MemoryStore;
  let first: TokenRecord;
  const windows: { account: Account; clock: FakeClock }[] = [];

  beforeEach(async () => {
    hub = await FakeHub.start();
    store = new MemoryStore();
    first = (await mint(settings("good-token"), "ana", { terms })).secret;
    await store.set(accountId(hub.url, "ana"), writeSecret(first));
    hub.received.length = 0;
  });
  afterEach(async () => {
    for (const { account } of windows.splice(0)) account.dispose();
    await hub.stop();
  });

  const settings = (token: string) => serverSettings({ baseUrl: hub.url, token: fixedToken(token), timeouts: { retry: 1 } });
  /** A window on a computer whose clock says 1970. */
  const open = (): Account => {
    const clock = new FakeClock();
    const account = new Account({ hub: hub.url, userName: "ana", store, clock, terms: () => terms, settings: { timeouts: { retry: 1 } } });
    windows.push({ account, clock });
    return account;
  };
  const pass = async (ms: number): Promise<void> => {
    hub.ahead += ms;
    for (const { clock } of windows) await clock.advance(ms);
  };
  const stored = (): TokenRecord => readSecret(store.records.get(accountId(hub.url, "ana")) ?? "");
  const renewed = (from: string) =>
    waitFor("a new token, and it alone", async () => stored().token !== from && hub.minted.size === 1, 5_000);
  const mints = (): string[] => hub.asked.filter((each) => each.startsWith("POST"));

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
    const account = open();
    await account.client.user();
    await pass(4 * day);
    await account.client.user();
    assert.deepEqual([mints(), stored()], [[], first]);
  });

  it("is replaced when a third of its life is over and it is used, without disturbing the request", async () => {
    const account = open();
    await account.client.user();
    await pass(5 * day);
    assert.equal((await account.client.user()).name, "ana");
    await renewed(first.token);
    assert.deepEqual([...hub.minted.keys()], ["minted-token-2"]);
    assert.equal(await account.current(), "minted-token-2");
    assert.equal(account.state, "signed-in");
  });

  it("is replaced by a timer where the window has it open and asks for nothing", async () => {
    const account = open();
    await account.client.user();
    for (let days = 0; days < 5; days++) await pass(day);
    await renewed(first.token);
    assert.equal(mints().length, 1);
  });

  it("is not replaced by a window that does not use it", async () => {
    open();
    await pass(10 * day);
    assert.deepEqual(hub.asked, []);
  });

  for (const skew of [-hour, hour, 30 * day]) {
    it(`is replaced in time by the hub's clock, this computer's being wrong by ${skew / hour} h`, async () => {
      hub.ahead += skew;
      const account = open();
      await account.client.user();
      await pass(4.6 * day - skew);
      await account.client.user();
      assert.deepEqual(mints(), []);
      await pass(0.2 * day);
      await account.client.user();
      await renewed(first.token);
    });
  }

  it("loses the session of the hub's pages that an earlier version stored with it, when it is first read", async () => {
    await store.set(accountId(hub.url, "ana"), JSON.stringify({ ...first, pageCookies: "jupyterhub-hub-login=secret" }));
    const account = open();
    await account.client.user();
    assert.deepEqual(stored(), first);
    assert.ok(![...store.records.values()].some((record) => record.includes("jupyterhub-hub-login")));
    assert.equal(account.pageSession.cookies, undefined);
  });

  it("is replaced at once where it can use servers, as an earlier version's could, and keeps what else it can do", async () => {
    const scopes = ["access:servers!user", ...hubScopes, "access:servers!server=bob/gpu", "read:users:shares!user"];
    await store.set(accountId(hub.url, "ana"), writeSecret({ ...first, scopes }));
    const account = open();
    await account.client.user();
    await renewed(first.token);
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
      const { secret } = await mint(settings("good-token"), "ana", { terms });
      assert.equal(secret.expiresAt, Date.parse(created) + terms.lifetime * 1000);
    }
  });

  it("is one in the end where several windows replace it at once", async () => {
    const accounts = [open(), open(), open()];
    for (const account of accounts) await account.client.user();
    hub.ahead += 5 * day;
    await Promise.all(windows.map(({ clock }) => clock.advance(5 * day)));
    await Promise.all(accounts.map((account) => account.client.user()));
    await renewed(first.token);
    const { token } = stored();
    assert.deepEqual([...hub.minted.keys()], [token]);
    for (const account of accounts) assert.equal(await account.current(), token);
    for (const account of accounts) assert.equal((await account.client.user()).name, "ana");
  });

  it("is one in the end where another window signs in while it is replaced", async () => {
    const [account, other] = [open(), open()];
    await account.client.user();
    let signedIn = first;
    let calls = 0;
    hub.on("POST /hub/api/users/ana/tokens", async () => {
      if (calls++ > 0) return undefined;
      signedIn = (await mint(settings("good-token"), "ana", { terms })).secret;
      await other.signIn(signedIn);
      return undefined;
    });
    await pass(5 * day);
    await account.client.user();
    await waitFor("one token", async () => calls > 0 && hub.minted.size === 1, 5_000);
    assert.deepEqual([[...hub.minted.keys()], stored().token], [[signedIn.token], signedIn.token]);
  });

  it("leaves nothing where the person signs out while it is replaced", async () => {
    const account = open();
    await account.client.user();
    hub.on("POST /hub/api/users/ana/tokens", async () => {
      await account.signOut();
      return undefined;
    });
    await pass(5 * day);
    await account.client.user().catch(() => undefined);
    await waitFor("no token", async () => mints().length === 1 && hub.minted.size === 0, 5_000);
    assert.equal(store.records.size, 0);
  });

  it("is widened by scopes that are needed, by one in its place, and keeps them when it is replaced", async () => {
    const account = open();
    await account.widen(["read:users:shares!user"]);
    await account.widen(["read:users:shares!user"]);
    assert.equal(mints().length, 1);
    assert.deepEqual(
      [...hub.minted.values()].map(({ scopes }) => scopes),
      [[...hubScopes, "read:users:shares!user"]],
    );
    await account.client.user();
    await pass(5 * day);
    await account.client.user();
    await renewed("minted-token-2");
    assert.deepEqual(
      [...hub.minted.values()].map(({ scopes }) => scopes),
      [[...hubScopes, "read:users:shares!user"]],
    );
  });

  it("stays as it is where the hub refuses to widen it", async () => {
    hub.on("POST /hub/api/users/ana/tokens", { status: 400, json: { status: 400, message: "Not assigning requested scopes" } });
    const account = open();
    await assert.rejects(account.widen(["read:users:shares!user"]), /Not assigning requested scopes/);
    assert.deepEqual([stored(), account.state, mints().length], [first, "signed-in", 1]);
  });

  it("lets a scope go that the person has no more when it is replaced", async () => {
    const account = open();
    await account.widen(["users:activity!user"]);
    await account.client.user();
    hub.on("POST /hub/api/users/ana/tokens", ({ body }) =>
      body.includes("activity") ? { status: 400, json: { status: 400, message: "not held" } } : undefined,
    );
    await pass(5 * day);
    await account.client.user();
    await renewed("minted-token-2");
    assert.deepEqual(
      [...hub.minted.values()].map(({ scopes }) => scopes),
      [hubScopes],
    );
  });

  it("is not asked for again where the hub refuses", async () => {
    hub.on("POST /hub/api/users/ana/tokens", forbidden);
    const account = open();
    await account.client.user();
    for (let days = 0; days < 13; days++) {
      await pass(day);
      await account.client.user();
    }
    assert.deepEqual([mints().length, stored(), account.state], [1, first, "signed-in"]);
  });

  it("is asked for again, at growing distance, where the hub is in trouble", async () => {
    const down: Scripted = { status: 503, html: "" };
    hub.on("POST /hub/api/users/ana/tokens", down, down, () => undefined);
    const account = open();
    await account.client.user();
    await pass(5 * day);
    await account.client.user();
    await waitFor("the first attempt", async () => mints().length === 1, 5_000);
    await pass(hour);
    await account.client.user();
    assert.equal(mints().length, 1, "not at once");
    await pass(2 * day);
    await waitFor("the second attempt", async () => mints().length === 2, 5_000);
    await pass(2 * day);
    await renewed(first.token);
  });

  it("is revoked when a sign-in replaces it, and when the person signs out", async () => {
    const account = open();
    const next = (await mint(settings("good-token"), "ana", { terms })).secret;
    await account.signIn(next);
    assert.deepEqual([...hub.minted.keys()], [next.token]);
    assert.equal(await account.signOut(), true);
    assert.deepEqual([hub.minted.size, store.records.size], [0, 0]);
  });

  it("is revoked by itself, so that an id that was given anew harms nobody", async () => {
    const account = open();
    await account.signOut();
    const revocations = hub.received.filter(({ method }) => method === "DELETE");
    assert.deepEqual(
      revocations.map(({ token }) => token),
      [first.token],
    );
  });

  it("says where it could not be revoked; the person is signed out all the same", async () => {
    hub.on("DELETE /hub/api/users/ana/tokens/a1", { status: 503, html: "", headers: { "retry-after": "0" } });
    const account = open();
    assert.equal(await account.signOut(), false);
    assert.deepEqual([account.state, store.records.size], ["signed-out", 0]);
  });

  it("is revoked where it cannot be stored", async () => {
    const account = open();
    const next = (await mint(settings("good-token"), "ana", { terms })).secret;
    store.set = () => Promise.reject(new Error("The keyring is locked"));
    await assert.rejects(account.signIn(next), /could not be stored .*Unlock your system's keyring/);
    assert.deepEqual([...hub.minted.keys()], [first.token]);
  });

  it("never is a given one: that is neither replaced nor revoked", async () => {
    const account = open();
    await account.signIn(givenSecret("good-token"));
    await account.client.user();
    await pass(400 * day);
    await account.client.user();
    await account.signOut();
    assert.equal(hub.tokens.get("good-token"), "ana");
    assert.deepEqual(mints(), []);
  });
});

describe("minting", () => {
  let hub: FakeHub;
  beforeEach(async () => void (hub = await FakeHub.start("/jupyter/")));
  afterEach(() => hub.stop());
  const settings = () => serverSettings({ baseUrl: hub.url, token: fixedToken("good-token"), timeouts: { retry: 1 } });

  it("asks for no longer than the hub allows", async () => {
    const message = "token expires_in: 1209600 must not exceed 3600";
    hub.on("POST /hub/api/users/ana/tokens", { status: 400, json: { status: 400, message } }, () => undefined);
    const { secret } = await mint(settings(), "ana", { terms });
    assert.equal((secret.expiresAt ?? 0) - (secret.createdAt ?? 0), hour);
  });

  it("leaves no token where it is aborted while the hub makes one", async () => {
    const abort = new AbortController();
    hub.on("POST /hub/api/users/ana/tokens", () => {
      abort.abort();
      return undefined;
    });
    await assert.rejects(mint(settings(), "ana", { terms, signal: abort.signal }), /Cancelled/);
    await waitFor("the revocation", async () => hub.asked.length === 2 && hub.minted.size === 0, 5_000);
  });

  it("leaves no token where the hub's answer is lost", async () => {
    hub.on("POST /hub/api/users/ana/tokens", async ({ body }) => {
      const { note } = JSON.parse(body) as { note: string };
      hub.minted.set("lost", { id: "a9", note, scopes: [], created: "", expires_at: null });
      hub.minted.set("another's", {
        id: "a8",
        note: "JupyterHub Connect in Test on here (000000)",
        scopes: [],
        created: "",
        expires_at: null,
      });
      return { drop: true };
    });
    await assert.rejects(mint(settings(), "ana", { terms }), /cannot be reached/);
    assert.deepEqual([...hub.minted.keys()], ["another's"]);
  });

  it("sends nothing once aborted", async () => {
    await assert.rejects(mint(settings(), "ana", { terms, signal: AbortSignal.abort() }), /Cancelled/);
    assert.deepEqual(hub.asked, []);
  });
});

describe("the record of a token", () => {
  it("is read as it was written", () => {
    const secret: TokenRecord = {
      token: "t",
      origin: "minted",
      tokenId: "a1",
      createdAt: 1,
      expiresAt: 2,
      scopes: ["x"],
      note: "n (f-1)",
      family: "f",
    };
    assert.deepEqual(readSecret(writeSecret(secret)), secret);
  });

  it("may be a bare token, as the first version stored it", () => {
    for (const text of ["0123456789abcdef", "123", '"quoted"', "{}", '{"token":""}']) assert.deepEqual(readSecret(text), givenSecret(text));
  });

  it("names all that must not be seen", () => {
    const record = writeSecret(givenSecret("the-token"));
    assert.deepEqual(secretsIn(record), [record, "the-token"]);
    assert.deepEqual(secretsIn("bare"), ["bare"]);
    const session = sessionSecret(
      new Map([
        ["_xsrf", "the-xsrf"],
        ["username-x", "the-cookie"],
      ]),
    );
    const named = secretsIn(writeSecret(givenSecret(session)));
    for (const part of [session, "_xsrf=the-xsrf; username-x=the-cookie", "the-xsrf", "the-cookie"]) assert.ok(named.includes(part), part);
  });

  it("is found by an id that tells hub and user", () => {
    for (const [hub, user] of [
      ["https://hub.example.org/", "ana"],
      ["http://127.0.0.1:8000/x/", "zoë müller#1"],
    ] as const) {
      assert.deepEqual(accountOf(accountId(new URL(hub), user)), { hub: new URL(hub), userName: user });
    }
    for (const id of ["", "x", "https://hub.example.org", "https://hub.example.org/#%E0%A4%A", "https://hub.example.org/#ana/gpu"])
      assert.equal(accountOf(id), undefined);
  });
});

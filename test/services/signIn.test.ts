// Ways in and the life of our tokens on a real hub, as the hub's own list of tokens shows them.
import assert from "node:assert/strict";
import nodeFetch from "node-fetch";
import * as v from "valibot";
import { Hubs } from "../../src/app/hubs/hubs";
import { Servers } from "../../src/app/servers/servers";
import { hasCode } from "../../src/base/errors";
import type { Account } from "../../src/hub/account/account";
import { hubScopes, type TokenTerms } from "../../src/hub/account/mint";
import { readSecret, writeSecret, type TokenRecord } from "../../src/hub/account/tokenRecord";
import { abandon, signIn, type SignInPort } from "../../src/hub/signIn/signIn";
import { partsOfCookies } from "../../src/transport/credential";
import { startHub, type TestHub } from "../harness/hub/hub";
import { sharedHub, stackVersion } from "../harness/hub/shared";
import { waitFor } from "../harness/processes/wait";
import { MemoryPorts, nobody } from "../unit/app/doubles";

const terms: TokenTerms = { note: "JupyterHub Connect in a test", lifetime: 14 * 86_400 };
const people = ["ana", "alice@example.org", "zoë müller"];
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

describe("signing in to a hub", () => {
  let hub: TestHub;
  let ports: MemoryPorts;
  const windows: Hubs[] = [];

  before(() => void (hub = sharedHub()));
  beforeEach(() => void (ports = new MemoryPorts(terms)));
  afterEach(async () => {
    for (const hubs of windows.splice(0)) {
      for (const account of hubs.accounts) await hubs.signOut(account);
      hubs.dispose();
    }
    for (const name of people) assert.deepEqual(await ours(name), [], `a token of ${name} is left on the hub`);
  });

  const open = (): Hubs => {
    const hubs = new Hubs(ports);
    windows.push(hubs);
    return hubs;
  };
  const tokensOf = async (name: string) => {
    const answer = await hub.api(`users/${encodeURIComponent(name)}/tokens`, {}, [200]);
    return v.parse(tokenList, await answer.json()).api_tokens;
  };
  const ours = async (name: string) => (await tokensOf(name)).filter(({ note }) => note?.startsWith(terms.note));
  const stored = (account: Account): TokenRecord => readSecret(ports.secrets.get(account.id) ?? "");
  const withPassword = (hubs: Hubs, name: string, typed = name) =>
    hubs.signIn({ address: hub.url, userName: typed, password: hub.user(name).password }, nobody);
  const withToken = (hubs: Hubs, name: string, token = hub.user(name).token) => hubs.signIn({ address: hub.url, token }, nobody);
  const mintAsHarness = async (name: string, body: object): Promise<{ id: string; token: string }> => {
    const path = `users/${encodeURIComponent(name)}/tokens`;
    const init = { method: "POST", body: JSON.stringify(body), headers: { Authorization: `token ${hub.user(name).token}` } };
    const answer = await fetch(new URL(`hub/api/${path}`, hub.url), init);
    return v.parse(v.object({ id: v.string(), token: v.string() }), await answer.json());
  };

  for (const name of people) {
    it(`leaves exactly one token of ours, with the least scopes and an end, for ${name} with a password`, async () => {
      const { account } = await withPassword(open(), name);
      const [token, ...more] = await ours(name);
      assert.ok(token);
      assert.deepEqual(more, []);
      assert.deepEqual(token.scopes.toSorted(), await expanded(name));
      const life = Date.parse(`${token.expires_at}`) - Date.parse(token.created);
      assert.ok(Math.abs(life - terms.lifetime * 1000) < 10_000, `it holds for ${life} ms`);
      assert.equal(stored(account).tokenId, token.id);
      assert.equal((await account.client.user()).name, name);
      assert.ok(!JSON.stringify([...ports.secrets, ...ports.values]).includes(hub.user(name).password));
    });
  }

  /** What the hub makes of the least scopes, for a token that somebody else asks for. */
  const expanded = async (name: string): Promise<string[]> => {
    const reference = await mintAsHarness(name, { note: "reference", scopes: hubScopes });
    const scopes = (await tokensOf(name)).find(({ id }) => id === reference.id)?.scopes ?? [];
    await hub.api(`users/${encodeURIComponent(name)}/tokens/${reference.id}`, { method: "DELETE" }, [204]);
    for (const scope of hubScopes) assert.ok(scopes.includes(`${scope}=${name}`), `${scope} is among ${scopes.join(" ")}`);
    assert.ok(!scopes.some((scope) => /share|admin|^users|inherit|self/.test(scope)), scopes.join(" "));
    return scopes.toSorted();
  };

  it("leaves exactly one token of ours with a token that was given, and that one alone", async () => {
    const before = await tokensOf("ana");
    const { account, notice } = await withToken(open(), "ana");
    assert.equal(notice, undefined);
    assert.equal((await ours("ana")).length, 1);
    assert.deepEqual((await ours("ana"))[0]?.scopes.toSorted(), await expanded("ana"));
    assert.notEqual(stored(account).token, hub.user("ana").token);
    const rest = (await tokensOf("ana")).filter(({ id }) => id !== stored(account).tokenId);
    assert.deepEqual(
      rest.map(({ id }) => id),
      before.map(({ id }) => id),
    );
  });

  it("takes a name as people type it", async () => {
    const { account } = await withPassword(open(), "zoë müller", " Zoë Müller ");
    assert.equal(account.userName, "zoë müller");
  });

  it("leaves one token after signing in again, and none after signing out", async () => {
    const hubs = open();
    const first = await withPassword(hubs, "ana");
    const again = await withToken(hubs, "ana");
    assert.equal(again.account, first.account);
    assert.deepEqual(
      (await ours("ana")).map(({ id }) => id),
      [stored(again.account).tokenId],
    );
    assert.equal(await hubs.signOut(again.account), true);
    assert.deepEqual(await ours("ana"), []);
  });

  it("has several accounts side by side, each with its token", async () => {
    const hubs = open();
    for (const name of people) await withPassword(hubs, name);
    assert.deepEqual(
      hubs.accounts.map(({ userName }) => userName),
      people,
    );
    for (const account of hubs.accounts) assert.equal((await account.client.user()).name, account.userName);
    const [ana] = hubs.accounts;
    assert.ok(ana);
    await hubs.signOut(ana);
    assert.equal((await hubs.accounts[0]?.client.user())?.name, "alice@example.org");
  });

  /** As if a third of the token's life were over. */
  const age = async (account: Account): Promise<void> => {
    const { expiresAt = 0, createdAt = 0, ...rest } = stored(account);
    const gone = (expiresAt - createdAt) / 2;
    await ports.tokens.set(account.id, writeSecret({ ...rest, createdAt: createdAt - gone, expiresAt: expiresAt - gone }));
  };

  it("leaves one token after it was renewed, though several windows do it at once", async () => {
    const hubs = [open(), open(), open()];
    const [here] = hubs;
    assert.ok(here);
    const { account } = await withPassword(here, "ana");
    const old = stored(account);
    const accounts = await waitFor(
      "the account in every window",
      () => {
        const all = hubs.flatMap((window) => window.find(account.id) ?? []);
        return all.length === hubs.length && all;
      },
      5_000,
    );
    await age(account);
    await Promise.all(accounts.map((each) => each.client.user()));
    await waitFor(
      "one new token",
      async () => {
        const now = await ours("ana");
        return stored(account).token !== old.token && now.length === 1 && now[0]?.id === stored(account).tokenId;
      },
      20_000,
    );
    assert.deepEqual((await ours("ana"))[0]?.scopes.toSorted(), await expanded("ana"));
    for (const each of accounts) assert.equal((await each.client.user()).name, "ana");
  });

  it("leaves one token where two windows sign in at once", async () => {
    const [here, there] = [open(), open()];
    await Promise.all([withPassword(here, "ana"), withPassword(there, "ana")]);
    await waitFor("one token", async () => (await ours("ana")).length === 1, 10_000);
    for (const hubs of [here, there]) assert.equal((await hubs.accounts[0]?.client.user())?.name, "ana");
  });

  it("keeps two accounts on each of two hubs apart, signed in to from two windows at once", async function () {
    this.timeout(120_000);
    const second = await startHub({ prefix: "/second/", version: stackVersion });
    try {
      const [here, there] = [open(), open()];
      const on = (hubs: Hubs, which: TestHub, name: string) =>
        hubs.signIn({ address: which.url, userName: name, password: which.user(name).password }, nobody);
      await Promise.all([on(here, hub, "ana"), on(there, second, "ana"), on(here, second, "zoë müller"), on(there, hub, "zoë müller")]);
      const labels = (hubs: Hubs): string[] => hubs.accounts.map(({ label }) => label).sort();
      await waitFor("all accounts in both windows", () => labels(here).length === 4 && labels(there).length === 4, 5_000);
      assert.deepEqual(labels(here), labels(there));
      for (const account of there.accounts) assert.equal((await account.client.user()).name, account.userName);
      const gone = here.accounts.find((account) => account.hub.href === second.url && account.userName === "ana");
      assert.ok(gone);
      await here.signOut(gone);
      await waitFor("three accounts in both windows", () => labels(here).length === 3 && labels(there).length === 3, 5_000);
      for (const account of there.accounts) assert.equal((await account.client.user()).name, account.userName);
      for (const account of here.accounts) await here.signOut(account);
    } finally {
      await second.stop();
    }
  });

  it("tells the other windows of a sign-out; what they ask then is refused once", async () => {
    const [here, there] = [open(), open()];
    const { account } = await withPassword(here, "ana");
    const other = await waitFor("the account there", () => there.find(account.id), 5_000);
    await here.signOut(account);
    await waitFor("the sign-out there", () => there.accounts.length === 0, 5_000);
    await assert.rejects(other.client.user(), (error) => hasCode(error, "signed-out"));
  });

  it("keeps the session of the hub's pages in memory, for the spawn form, and nowhere else", async () => {
    const hubs = open();
    const { account } = await withPassword(hubs, "ana");
    assert.match(account.pageSession.cookies ?? "", /jupyterhub-hub-login=/);
    const kept = JSON.stringify([[...ports.secrets], [...ports.values]]);
    for (const part of partsOfCookies(account.pageSession.cookies ?? "")) assert.ok(!kept.includes(part));
    await hubs.signOut(account);
    assert.equal(account.pageSession.cookies, undefined);
  });

  it("signs in who has never been on the hub before", async () => {
    const { password } = hub.user("ana");
    const { account } = await open().signIn({ address: hub.url, userName: "newcomer", password }, nobody);
    assert.equal(account.userName, "newcomer");
    await hub.api("users/newcomer", { method: "DELETE" }, [204]);
    ports.secrets.clear();
  });

  it("gives the hub token the scope for shares only where there is one, and a shared server a token of its own", async function () {
    this.timeout(120_000);
    const alice = "alice@example.org";
    const own = hub.version.startsWith("3.") ? undefined : await shareWith("alice@example.org");
    const hubs = open();
    const servers = new Servers(hubs, ports);
    try {
      const { account } = await withPassword(hubs, "alice@example.org");
      await servers.refresh(account);
      const scopes = async (): Promise<string[]> => {
        const all = (await ours("alice@example.org")).map((each) => each.scopes.filter((scope) => /share|=ana|^tokens/.test(scope)));
        return all.map((each) => each.toSorted().join(" ")).toSorted();
      };
      if (own === undefined) {
        assert.deepEqual(await scopes(), [`tokens!user=${alice}`]);
        return;
      }
      const shared = servers.of(account).find(({ owner }) => owner === "ana");
      assert.ok(shared);
      assert.deepEqual(await scopes(), [`read:users:shares!user=${alice} tokens!user=${alice}`]);
      const services = await servers.ensureRunning(shared);
      await services.kernels.refresh();
      assert.deepEqual(await scopes(), ["access:servers!server=ana/lent", `read:users:shares!user=${alice} tokens!user=${alice}`]);
    } finally {
      servers.dispose();
      if (own !== undefined) {
        await hub.api("shares/ana/lent", { method: "DELETE" }, [204]);
        await hub.stopServer("ana", "lent", true);
      }
    }
  });

  /** Lends a server of ana's. */
  const shareWith = async (user: string): Promise<string> => {
    const url = await hub.startServer("ana", "lent");
    await hub.api("shares/ana/lent", { method: "POST", body: JSON.stringify({ user }) }, [200, 201]);
    return url;
  };

  it("refuses a wrong password in clear words, and leaves nothing", async () => {
    const hubs = open();
    const attempt = hubs.signIn({ address: hub.url, userName: "ana", password: "not this" }, nobody);
    await assert.rejects(
      attempt,
      (error) =>
        hasCode(error, "signed-out") &&
        /does not accept this user name and password/.test(error.message) &&
        !/not this/.test(error.message),
    );
    assert.deepEqual([hubs.accounts, ports.secrets.size, ports.values.size], [[], 0, 0]);
  });

  it("asks for what the hub's page asks for: name and password", async () => {
    const asked: unknown[] = [];
    const port: SignInPort = {
      ...nobody,
      askPassword: (question) => {
        asked.push(question);
        return Promise.resolve({ userName: "ana", password: hub.user("ana").password });
      },
    };
    await open().signIn({ address: new URL("user/ana/lab", hub.url).href }, port);
    assert.deepEqual(asked, [{ hub: new URL(hub.url), further: [], user: "ana" }]);
  });

  it("leaves no token where it is cancelled at any request", async () => {
    const port: SignInPort = { ...nobody, askPassword: () => Promise.resolve({ userName: "ana", password: hub.user("ana").password }) };
    let after = 0;
    for (let requests = 0; after <= requests; after++) {
      requests = 0;
      const abort = new AbortController();
      const fetch = ((...request: Parameters<typeof nodeFetch>) => {
        if (requests++ === after) setImmediate(() => abort.abort()); // it is on its way by then
        return nodeFetch(...request);
      }) as typeof nodeFetch; // all that `request` uses of it
      const signing = signIn({ address: hub.url }, port, { terms, fetch, signal: abort.signal });
      if (after < 4) await assert.rejects(signing, (error) => hasCode(error, "aborted"), `at request ${after}`);
      else await abandon(await signing);
      await waitFor(`no token after request ${after}`, async () => (await ours("ana")).length === 0, 10_000);
    }
    assert.equal(after, 5, "there are four requests to cancel");
  });

  describe("with a token", () => {
    it("that is revoked is told from one that is of another's hub by nobody: both are not accepted", async () => {
      const { id, token } = await mintAsHarness("ana", { note: "to be revoked" });
      await hub.api(`users/ana/tokens/${id}`, { method: "DELETE" }, [204]);
      for (const dead of [token, "0123456789abcdef0123456789abcdef"]) {
        await assert.rejects(
          withToken(open(), "ana", dead),
          (error) => hasCode(error, "signed-out") && /does not accept this token/.test(error.message),
        );
      }
    });

    it("that may only read is refused with the remedy", async () => {
      const { id, token } = await mintAsHarness("ana", { note: "read only", scopes: ["read:users!user"] });
      await assert.rejects(
        withToken(open(), "ana", token),
        (error) => hasCode(error, "forbidden") && /may not use servers/.test(error.message),
      );
      await hub.api(`users/ana/tokens/${id}`, { method: "DELETE" }, [204]);
    });

    it("that may mint none is used itself, is said to be, and is left on the hub at sign-out", async () => {
      const scopes = ["access:servers!user", "servers!user", "read:users!user"];
      const { id, token } = await mintAsHarness("ana", { note: "no minting", scopes });
      const hubs = open();
      const { account, notice } = await withToken(hubs, "ana", token);
      assert.match(notice ?? "", /lets no token be made with the one that you gave/);
      const { family, ...secret } = stored(account);
      assert.deepEqual([secret, family?.length], [{ token, origin: "given" }, 10]);
      await hubs.signOut(account);
      assert.ok((await tokensOf("ana")).some((each) => each.id === id));
      await hub.api(`users/ana/tokens/${id}`, { method: "DELETE" }, [204]);
    });

    it("of somebody else signs in as that one", async () => {
      const { account } = await open().signIn(
        { address: new URL("user/ana/lab", hub.url).href, token: hub.user("zoë müller").token },
        nobody,
      );
      assert.equal(account.userName, "zoë müller");
    });
  });

  it("says so where the hub cannot be told of a sign-out; the next sign-in revokes what was left there", async () => {
    const hubs = open();
    const { account } = await withPassword(hubs, "ana");
    const { tokenId: left = "" } = stored(account);
    await hub.stopHubProcess();
    try {
      assert.equal(await hubs.signOut(account), false);
    } finally {
      await hub.startHubProcess();
    }
    // No secret is kept for it: what is on record is a mark that the token's note bears.
    assert.deepEqual([ports.secrets.size, ports.values.size], [0, 1]);
    assert.deepEqual(
      (await ours("ana")).map(({ id }) => id),
      [left],
    );
    const again = (await withPassword(hubs, "ana")).account;
    assert.deepEqual(
      (await ours("ana")).map(({ id }) => id),
      [stored(again).tokenId],
    );
    await hubs.signOut(again);
    assert.deepEqual([ports.secrets.size, ports.values.size], [0, 0]);
  });
});

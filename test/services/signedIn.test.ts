// The life of our tokens on a real hub while people are signed in, in several windows, on several hubs, and when they leave.
import assert from "node:assert/strict";
import type { Hubs } from "../../src/app/hubs/hubs";
import { Servers } from "../../src/app/servers/servers";
import { hasCode } from "../../src/base/errors";
import type { Account } from "../../src/hub/account/account";
import { writeSecret } from "../../src/hub/account/tokenRecord";
import { startHub, type TestHub } from "../harness/hub/hub";
import { stackVersion } from "../harness/hub/shared";
import { waitFor } from "../harness/processes/wait";
import type { MemoryPorts } from "../unit/app/doubles";
import { nobody } from "../unit/app/doubles";
import { people, SignInBench } from "./support/signIn";

describe("signing in to a hub", () => {
  let bench: SignInBench;
  let hub: TestHub;
  let ports: MemoryPorts;
  beforeEach(() => {
    bench = new SignInBench();
    ({ hub, ports } = bench);
  });
  afterEach(() => bench.close());

  it("leaves one token after signing in again, and none after signing out", async () => {
    const hubs = bench.open();
    const first = await bench.withPassword(hubs, "ana");
    const again = await bench.withToken(hubs, "ana");
    assert.equal(again.account, first.account);
    assert.deepEqual(
      (await bench.ours("ana")).map(({ id }) => id),
      [bench.stored(again.account).tokenId],
    );
    assert.equal(await hubs.signOut(again.account), true);
    assert.deepEqual(await bench.ours("ana"), []);
  });

  it("has several accounts side by side, each with its token", async () => {
    const hubs = bench.open();
    for (const name of people) await bench.withPassword(hubs, name);
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
    const { expiresAt = 0, createdAt = 0, ...rest } = bench.stored(account);
    const gone = (expiresAt - createdAt) / 2;
    await ports.tokens.set(account.id, writeSecret({ ...rest, createdAt: createdAt - gone, expiresAt: expiresAt - gone }));
  };

  it("leaves one token after it was renewed, though several windows do it at once", async () => {
    const hubs = [bench.open(), bench.open(), bench.open()];
    const [here] = hubs;
    assert.ok(here);
    const { account } = await bench.withPassword(here, "ana");
    const old = bench.stored(account);
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
        const now = await bench.ours("ana");
        return bench.stored(account).token !== old.token && now.length === 1 && now[0]?.id === bench.stored(account).tokenId;
      },
      20_000,
    );
    assert.deepEqual((await bench.ours("ana"))[0]?.scopes.toSorted(), await bench.expanded("ana"));
    for (const each of accounts) assert.equal((await each.client.user()).name, "ana");
  });

  it("leaves one token where two windows sign in at once", async () => {
    const [here, there] = [bench.open(), bench.open()];
    await Promise.all([bench.withPassword(here, "ana"), bench.withPassword(there, "ana")]);
    await waitFor("one token", async () => (await bench.ours("ana")).length === 1, 10_000);
    for (const hubs of [here, there]) assert.equal((await hubs.accounts[0]?.client.user())?.name, "ana");
  });

  it("keeps two accounts on each of two hubs apart, signed in to from two windows at once", async function () {
    this.timeout(120_000);
    const second = await startHub({ prefix: "/second/", version: stackVersion });
    try {
      const [here, there] = [bench.open(), bench.open()];
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
    const [here, there] = [bench.open(), bench.open()];
    const { account } = await bench.withPassword(here, "ana");
    const other = await waitFor("the account there", () => there.find(account.id), 5_000);
    await here.signOut(account);
    await waitFor("the sign-out there", () => there.accounts.length === 0, 5_000);
    await assert.rejects(other.client.user(), (error) => hasCode(error, "signed-out"));
  });

  it("gives the hub token the scope for shares only where there is one, and a shared server a token of its own", async function () {
    this.timeout(120_000);
    const alice = "alice@example.org";
    const own = hub.version.startsWith("3.") ? undefined : await shareWith("alice@example.org");
    const hubs = bench.open();
    const servers = new Servers(hubs, ports);
    try {
      const { account } = await bench.withPassword(hubs, "alice@example.org");
      await servers.refresh(account);
      const scopes = async (): Promise<string[]> => {
        const all = (await bench.ours("alice@example.org")).map((each) => each.scopes.filter((scope) => /share|=ana|^tokens/.test(scope)));
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

  it("says so where the hub cannot be told of a sign-out; the next sign-in revokes what was left there", async () => {
    const hubs = bench.open();
    const { account } = await bench.withPassword(hubs, "ana");
    const { tokenId: left = "" } = bench.stored(account);
    await hub.stopHubProcess();
    try {
      assert.equal(await hubs.signOut(account), false);
    } finally {
      await hub.startHubProcess();
    }
    // No secret is kept for it: what is on record is a mark that the token's note bears.
    assert.deepEqual([ports.secrets.size, ports.values.size], [0, 1]);
    assert.deepEqual(
      (await bench.ours("ana")).map(({ id }) => id),
      [left],
    );
    const again = (await bench.withPassword(hubs, "ana")).account;
    assert.deepEqual(
      (await bench.ours("ana")).map(({ id }) => id),
      [bench.stored(again).tokenId],
    );
    await hubs.signOut(again);
    assert.deepEqual([ports.secrets.size, ports.values.size], [0, 0]);
  });
});

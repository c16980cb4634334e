// src/hub on a real hub: finding it, signing in, tokens, starting and stopping servers.
import assert from "node:assert/strict";
import { hasCode } from "../../src/base/errors";
import { Account, type TokenStore } from "../../src/hub/account/account";
import { parseAddress } from "../../src/hub/signIn/address";
import { findHub } from "../../src/hub/signIn/findHub";
import { HubClient } from "../../src/hub/api/client";
import { hubScopes } from "../../src/hub/account/mint";
import { signIn, type SignedIn, type SignInPort } from "../../src/hub/signIn/signIn";
import { ensureRunning, servers, stop } from "../../src/hub/api/userServer";
import { request } from "../../src/transport/http";
import { serverSettings } from "../../src/transport/settings";
import { failure } from "../harness/failure";
import type { TestHub } from "../harness/hub/hub";
import { sharedHub } from "../harness/hub/shared";
import { together } from "../harness/together";

const people = ["ana", "alice@example.org", "zoë müller"];
const nobody: SignInPort = {
  askToken: () => Promise.reject(new Error("Nobody is to be asked")),
  askPassword: () => Promise.reject(new Error("Nobody is to be asked")),
  confirmPlainHttp: () => Promise.reject(new Error("Loopback needs no confirmation")),
};

describe("hub", function () {
  this.timeout(90_000);
  let hub: TestHub;
  before(() => void (hub = sharedHub()));
  // Each has servers and tokens of its own, and most of the time waits for them.
  const test = together(4);

  const clientOf = (name: string): HubClient =>
    new HubClient(serverSettings({ baseUrl: hub.url, token: hub.user(name).token, label: `${name} @ hub` }));
  const memory = (token: string): TokenStore & { token: string | undefined } => ({
    token,
    async get() {
      return this.token;
    },
    async set(_, fresh) {
      this.token = fresh;
    },
    async delete() {
      this.token = undefined;
    },
    ids: () => [],
  });

  test("is found from its pages and from pages of its users", async () => {
    for (const path of ["", "hub/home", "hub/login?next=%2Fhub%2F", "user/ana/lab/tree/x.ipynb", "hub/spawn/ana/gpu"]) {
      const found = await findHub(parseAddress(new URL(path, hub.url).href));
      assert.deepEqual(found, { url: new URL(hub.url), version: hub.version });
    }
  });

  test("does not take a user's server for a hub", async () => {
    const { place } = await ensureRunning(clientOf("ana"), "ana", "plain");
    const { url } = place;
    const address = parseAddress(url.href);
    const wrong = { ...address, candidates: [url] };
    assert.equal((await failure(findHub(wrong))).code, "not-a-hub");
    await stop(clientOf("ana"), "ana", "plain");
  });

  for (const name of people) {
    test(`signs in ${name} with a token`, async () => {
      const { user, hub: url }: SignedIn = await signIn({ address: hub.url, token: ` ${hub.user(name).token}\n` }, nobody);
      assert.deepEqual([user.name, url.href], [name, hub.url]);
      assert.ok(user.servers !== null && user.scopes.length > 0);
    });

    test(`starts, finds and stops a server of ${name}, following its progress`, async () => {
      const client = clientOf(name);
      const server = "second-1";
      const told: [number, string][] = [];
      const { place } = await ensureRunning(client, name, server, {
        onProgress: (...each) => told.push(each),
        start: { userOptions: { delay: 1 } },
      });
      const status = await request(serverSettings({ baseUrl: place.url, token: hub.user(name).token }), "api/status");
      assert.equal(status.status, 200);
      assert.ok(
        told.some(([, message]) => message === "Waiting for a place, 1 of 1 s"),
        JSON.stringify(told),
      );
      assert.deepEqual(
        told,
        told.toSorted(([a], [b]) => a - b),
      );
      const again = await ensureRunning(client, name, server, { onProgress: () => assert.fail("It runs already") });
      assert.equal(again.place.url.href, place.url.href);
      const known = (await servers(client, name)).find((each) => each.name === server);
      assert.deepEqual(known?.user_options, { delay: 1 });

      await stop(client, name, server);
      const stopped = (await servers(client, name)).find((each) => each.name === server);
      assert.ok(stopped === undefined || stopped.stopped);
      await client.deleteServer(name, server);
      assert.ok(!(await servers(client, name)).some((each) => each.name === server));
      await stop(client, name, server);
    });
  }

  test("lists the default server although it is stopped", async () => {
    const [first] = await servers(clientOf("zoë müller"), "zoë müller");
    assert.equal(first?.name, "");
  });

  test("follows a slow start from two sides at once", async () => {
    const client = clientOf("ana");
    const both = [1, 2].map(() => ensureRunning(client, "ana", "slow-1"));
    const [one, two] = await Promise.all(both);
    assert.equal(one?.place.url.href, two?.place.url.href);
    await stop(client, "ana", "slow-1");
    await client.deleteServer("ana", "slow-1");
  });

  test("gives the spawner's own reason for a failed start, at once and after a while", async () => {
    const client = clientOf("alice@example.org");
    for (const userOptions of [
      undefined,
      { delay: 2, fail: "The quota of GPU hours is used up." },
      { delay: 12, fail: "Nothing came free." },
    ]) {
      const error = await failure(ensureRunning(client, "alice@example.org", "fail-1", { start: { userOptions } }));
      assert.equal(error.code, "start-failed");
      assert.match(error.message, userOptions ? new RegExp(userOptions.fail) : /No room for fail-1/);
    }
    await client.deleteServer("alice@example.org", "fail-1");
  });

  test("ends waiting for a server that dies at once, by timeout and by abort, and stops it when the hub lets it", async () => {
    const client = clientOf("ana");
    const early = await failure(ensureRunning(client, "ana", "die-1", { timeout: 3_000 }));
    assert.ok(["timeout", "start-failed"].includes(early.code), early.message);
    const abort = new AbortController();
    const waiting = ensureRunning(client, "ana", "die-1", { signal: abort.signal, onProgress: () => abort.abort() });
    abort.abort();
    assert.equal((await failure(waiting)).code, "aborted");
    await stop(client, "ana", "die-1", { timeout: 80_000 });
    await client.deleteServer("ana", "die-1");
  });

  test("says why a server name is refused, and what names may be", async () => {
    const error = await failure(ensureRunning(clientOf("ana"), "ana", "a/b"));
    assert.equal(error.code, "start-failed");
    assert.match(error.message, /Invalid server_name.*Choose a name of small letters/);
  });

  test("mints a token with few scopes that suffices, and revokes it", async () => {
    const scopes = [...hubScopes];
    for (const name of people) {
      const made = await clientOf(name).createToken(name, { note: "JupyterHub Connect test", expiresIn: 600, scopes });
      const account = new Account({ hub: new URL(hub.url), userName: name, store: memory(made.token) });
      assert.equal((await account.client.user()).name, name);
      await servers(account.client, name);
      await assert.rejects(account.client.getServers("admin"), (error) => hasCode(error, "not-found", "forbidden"));
      assert.equal(account.state, "signed-in");
      await account.client.deleteToken(name, made.id);
      await assert.rejects(account.client.getServers(name), (error) => hasCode(error, "signed-out"));
      assert.equal(account.state, "signed-out");
      account.dispose();
    }
  });

  test("refuses a token of nobody in clear words", async () => {
    const error = await failure(signIn({ address: hub.url, token: "0123456789abcdef0123456789abcdef" }, nobody));
    assert.deepEqual([error.code, /does not accept this token/.test(error.message)], ["signed-out", true]);
  });

  // Alone: all others need the hub.
  it("does not take a hub that is down for a sign-out", async () => {
    const account = new Account({ hub: new URL(hub.url), userName: "ana", store: memory(hub.user("ana").token) });
    await hub.stopHubProcess();
    try {
      await assert.rejects(account.check(hub.user("ana").token), (error) => hasCode(error, "server-error", "unreachable"));
      await assert.rejects(findHub(parseAddress(hub.url)), (error) => hasCode(error, "server-error"));
      assert.equal(account.state, "signed-in");
    } finally {
      await hub.startHubProcess();
    }
    assert.equal(await account.check(hub.user("ana").token), "valid");
    account.dispose();
  });
});

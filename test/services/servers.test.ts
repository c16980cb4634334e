// Servers on a real hub, from the list to deletion: named ones, options, the spawn page, every way a start can fail.
import assert from "node:assert/strict";
import { hasCode } from "../../src/base/errors";
import { HubClient } from "../../src/hub/api/client";
import { hubScopes } from "../../src/hub/account/mint";
import { logIn, readSpawnForm } from "../../src/hub/pages/pages";
import { preselecting, userOptionsOf } from "../../src/hub/pages/spawnForm";
import {
  ensureRunning,
  ensureStartedElsewhere,
  remove,
  servers,
  sharedRunning,
  stop,
  type EnsureRunningOptions,
} from "../../src/hub/api/userServer";
import { request } from "../../src/transport/http";
import { serverSettings, type ServerSettings } from "../../src/transport/settings";
import { failure } from "../harness/failure";
import type { TestHub } from "../harness/hub/hub";
import { sharedHub } from "../harness/hub/shared";
import { together } from "../harness/together";

const user = "zoë müller";

describe("servers of a real hub", function () {
  this.timeout(90_000);
  let hub: TestHub;
  let client: HubClient;
  let settings: ServerSettings;
  let major: number;
  before(async () => {
    hub = sharedHub();
    settings = serverSettings({ baseUrl: hub.url, token: hub.user(user).token, label: `${user} @ hub` });
    client = new HubClient(settings);
    major = await client.majorVersion();
  });

  // Each has servers of its own, and most of the time waits for them.
  const test = together(4);

  const model = async (name: string) => (await servers(client, user)).find((server) => server.name === name);
  const ensure = (name: string, options: EnsureRunningOptions = {}) => ensureRunning(client, user, name, options);

  test("creates a named server with a name for people, and deletes it", async () => {
    await ensure("gpu-1", { start: { displayName: "My GPU ♥", userOptions: { delay: 0.1 } } });
    const made = await model("gpu-1");
    assert.equal(made?.display_name ?? null, major >= 6 ? "My GPU ♥" : null);
    assert.deepEqual([made?.ready, made?.user_options], [true, { delay: 0.1 }]);
    assert.ok(made?.started !== null && Date.parse(made?.last_activity ?? "") > 0);
    await remove(client, user, "gpu-1");
    assert.equal(await model("gpu-1"), undefined);
    await remove(client, user, "gpu-1");
  });

  test("starts with the options of the last time where none are given, and with none where that is said", async () => {
    await ensure("again-1", { start: { userOptions: { profile: "gpu", image: "jax" } } });
    await stop(client, user, "again-1");
    await ensure("again-1");
    assert.deepEqual((await model("again-1"))?.user_options, { profile: "gpu", image: "jax" });
    await stop(client, user, "again-1");
    await ensure("again-1", { start: { userOptions: {} } });
    assert.deepEqual((await model("again-1"))?.user_options, {});
    await remove(client, user, "again-1");
  });

  test("reads what there is to choose from the spawn page, and starts with the choice", async () => {
    const cookies = await logIn(settings, user, hub.user(user).password);
    const page = await readSpawnForm(settings, cookies, user, "chosen");
    assert.ok(page.kind === "form");
    const { profiles, hasUnknownFields } = page.form;
    assert.deepEqual(
      profiles.map(({ slug, isDefault, options }) => [slug, isDefault, options.map(({ name }) => name)]),
      [
        ["small", true, []],
        ["gpu", false, ["image", "memory"]],
        ["quota", false, []],
      ],
    );
    assert.equal(hasUnknownFields, false);
    const [, gpu] = profiles;
    assert.ok(gpu);
    const userOptions = userOptionsOf(gpu, new Map([["image", { text: "quay.io/jupyter/base-notebook:latest" }]]));
    await ensure("chosen", { start: { userOptions } });
    const last = (await model("chosen"))?.user_options;
    assert.deepEqual(last, { profile: "gpu", "image--unlisted-choice": "quay.io/jupyter/base-notebook:latest", memory: "16" });
    const again = preselecting(page.form, last).profiles.find(({ isDefault }) => isDefault);
    assert.deepEqual(again && userOptionsOf(again, new Map()), last);
    assert.deepEqual(await readSpawnForm(settings, cookies, user, "chosen"), { kind: "active" });
    await remove(client, user, "chosen");
  });

  test("knows a hub that has nothing to choose by its having started the server", async () => {
    const cookies = await logIn(settings, user, hub.user(user).password);
    assert.deepEqual(await readSpawnForm(settings, cookies, user, "plain-1"), { kind: "started" });
    await ensure("plain-1");
    await remove(client, user, "plain-1");
  });

  test("refuses a wrong password, and says when a session is over", async () => {
    assert.equal((await failure(logIn(settings, user, "wrong"))).code, "signed-out");
    const error = await failure(readSpawnForm(settings, "jupyterhub-hub-login=nonsense", user, ""));
    assert.deepEqual([error.code, /session for the pages/.test(error.message)], ["signed-out", true], error.message);
  });

  test("follows a start on the hub's own page", async () => {
    const told: string[] = [];
    const waiting = ensureStartedElsewhere(client, user, "page-1", {
      onProgress: (_, message) => told.push(message),
      pace: { first: 100 },
    });
    await client.startServer(user, "page-1", { userOptions: { delay: 3 } });
    const { name } = await waiting;
    assert.equal(name, "page-1");
    assert.ok(
      told.some((message) => /Waiting for a place/.test(message)),
      told.join(),
    );
    await remove(client, user, "page-1");
    const nobody = await failure(ensureStartedElsewhere(client, user, "page-1", { timeout: 300, pace: { first: 50 } }));
    assert.deepEqual([nobody.code, /Nobody has started/.test(nobody.message)], ["timeout", true]);
  });

  test("gives the hub's reason where a quota is used up", async () => {
    const error = await failure(ensure("quota-1", { start: { userOptions: { profile: "quota" } } }));
    assert.deepEqual(
      [error.code, /Your quota of large servers is used up until Monday/.test(error.message)],
      ["start-failed", true],
      error.message,
    );
    await remove(client, user, "quota-1");
  });

  test("says that a server died at once, before the hub gives up on it, and starts it well after that", async () => {
    const error = await failure(ensure("die-2", { timeout: 55_000 }));
    assert.equal(error.code, "start-failed", error.message);
    assert.match(error.message, /seems to have ended at once|status=/);
    await stop(client, user, "die-2", { timeout: 80_000 });
    await ensure("die-2", { start: { userOptions: { die: false } } });
    await remove(client, user, "die-2");
  });

  for (const [kind, words] of [
    ["pending", /Waiting for a place that never comes/],
    ["hang", /Starting the server/],
  ] as const) {
    const ends = async (): Promise<void> => {
      const told: string[] = [];
      const error = await failure(ensure(`${kind}-1`, { timeout: 4_000, onProgress: (_, message) => told.push(message) }));
      assert.deepEqual([error.code, /still not up.*stop it/.test(error.message)], ["timeout", true], error.message);
      assert.ok(
        told.some((message) => words.test(message)),
        told.join(),
      );
      assert.equal((await model(`${kind}-1`))?.pending, "spawn");
      await stop(client, user, `${kind}-1`, { timeout: 120_000 });
      assert.equal((await model(`${kind}-1`))?.pending ?? null, null);
      await remove(client, user, `${kind}-1`);
    };
    test(`ends waiting for a spawn that is ${kind} for ever, and stops it`, ends, 150_000);
  }

  test("says so where somebody stops a server while it starts", async () => {
    if (major < 5) return; // hub 3 stops nothing that is starting: `stop` waits until it has come up
    const stopped: Promise<void>[] = [];
    const onProgress = (_: number, message: string): void => {
      if (/2 of 30/.test(message)) stopped.push(stop(client, user, "slow-2"));
    };
    const starting = ensure("slow-2", { start: { userOptions: { delay: 30 } }, onProgress });
    const error = await failure(starting);
    assert.deepEqual(
      [error.code, /perhaps somebody stopped it while it was starting/.test(error.message)],
      ["start-failed", true],
      error.message,
    );
    await Promise.all(stopped);
    await remove(client, user, "slow-2");
  });

  test("uses a server that somebody shares, with a token that says so and no other", async () => {
    if (major < 5) {
      assert.deepEqual(await client.sharedServers(user), []);
      return;
    }
    const lent = `shares/ana/lent-1`;
    await hub.startServer("ana", "lent-1");
    await hub.api(lent, { method: "POST", body: JSON.stringify({ user }) }, [200, 201]);
    const [share] = await client.sharedServers(user);
    assert.deepEqual([share?.server.user.name, share?.server.name, share?.server.ready], ["ana", "lent-1", true]);
    const { place } = await sharedRunning(client, user, "ana", "lent-1");
    // A token with few scopes may mint one with more of the person's own.
    const few = await client.createToken(user, { note: "few scopes", expiresIn: 600, scopes: hubScopes });
    const asking = new HubClient(serverSettings({ baseUrl: hub.url, token: few.token }));
    assert.deepEqual(await asking.sharedServers(user).catch((error: unknown) => hasCode(error, "signed-out") && []), []);
    const more = await asking.createToken(user, {
      note: "one more",
      expiresIn: 600,
      scopes: [...hubScopes, "access:servers!server=ana/lent-1"],
    });
    const status = async (token: string): Promise<number> =>
      (await request(serverSettings({ baseUrl: place.url, token }), "api/status", { allow: [403] })).status;
    assert.deepEqual([await status(few.token), await status(more.token)], [403, 200]);
    for (const { id } of [few, more]) await client.deleteToken(user, id);
    await hub.stopServer("ana", "lent-1");
    assert.match((await failure(sharedRunning(client, user, "ana", "lent-1"))).message, /Ask ana to start it/);
    await hub.api(lent, { method: "DELETE" }, [200, 204]);
    assert.equal((await failure(sharedRunning(client, user, "ana", "lent-1"))).code, "not-found");
    await hub.stopServer("ana", "lent-1", true);
  });

  test("reports activity where the token may, and says where it may not", async () => {
    await ensure("active-1");
    const before = Date.parse((await model("active-1"))?.last_activity ?? "");
    const later = new Date(before + 60_000);
    await client.reportActivity(user, "active-1", later);
    assert.equal(Date.parse((await model("active-1"))?.last_activity ?? ""), later.getTime());
    const few = await client.createToken(user, { note: "few scopes", expiresIn: 600, scopes: hubScopes });
    const asking = new HubClient(
      serverSettings({ baseUrl: hub.url, token: { current: async () => few.token, check: async () => "valid" } }),
    );
    await assert.rejects(asking.reportActivity(user, "active-1", later), (error) => hasCode(error, "forbidden"));
    const more = await asking.createToken(user, { note: "one more", expiresIn: 600, scopes: [...hubScopes, "users:activity!user"] });
    const allowed = new HubClient(serverSettings({ baseUrl: hub.url, token: more.token }));
    await allowed.reportActivity(user, "active-1", new Date(later.getTime() + 1_000));
    for (const { id } of [few, more]) await client.deleteToken(user, id);
    await remove(client, user, "active-1");
  });

  test("counts a small request to the server as its activity, by which it decides that it is idle", async () => {
    const { place } = await ensure("touched-1");
    const { url } = place;
    const before = Date.parse((await model("touched-1"))?.last_activity ?? "");
    await request(serverSettings({ baseUrl: url, token: hub.user(user).token }), "api/kernels");
    const { last_activity: seen } = JSON.parse(
      (await request(serverSettings({ baseUrl: url, token: hub.user(user).token }), "api/status")).text,
    ) as { last_activity: string };
    assert.ok(Date.parse(seen) >= before, `${seen} ${before}`);
    await remove(client, user, "touched-1");
  });

  // Alone: no other start would outlive it.
  it("outlives a hub that is restarted while a server starts", async () => {
    const told: string[] = [];
    const starting = ensure("slow-3", { start: { userOptions: { delay: 2 } }, onProgress: (_, message) => told.push(message) });
    starting.catch(() => undefined);
    await client.startServer(user, "slow-3");
    await hub.stopHubProcess();
    await hub.startHubProcess();
    // The hub may have forgotten the spawn or not: either way there is an end, and the next start is well.
    await starting.catch((error: unknown) => assert.ok(hasCode(error, "start-failed", "server-error", "unreachable"), String(error)));
    await ensure("slow-3");
    await remove(client, user, "slow-3");
  });
});

// Known hubs and accounts: signing in and out, remembering, other windows.
import assert from "node:assert/strict";
import { Hubs } from "../../../../src/app/hubs/hubs";
import { hasCode } from "../../../../src/base/errors";
import { next } from "../../../../src/base/event";
import { givenSecret, readSecret } from "../../../../src/hub/account/tokenRecord";
import { FakeHub } from "../../../fakes/hub";
import { MemoryPorts, nobody, signIn } from "../doubles";

describe("hubs", () => {
  let hub: FakeHub;
  let ports: MemoryPorts;
  const windows: Hubs[] = [];
  const open = (): Hubs => {
    const hubs = new Hubs(ports);
    windows.push(hubs);
    return hubs;
  };

  beforeEach(async () => {
    hub = await FakeHub.start("/jupyter/");
    ports = new MemoryPorts();
  });
  afterEach(async () => {
    for (const window of windows.splice(0)) window.dispose();
    await hub.stop();
  });

  it("knows nobody at first", () => {
    assert.deepEqual(open().accounts, []);
  });

  it("signs in with a token, says so, and remembers the account without its token", async () => {
    const hubs = open();
    let changes = 0;
    hubs.onDidChange(() => changes++);
    const account = await signIn(hubs, hub);
    assert.deepEqual([account.userName, account.hub.href, account.state], ["ana", hub.url.href, "signed-in"]);
    assert.deepEqual([hubs.accounts, hubs.find(account.id)], [[account], account]);
    assert.ok(changes > 0);
    const { family, ...secret } = readSecret(ports.secrets.get(account.id) ?? "");
    assert.deepEqual(secret, givenSecret("good-token"));
    assert.match(family ?? "", /^[0-9a-f]{10}$/);
    assert.ok(!JSON.stringify([...ports.values]).includes("good-token"));
  });

  it("names the server whose page was pasted", async () => {
    const address = new URL("user/ana/gpu/lab/tree/x.ipynb", hub.url).href;
    const { server } = await open().signIn({ address, token: "good-token" }, nobody);
    assert.equal(server, "gpu");
  });

  it("keeps nothing of a sign-in that was refused", async () => {
    const hubs = open();
    await assert.rejects(signIn(hubs, hub, "bad-token"), (error) => hasCode(error, "signed-out"));
    assert.deepEqual([hubs.accounts, ports.secrets.size, ports.values.size], [[], 0, 0]);
  });

  it("has one account for one user, however often they sign in, with the last token", async () => {
    const hubs = open();
    hub.tokens.set("newer-token", "ana");
    const [first, again] = [await signIn(hubs, hub), await signIn(hubs, hub, "newer-token")];
    assert.equal(first, again);
    assert.equal(await again.current(), "newer-token");
  });

  it("has as many accounts as users of a hub", async () => {
    const hubs = open();
    hub.tokens.set("bobs-token", "bob");
    await signIn(hubs, hub);
    await signIn(hubs, hub, "bobs-token");
    assert.deepEqual(
      hubs.accounts.map(({ userName }) => userName),
      ["ana", "bob"],
    );
  });

  it("remembers accounts in the next window, signed in, without asking the hub", async () => {
    const { id } = await signIn(open(), hub);
    const asked = hub.asked.length;
    const account = open().find(id);
    assert.equal(await account?.current(), "good-token");
    assert.equal(hub.asked.length, asked);
  });

  it("leaves out what it remembers wrongly, and keeps the rest", async () => {
    const { id } = await signIn(open(), hub);
    for (const [key, value] of [
      ["account:a", 1],
      ["account:b", { hub: "no address", userName: "x" }],
      ["specs:x", {}],
    ] as const)
      ports.values.set(key, value);
    assert.deepEqual(
      open().accounts.map((account) => account.id),
      [id],
    );
  });

  it("forgets account and token at sign-out", async () => {
    const hubs = open();
    await hubs.signOut(await signIn(hubs, hub));
    assert.deepEqual([hubs.accounts, ports.secrets.size, ports.values.size], [[], 0, 0]);
    assert.deepEqual(open().accounts, []);
  });

  it("revokes at the next sign-in what the hub could not be told of at sign-out, and remembers no more of it", async () => {
    ports = new MemoryPorts({ note: "Test", lifetime: 3_600 });
    const hubs = open();
    const account = await signIn(hubs, hub);
    const server = { id: `${account.id}/gpu`, owner: "ana", name: "gpu" };
    await account.serverSettings(server, new URL("user/ana/gpu/", hub.url), "x").token.current();
    hub.on("GET /hub/api/users/ana/tokens", { status: 404, json: { status: 404, message: "Not now" } });
    assert.equal(await hubs.signOut(account), false);
    assert.deepEqual(
      [...hub.minted.values()].map(({ scopes }) => scopes),
      [["access:servers!server=ana/gpu"]],
    );
    hub.on("GET /hub/api/users/ana/tokens", () => undefined);
    await hubs.signOut(await signIn(open(), hub));
    assert.deepEqual([hub.minted.size, ports.secrets.size, ports.values.size], [0, 0, 0]);
  });

  it("says that an account became signed out", async () => {
    const hubs = open();
    const account = await signIn(hubs, hub);
    const change = next(hubs.onDidChange, () => account.state === "signed-out");
    hub.tokens.clear();
    await assert.rejects(account.client.user(), (error) => hasCode(error, "signed-out"));
    await change;
    assert.deepEqual(hubs.accounts, [account]);
  });

  it("learns of a sign-in in another window", async () => {
    const [here, there] = [open(), open()];
    const { id } = await signIn(here, hub);
    assert.equal(await there.find(id)?.current(), "good-token");
  });

  it("learns of a sign-out in another window", async () => {
    const [here, there] = [open(), open()];
    const account = await signIn(here, hub);
    await here.signOut(account);
    assert.deepEqual(there.accounts, []);
  });

  it("is silent once disposed", async () => {
    const hubs = open();
    hubs.onDidChange(() => assert.fail("It was disposed"));
    hubs.dispose();
    await ports.tokens.set("anything", "new-token");
  });
});

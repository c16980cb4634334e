// A minted token is revoked when it leaves the store; one that was given is left alone.
import assert from "node:assert/strict";
import { mint } from "../../../../src/hub/account/mint";
import { givenSecret, type TokenRecord } from "../../../../src/hub/account/tokenRecord";
import type { FakeHub } from "../../../fakes/hub";
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

  it("is revoked when a sign-in replaces it, and when the person signs out", async () => {
    const account = bench.open();
    const next = (await mint(bench.settings("good-token"), "ana", { terms })).secret;
    await account.signIn(next);
    assert.deepEqual([...hub.minted.keys()], [next.token]);
    assert.equal(await account.signOut(), true);
    assert.deepEqual([hub.minted.size, store.records.size], [0, 0]);
  });

  it("is revoked by itself, so that an id that was given anew harms nobody", async () => {
    const account = bench.open();
    await account.signOut();
    const revocations = hub.received.filter(({ method }) => method === "DELETE");
    assert.deepEqual(
      revocations.map(({ token }) => token),
      [first.token],
    );
  });

  it("says where it could not be revoked; the person is signed out all the same", async () => {
    hub.on("DELETE /hub/api/users/ana/tokens/a1", { status: 503, html: "", headers: { "retry-after": "0" } });
    const account = bench.open();
    assert.equal(await account.signOut(), false);
    assert.deepEqual([account.state, store.records.size], ["signed-out", 0]);
  });

  it("is revoked where it cannot be stored", async () => {
    const account = bench.open();
    const next = (await mint(bench.settings("good-token"), "ana", { terms })).secret;
    store.set = () => Promise.reject(new Error("The keyring is locked"));
    await assert.rejects(account.signIn(next), /could not be stored .*Unlock your system's keyring/);
    assert.deepEqual([...hub.minted.keys()], [first.token]);
  });

  it("never is a given one: that is neither replaced nor revoked", async () => {
    const account = bench.open();
    await account.signIn(givenSecret("good-token"));
    await account.client.user();
    await bench.pass(400 * day);
    await account.client.user();
    await account.signOut();
    assert.equal(hub.tokens.get("good-token"), "ana");
    assert.deepEqual(bench.mints(), []);
  });
});

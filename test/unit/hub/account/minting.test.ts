// A token is minted for no longer than the hub allows, and none is left where that did not come to its end.
import assert from "node:assert/strict";
import { mint } from "../../../../src/hub/account/mint";
import { FakeHub } from "../../../fakes/hub";
import { waitFor } from "../../../harness/processes/wait";
import { hour } from "../../../fakes/clock";
import { settingsOf, terms } from "./tokenBench";

describe("minting", () => {
  let hub: FakeHub;
  beforeEach(async () => void (hub = await FakeHub.start("/jupyter/")));
  afterEach(() => hub.stop());
  const settings = () => settingsOf(hub, "good-token");

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

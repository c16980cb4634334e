// ServerSettings: what an address becomes, and what is left out.
import assert from "node:assert/strict";
import { hasCode } from "../../../src/base/errors";
import { fixedToken, serverSettings } from "../../../src/transport/settings";

describe("server settings", () => {
  it("make a directory of the address, without query and fragment", () => {
    const { baseUrl, wsUrl, label } = serverSettings({ baseUrl: "https://hub.example.org/user/ana?token=x#top" });
    assert.equal(baseUrl.href, "https://hub.example.org/user/ana/");
    assert.equal(wsUrl.href, "wss://hub.example.org/user/ana/");
    assert.equal(label, "hub.example.org");
  });

  it("take another address for websockets", () => {
    const { wsUrl } = serverSettings({ baseUrl: "https://hub.example.org/", wsUrl: "http://ws.example.org/a" });
    assert.equal(wsUrl.href, "ws://ws.example.org/a/");
  });

  it("do not change the URL they are given", () => {
    const given = new URL("http://hub.example.org/user/ana?x=1");
    serverSettings({ baseUrl: given });
    assert.equal(given.href, "http://hub.example.org/user/ana?x=1");
  });

  for (const address of ["", "hub.example.org", "ftp://hub.example.org/", "not an address"]) {
    it(`refuse “${address}”`, () => {
      assert.throws(
        () => serverSettings({ baseUrl: address }),
        (error) => hasCode(error, "address") && error.message.includes(address),
      );
    });
  }

  it("complete timeouts one by one", () => {
    const { timeouts } = serverSettings({ baseUrl: "http://hub/", timeouts: { liveness: 5 } });
    assert.equal(timeouts.liveness, 5);
    assert.ok(timeouts.request > 0 && timeouts.handshake > 0);
  });

  it("know that nobody can replace a fixed token", async () => {
    assert.equal(await fixedToken("abc").current(), "abc");
    assert.equal(await fixedToken("abc").check("abc"), "invalid");
    assert.equal(await serverSettings({ baseUrl: "http://hub/" }).token.current(), undefined);
  });
});

// Which candidate of an address is the hub.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { hasCode, type ErrorCode } from "../../../../src/base/errors";
import { parseAddress } from "../../../../src/hub/signIn/address";
import { findHub, type FoundHub } from "../../../../src/hub/signIn/findHub";
import { FakeHub } from "../../../fakes/hub";
import { failure } from "../../../harness/failure";

describe("finding the hub", () => {
  let hub: FakeHub;
  beforeEach(async () => void (hub = await FakeHub.start("/jupyter/")));
  afterEach(() => hub.stop());

  const find = (path: string): Promise<FoundHub> => findHub(parseAddress(new URL(path, hub.url).href));
  const fails = async (promise: Promise<unknown>, code: ErrorCode, words: RegExp): Promise<void> => {
    assert.match((await failure(promise, code)).message, words);
  };

  for (const path of ["/jupyter/hub/home", "/jupyter/user/ana/lab/tree/x.ipynb?token=s", "/jupyter", "/jupyter/some/page"]) {
    it(`finds it from ${path}, without a token`, async () => {
      const found = await find(path);
      assert.deepEqual(found, { url: hub.url, version: "6.1.0" });
      assert.ok(hub.received.every(({ token }) => token === undefined));
    });
  }

  it("says that what answers is no hub, and names the address", async () => {
    await fails(find("/nowhere/at/all"), "not-a-hub", /127\.0\.0\.1:\d+\/nowhere\/at\/all, but it is no JupyterHub/);
  });

  it("takes no page, no other JSON and no refusal for a hub", async () => {
    for (const answer of [{ html: "<h1>hello</h1>" }, { json: { status: "ok" } }, { json: [1] }, { status: 403, json: { version: "1" } }]) {
      hub.on("GET /hub/api/", answer);
      await fails(find("/jupyter/hub/"), "not-a-hub", /no JupyterHub/);
    }
  });

  it("says that a hub is down, after asking each candidate once", async () => {
    hub.on("GET /hub/api/", { status: 503, html: "<title>Service unavailable</title>" });
    await fails(find("/jupyter/hub/home"), "server-error", /no hub behind it \(503\)\. Try again/);
    assert.equal(hub.asked.filter((each) => each === "GET /hub/api/").length, 1);
  });

  it("follows a redirect to the hub's API under its prefix", async () => {
    hub.on("GET /hub/api/", { json: { version: "5.5.1" } });
    hub.on("GET (outside) /moved/hub/api/", { status: 302, headers: { location: "/jupyter/hub/api/" } });
    assert.deepEqual(await find("/moved/hub/home"), { url: hub.url, version: "5.5.1" });
  });

  it("does not follow from http to another host, and not in circles", async () => {
    hub.on("GET /hub/api/", { status: 302, headers: { location: "http://other.invalid/hub/api/" } });
    await fails(find("/jupyter/hub/"), "not-a-hub", /no JupyterHub/);
    hub.on("GET /hub/api/", { status: 302, headers: { location: "/jupyter/hub/api/" } });
    await fails(find("/jupyter/hub/"), "not-a-hub", /no JupyterHub/);
  });

  it("explains a sign-in page in front of the hub", async () => {
    hub.on("GET /hub/api/", { status: 302, headers: { location: "https://sso.example.org/saml/login" } });
    await fails(find("/jupyter/hub/"), "not-a-hub", /sign-in page at sso\.example\.org/);
  });

  it("does not take a proxy that wants a password for the hub", async () => {
    hub.on("GET /hub/api/", { status: 407 });
    await fails(find("/jupyter/hub/"), "proxy", /proxy on the way to 127\.0\.0\.1:\d+ wants a user name and password/);
    assert.equal(hub.asked.length, 1);
  });

  it("says that nothing answers", async () => {
    const url = hub.url;
    await hub.stop();
    await fails(
      findHub(parseAddress(url.href), { timeouts: { retry: 1 } }),
      "unreachable",
      new RegExp(`${url.host} cannot be reached: nothing answers there`),
    );
    hub = await FakeHub.start();
  });

  it("says that a host speaks no https", async () => {
    await fails(
      findHub(parseAddress(`https://${hub.url.host}/`), { timeouts: { retry: 1 } }),
      "unreachable",
      /does not speak https\. .*paste its address with http:\/\//,
    );
  });

  it("can be aborted while a host is silent", async () => {
    const silent = createServer(() => undefined).listen(0, "127.0.0.1");
    await new Promise((resolve) => silent.once("listening", resolve));
    const abort = new AbortController();
    silent.once("request", () => abort.abort());
    const { port } = silent.address() as AddressInfo; // listening on TCP
    const found = findHub(parseAddress(`http://127.0.0.1:${port}/`), { signal: abort.signal });
    await assert.rejects(found, (error) => hasCode(error, "aborted"));
    silent.closeAllConnections();
    silent.close();
  });
});

// HTTP requests: what is sent, what is repeated, when the token is checked, and how failures are told.
import assert from "node:assert/strict";
import { createServer as createTlsServer } from "node:https";
import * as v from "valibot";
import { HttpError, hasCode } from "../../../src/base/errors";
import { request, requestJson, streamText } from "../../../src/transport/http";
import { serverSettings, type ServerSettings, type TokenProvider } from "../../../src/transport/settings";
import { selfSigned } from "../../fakes/selfSigned";
import { failure } from "../../harness/failure";
import { Loopback, deadPort, rawServer } from "./loopback";

const at = (port: number, options = {}): ServerSettings =>
  serverSettings({ baseUrl: `http://127.0.0.1:${port}/`, label: "ana @ hub", timeouts: { retry: 1 }, ...options });

describe("an HTTP request", () => {
  let server: Loopback;
  let settings: ServerSettings;
  beforeEach(async () => {
    server = await Loopback.start();
    settings = server.settings({ timeouts: { retry: 1, request: 5_000 } });
  });
  afterEach(() => server.stop());

  it("sends token, accepted type, query and body", async () => {
    server.on({ body: { id: 1 } });
    await request(settings, "api/kernels", { method: "POST", query: { a: "ä&", b: 1, c: undefined }, body: { name: "python3" } });
    const [asked] = server.asked;
    assert.deepEqual([asked?.method, asked?.url, asked?.token], ["POST", "/user/ana/api/kernels?a=%C3%A4%26&b=1", "good"]);
    assert.deepEqual([asked?.headers.accept, asked?.body], ["application/json", '{"name":"python3"}']);
  });

  it("sends no token where none is wanted, and the settings' headers always", async () => {
    server.on({});
    await request({ ...settings, headers: { "X-Own": "1" } }, "api", { anonymous: true });
    assert.deepEqual([server.asked[0]?.token, server.asked[0]?.headers["x-own"]], [undefined, "1"]);
  });

  it("returns allowed statuses as answers", async () => {
    server.on({ status: 404, body: { message: "gone" } });
    assert.equal((await request(settings, "api", { method: "DELETE", allow: [404] })).status, 404);
  });

  for (const status of [408, 429, 500, 502, 503, 504]) {
    it(`repeats an idempotent one after ${status}`, async () => {
      server.on({ status }, { status }, { body: "[]" });
      assert.equal((await request(settings, "api")).text, "[]");
      assert.equal(server.asked.length, 3);
    });
  }

  for (const status of [400, 404, 409, 410, 413, 424, 501]) {
    it(`is not repeated after ${status}`, async () => {
      server.on({ status });
      await failure(request(settings, "api"));
      assert.equal(server.asked.length, 1);
    });
  }

  it("is repeated where its body broke off: that is answered by a 400 that says nothing", async () => {
    server.on({ status: 400, body: "" }, { body: "[]" });
    assert.equal((await request(settings, "api", { method: "PUT", body: { content: "x" } })).text, "[]");
    server.on({ status: 400, body: { message: "No such format" } });
    await failure(request(settings, "api", { method: "PUT", body: { content: "x" } }));
    assert.equal(server.asked.length, 3);
  });

  it("is repeated twice, not for ever", async () => {
    server.on({ status: 500, body: { message: "broken" } });
    const error = await failure(request(settings, "api"), "server-error");
    assert.ok(error instanceof HttpError && error.status === 500 && error.message.includes("broken"));
    assert.equal(server.asked.length, 3);
  });

  for (const method of ["POST", "PATCH"] as const) {
    it(`is never repeated as ${method}: it may have had its effect`, async () => {
      server.on({ status: 503 });
      await failure(request(settings, "api", { method }), "server-error");
      server.on((response) => void response.destroy());
      await failure(request(settings, "api", { method }), "unreachable");
      assert.equal(server.asked.length, 2);
    });
  }

  for (const [kind, value] of [
    ["seconds", "0"],
    ["a date", new Date(0).toUTCString()],
  ] as const) {
    it(`waits as long as Retry-After says, in ${kind}`, async () => {
      server.on({ status: 429, headers: { "Retry-After": value } }, {});
      // With the usual pause this would never end.
      await request({ ...settings, timeouts: { ...settings.timeouts, retry: 1_000_000 } }, "api");
      assert.equal(server.asked.length, 2);
    });
  }

  it("does not wait for Retry-After once it is aborted", async () => {
    const caller = new AbortController();
    server.on(() => {
      setImmediate(() => caller.abort());
      return { status: 503, headers: { "Retry-After": "20" } };
    });
    await failure(request(settings, "api", { signal: caller.signal }), "aborted");
  });

  it("is repeated after a cut connection", async () => {
    server.on((response) => void response.destroy(), { body: "1" });
    assert.equal((await request(settings, "api")).text, "1");
  });

  it("fails where the answer is cut in its middle", async () => {
    server.on((response) => {
      response.writeHead(200, { "Content-Length": "100" });
      response.write("half", () => response.destroy());
      return undefined;
    });
    assert.match((await failure(request(settings, "api", { method: "POST" }), "unreachable")).message, /was cut/);
  });

  it("ends at its timeout while nothing is answered", async () => {
    server.on(() => undefined);
    assert.match((await failure(request(settings, "api", { timeout: 20 }), "timeout")).message, /within 0.02 s/);
    assert.equal(server.asked.length, 1);
  });

  it("ends at its timeout while the body stalls", async () => {
    server.on((response) => {
      response.writeHead(200, { "Content-Length": "100" });
      response.write("half");
      return undefined;
    });
    await failure(request(settings, "api", { timeout: 40 }), "timeout");
  });

  it("is aborted before it is sent, and while it waits, with the caller's own reason", async () => {
    await failure(request(settings, "api", { signal: AbortSignal.abort() }), "aborted");
    assert.equal(server.asked.length, 0);
    const caller = new AbortController();
    server.on(() => {
      caller.abort(new Error("not one of ours"));
      return undefined;
    });
    await failure(request(settings, "api", { signal: caller.signal }), "aborted");
  });

  it("follows no redirect: a hub sends requests for a stopped server to itself", async () => {
    server.on({ status: 302, headers: { Location: "/hub/user/ana/api/kernels" } });
    await failure(request(settings, "api/kernels"), "server-stopped");
    server.on({ status: 302, headers: { Location: "/hub/login?next=%2Fhub%2Fuser%2Fana" } });
    await failure(request(settings, "api/kernels"), "signed-out");
    assert.equal(server.asked.length, 2);
  });

  it("tells a login page from data", async () => {
    server.on({ body: "<html><title>Sign in</title></html>" });
    await failure(request(settings, "api"), "signed-out");
  });

  describe("for JSON", () => {
    const schema = v.object({ items: v.array(v.object({ id: v.string() })) });
    const faults: [string, unknown, RegExp][] = [
      ["truncated JSON", '{"items": [{"id"', /not JSON/],
      ["an empty answer", "", /not JSON/],
      ["a wrong type", { items: [{ id: 7 }] }, /items\.0\.id/],
      ["null", "null", /unknown form/],
    ];
    for (const [what, body, words] of faults) {
      it(`refuses ${what}`, async () => {
        server.on({ body });
        assert.match((await failure(requestJson(settings, "api", schema), "invalid-response")).message, words);
      });
    }

    it("gives what the schema says", async () => {
      server.on({ body: { items: [{ id: "a" }] } });
      assert.deepEqual(await requestJson(settings, "api", schema), { items: [{ id: "a" }] });
    });
  });

  describe("that is refused", () => {
    /** A provider with one verdict; counts how often it is asked. */
    const provider = (verdict: "valid" | "replaced" | "invalid"): TokenProvider & { checks: string[] } => ({
      checks: [],
      async current() {
        return this.checks.length === 0 ? "old" : "new";
      },
      async check(refused) {
        this.checks.push(refused);
        return verdict;
      },
    });

    for (const status of [401, 403]) {
      it(`with ${status} is repeated once with a replaced token`, async () => {
        const token = provider("replaced");
        server.on({ status }, { body: "1" });
        assert.equal((await request({ ...settings, token }, "api", { method: "POST" })).text, "1");
        assert.deepEqual([token.checks, server.asked.map((one) => one.token)], [["old"], ["old", "new"]]);
      });
    }

    it("again with the new token asks nobody a second time", async () => {
      const token = provider("replaced");
      server.on({ status: 403 });
      await failure(request({ ...settings, token }, "api"), "signed-out");
      assert.deepEqual([token.checks, server.asked.length], [["old"], 2]);
    });

    it("although the token holds is forbidden", async () => {
      server.on({ status: 403, body: { message: "Not yours" } });
      const error = await failure(request({ ...settings, token: provider("valid") }, "api/kernels"), "forbidden");
      assert.match(error.message, /Not yours/);
    });

    it("for an invalid token is signed out", async () => {
      server.on({ status: 403 });
      await failure(request({ ...settings, token: provider("invalid") }, "api"), "signed-out");
      assert.equal(server.asked.length, 1);
    });

    it("without a token asks for no check", async () => {
      server.on({ status: 403 });
      const token = { current: async () => undefined, check: () => assert.fail("nothing to check") };
      await failure(request({ ...settings, token }, "api"), "signed-out");
    });
  });

  it("streams text as it comes, and fails as a request does", async () => {
    server.on((response) => {
      response.writeHead(200, { "Content-Type": "text/event-stream" });
      response.end("data: é\n\n");
      return undefined;
    });
    let all = "";
    for await (const part of streamText(settings, "api")) all += part;
    assert.equal(all, "data: é\n\n");
    server.on({ status: 404 });
    await failure(streamText(settings, "api").next(), "not-found");
  });
});

describe("an HTTP request that gets no answer", () => {
  it("is refused", async () => {
    assert.match((await failure(request(at(await deadPort()), "api"), "unreachable")).message, /nothing answers there/);
  });

  it("is reset, three times", async () => {
    let connections = 0;
    const { port, stop } = await rawServer((socket) => {
      connections += 1;
      socket.once("data", () => socket.resetAndDestroy());
    });
    assert.match((await failure(request(at(port), "api"), "unreachable")).message, /was cut/);
    assert.equal(connections, 3);
    await stop();
  });

  it("stalls in the handshake", async () => {
    const { port, stop } = await rawServer(() => undefined);
    await failure(request(at(port), "api", { timeout: 20 }), "timeout");
    await stop();
  });

  it("gets no HTTP", async () => {
    const { port, stop } = await rawServer((socket) => socket.once("data", () => socket.end("SSH-2.0-OpenSSH_9.6\r\n")));
    await failure(request(at(port), "api"), "unreachable");
    await stop();
  });

  it("knows no such host", async () => {
    // .invalid never resolves; without any network the look-up itself fails.
    const error = await failure(request(at(1, { baseUrl: "http://hub.invalid/" }), "api"), "unreachable");
    assert.match(error.message, /no host of that name|could not be looked up/);
  });

  it("does not trust the certificate", async () => {
    const server = await Loopback.start((listener) => createTlsServer(selfSigned, listener));
    const error = await failure(request(at(server.port, { baseUrl: `https://127.0.0.1:${server.port}/` }), "api"), "certificate");
    assert.match(error.message, /self-signed.*made out to “hub\.example\.org”, signed by “hub\.example\.org”.*caFile/);
    await server.stop();
  });

  it("speaks https to plain http", async () => {
    const server = await Loopback.start();
    const https = at(server.port, { baseUrl: `https://127.0.0.1:${server.port}/` });
    assert.match((await failure(request(https, "api"), "unreachable")).message, /does not speak https/);
    await server.stop();
  });

  it("does not hide a token provider's own failure", async () => {
    const server = await Loopback.start();
    const token = { current: () => Promise.reject(new Error("the vault is shut")), check: () => Promise.resolve("valid" as const) };
    await assert.rejects(
      request(server.settings({ token }), "api"),
      (error) => !hasCode(error, "unreachable") && /vault/.test(String(error)),
    );
    await server.stop();
  });
});

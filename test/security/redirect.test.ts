// What other programs and pages of the web can do to the listener that a sign-in's answer comes back to.
import assert from "node:assert/strict";
import { connect, createServer as createTcpServer, type Server, type Socket } from "node:net";
import fc from "fast-check";
import { hasCode } from "../../src/base/errors";
import { LoopbackRedirect } from "../../src/hub/oauth/loopbackRedirect";
import { oauthToken, type OAuthFlow } from "../../src/hub/oauth/oauth";
import { serverSettings } from "../../src/transport/settings";
import { FakeHub } from "../fakes/hub";
import { freePort } from "../harness/processes/ports";
import { waitFor } from "../harness/processes/wait";
import { askAt, hasIPv6, sayTo, type AskOptions, type Shown } from "./support/visits";

describe("the listener of a sign-in", () => {
  let uri: URL;
  let redirect: LoopbackRedirect;
  const others: Server[] = [];
  beforeEach(async () => {
    uri = new URL(`http://127.0.0.1:${await freePort()}/oauth/callback`);
    redirect = await LoopbackRedirect.listen(uri);
  });
  afterEach(async () => {
    redirect.dispose();
    await Promise.all(others.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
  });

  const ask = (path: string, options?: AskOptions): Promise<Shown> => askAt(uri, path, options);
  const say = (bytes: string): Promise<string> => sayTo(uri, bytes);
  const takePort = async (host: string): Promise<void> => {
    const server = createTcpServer((socket) => socket.destroy());
    others.push(server);
    await new Promise<void>((resolve, reject) => server.once("error", reject).listen({ port: Number(uri.port), host }, resolve));
  };
  const answered = async (state: string): Promise<boolean> => {
    const nothing = Symbol();
    return (await Promise.race([redirect.answer(state), new Promise((resolve) => setImmediate(() => resolve(nothing)))])) !== nothing;
  };

  for (const path of [
    "//",
    "///",
    "//evil.example/oauth/callback?state=right",
    "http://[",
    "*",
    "/%",
    "/oauth/callback?state",
    "/oauth/callback/?state=right&code=x",
    "/OAUTH/callback?state=right",
    "/oauth%2Fcallback?state=right",
  ]) {
    it(`answers ${path} and gives nothing away`, async () => {
      void redirect.answer("right");
      assert.equal((await ask(path)).status, 404);
      assert.equal(await answered("right"), false);
    });
  }

  it("answers whatever path is asked for", async () => {
    void redirect.answer("right");
    const piece = fc.constantFrom(
      "/",
      "//",
      "?",
      "#",
      "%",
      "..",
      "[",
      "]",
      ":",
      "@",
      "\\",
      "oauth",
      "callback",
      "state=",
      "&",
      "http://",
      "\u00ff",
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 8 }), async (parts) => {
        // What is no HTTP at all is answered by Node itself.
        assert.ok([400, 404].includes((await ask(`/${parts.join("")}`)).status));
      }),
      { numRuns: 200 },
    );
    assert.equal(await answered("right"), false);
  });

  for (const method of ["POST", "PUT", "HEAD", "OPTIONS", "DELETE", "PATCH"]) {
    it(`takes no answer by ${method}`, async () => {
      void redirect.answer("right");
      assert.equal((await ask("/oauth/callback?state=right&code=x", { method })).status, 404);
      assert.equal(await answered("right"), false);
    });
  }

  it("takes none that names this computer otherwise: a page whose own name leads here (DNS rebinding)", async () => {
    void redirect.answer("right");
    for (const host of [
      "evil.example",
      `evil.example:${uri.port}`,
      `localhost:${uri.port}`,
      "127.0.0.1",
      "127.0.0.1:1",
      "127.0.0.1.",
      `evil@${uri.host}`,
    ]) {
      assert.equal((await ask("/oauth/callback?state=right&code=x", { headers: { Host: host } })).status, 404, host);
    }
    // Without a name at all, as of an old client.
    assert.match(await say("GET /oauth/callback?state=right&code=x HTTP/1.0\r\n\r\n"), /^HTTP\/1\.1 404 /);
    assert.match(await say("GET /oauth/callback?state=right&code=x HTTP/1.1\r\nHost:\r\n\r\n"), /^HTTP\/1\.1 40[04] /);
    assert.equal(await answered("right"), false);
  });

  it("answers what is no request, and no tunnel either", async () => {
    assert.match(await say("NONSENSE\r\n\r\n"), /^HTTP\/1\.1 400 /);
    assert.match(await say(`CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n`), /^HTTP\/1\.1 404 /);
    assert.match(await say(`GET / HTTP/1.1\r\nHost: ${uri.host}\r\nX: ${"x".repeat(64 * 1024)}\r\n\r\n`), /^HTTP\/1\.1 431 /);
    assert.equal((await ask("/")).status, 404);
  });

  it("waits a bounded time for a request that does not come, and holds few connections", async function () {
    this.timeout(30_000);
    const sockets: Socket[] = [];
    let open = 0;
    for (let count = 0; count < 100; count++) {
      const socket = connect(Number(uri.port), "127.0.0.1", () => socket.write(`GET / HTTP/1.1\r\nHost: `));
      open++;
      sockets.push(
        socket
          .resume()
          .on("error", () => undefined)
          .on("close", () => open--),
      );
    }
    await waitFor("most to be turned away", () => Promise.resolve(open <= 32), 5_000);
    await waitFor("all of them to end", () => Promise.resolve(open === 0), 20_000);
    const page = ask("/oauth/callback?state=right&code=x");
    await redirect.answer("right");
    redirect.ended("signed-in");
    assert.equal((await page).status, 200);
    for (const socket of sockets) socket.destroy();
  });

  it("says how the sign-in ended, once it has, and repeats no stranger's words", async () => {
    for (const [end, status, words] of [
      ["signed-in", 200, /<h1>Signed in</],
      ["refused", 403, /<h1>Not signed in</],
      ["failed", 400, /<h1>Not signed in</],
    ] as const) {
      redirect.dispose();
      redirect = await LoopbackRedirect.listen(uri);
      const answer = redirect.answer("right");
      let shown = false;
      const page = ask(
        `/oauth/callback?state=right&error=access_denied&error_description=${encodeURIComponent("<script>alert(1)</script>")}`,
      );
      void page.then(() => (shown = true));
      await answer;
      // A request that comes after is answered: this one is held.
      assert.equal((await ask("/")).status, 404);
      assert.equal(shown, false);
      redirect.ended(end);
      const { status: got, body } = await page;
      assert.equal(got, status);
      assert.match(body, words);
      assert.doesNotMatch(body, /script|access_denied/);
    }
  });

  it("tells the person to go back where it ends without an outcome", async () => {
    const answer = redirect.answer("right");
    const page = ask("/oauth/callback?state=right&code=x");
    await answer;
    redirect.dispose();
    assert.match((await page).body, /<h1>Go back to VS Code</);
  });

  it("takes one answer; only the same request again is shown the same", async () => {
    const answer = redirect.answer("right");
    const first = ask("/oauth/callback?state=right&code=first");
    assert.equal((await answer).searchParams.get("code"), "first");
    assert.equal((await ask("/oauth/callback?state=right&code=second")).status, 404);
    assert.equal((await ask("/oauth/callback?state=right&state=right&code=first")).status, 404);
    const again = ask("/oauth/callback?state=right&code=first");
    redirect.ended("signed-in");
    assert.deepEqual([(await first).status, (await again).status], [200, 200]);
  });

  describe("at localhost", () => {
    beforeEach(async () => {
      redirect.dispose();
      uri = new URL(`http://localhost:${await freePort()}/oauth/callback`);
    });

    it("listens at both addresses that a browser may mean", async function () {
      if (!(await hasIPv6())) this.skip();
      redirect = await LoopbackRedirect.listen(uri);
      for (const address of ["127.0.0.1", "::1"]) {
        const state = `for ${address}`;
        const answer = redirect.answer(state);
        const page = ask(`/oauth/callback?state=${encodeURIComponent(state)}&code=x`, { address });
        await answer;
        redirect.ended("signed-in");
        assert.equal((await page).status, 200);
      }
      assert.equal((await ask("/oauth/callback?state=x", { headers: { Host: `127.0.0.1:${uri.port}` } })).status, 404);
    });

    for (const address of ["::1", "127.0.0.1"]) {
      it(`refuses, in words, where another program has ${address}, and lets go of the other`, async function () {
        if (address === "::1" && !(await hasIPv6())) this.skip();
        await takePort(address);
        await assert.rejects(
          LoopbackRedirect.listen(uri),
          (error) => hasCode(error, "usage") && error.message.includes(`port ${uri.port} of ${address}`),
        );
        await takePort(address === "::1" ? "127.0.0.1" : "::1").catch((error: unknown) => {
          if (address === "::1") throw error; // where there is no IPv6 the other is not to be had
        });
      });
    }
  });

  it("listens at the very address that is registered", async () => {
    redirect.dispose();
    uri = new URL(`http://127.0.0.2:${await freePort()}/oauth/callback`);
    try {
      redirect = await LoopbackRedirect.listen(uri);
    } catch (error) {
      assert.ok(hasCode(error, "unsupported"), String(error)); // macOS has this one address only
      return;
    }
    assert.equal((await ask("/", { address: "127.0.0.2" })).status, 404);
    await assert.rejects(ask("/", { address: "127.0.0.1" }));
  });

  describe("in a flow with a hub", () => {
    let hub: FakeHub;
    beforeEach(async () => void (hub = await FakeHub.start()));
    afterEach(() => hub.stop());

    /** The person's browser comes back with `query`. @returns what it was shown, and what became of the flow */
    const flow = async (query: Record<string, string>): Promise<{ page: Shown; failure: unknown }> => {
      let page: Promise<Shown> | undefined;
      const parts: OAuthFlow = {
        ...{ clientId: "vscode", clientSecret: "the secret", redirectUri: uri.href },
        visit: (_, state) => {
          const answer = redirect.answer(state);
          page = ask(`/oauth/callback?${new URLSearchParams({ ...query, state })}`);
          return answer;
        },
        ended: (end) => redirect.ended(end),
      };
      const failure = await oauthToken(serverSettings({ baseUrl: hub.url }), parts, undefined).then(
        () => undefined,
        (error: unknown) => error,
      );
      assert.ok(page);
      return { page: await page, failure };
    };

    it("“Signed in” is said after the hub has taken the code", async () => {
      hub.on("POST /hub/api/oauth2/token", { json: { access_token: "flow-token", token_type: "Bearer", expires_in: 3600, scope: "" } });
      const { page, failure } = await flow({ code: "the-code" });
      assert.equal(failure, undefined);
      assert.match(page.body, /<h1>Signed in</);
    });

    it("a code that the hub does not take is no sign-in", async () => {
      hub.on("POST /hub/api/oauth2/token", { status: 400, json: { error: "invalid_grant", error_description: "<b>Another code</b>" } });
      const { page, failure } = await flow({ code: "injected" });
      assert.ok(hasCode(failure, "forbidden"));
      assert.match(page.body, /<h1>Not signed in</);
      assert.doesNotMatch(page.body, /Another code/);
    });

    it("a refusal is no sign-in, and nothing is sent to the hub", async () => {
      const { page, failure } = await flow({ error: "access_denied", error_description: "<b>Not for you</b>" });
      assert.ok(hasCode(failure, "forbidden"));
      assert.match(page.body, /The hub's page did not let VS Code in/);
      assert.doesNotMatch(page.body, /Not for you/);
      assert.deepEqual(hub.asked, []);
    });
  });
});

// Addresses that lead elsewhere than they look: what came with them, and what a caller gives, goes to the pasted host only.
import assert from "node:assert/strict";
import { signIn, type SignInGiven, type SignInPort } from "../../src/hub/signIn/signIn";
import { fetch } from "../../src/transport/fetch";
import type { Fetch } from "../../src/transport/fetchTypes";
import { FakeHub, type Received } from "../fakes/hub";
import { nobody } from "../unit/app/doubles";
import { failure } from "../harness/failure";

const secrets = ["url-token", "caller-token", "caller-password"];

describe("addresses that lead elsewhere", () => {
  /** What answers at the pasted host, and what answers at any other. */
  let pasted: FakeHub;
  let stranger: FakeHub;
  let reached: string[];
  let questions: string[];
  beforeEach(async () => {
    [pasted, stranger] = await Promise.all([FakeHub.start(), FakeHub.start()]);
    [reached, questions] = [[], []];
    for (const secret of secrets) stranger.tokens.set(secret, "ana");
  });
  afterEach(() => Promise.all([pasted.stop(), stranger.stop()]));

  /** The network as a name server has it: `host` is the pasted hub, everything else the stranger. */
  const enter = (host: string, given: SignInGiven, agrees?: boolean) => {
    const network: Fetch = (url, init) => {
      reached.push(url.host);
      const there = url.host === host ? pasted : stranger;
      return fetch(new URL(url.pathname + url.search, there.url), init);
    };
    const port: SignInPort = {
      ...nobody,
      ...(agrees !== undefined && {
        confirmOtherHost: (from, to) => {
          questions.push(`${from.host} → ${to.host}`);
          return Promise.resolve(agrees);
        },
      }),
    };
    return signIn(given, port, { fetch: network });
  };
  const told = ({ received }: FakeHub): string =>
    received.map(({ path, token, cookie, body }: Received) => [path, token, cookie, body].join(" ")).join("\n");
  const assertKept = (hub: FakeHub): void => {
    for (const secret of secrets) assert.ok(!told(hub).includes(secret), `${secret} was sent: ${told(hub)}`);
  };
  const noHub = { status: 404, html: "<title>Not here</title>" };
  const leadTo = (host: string): void =>
    void pasted.on("GET /hub/api/", { status: 302, headers: { location: `https://${host}/hub/api/` } });

  for (const address of [
    "https://hub.example.org@evil.example/hub/home?token=url-token",
    "https://hub.example.org:url-token@evil.example/",
    "http://hub.example.org%2F@evil.example/user/ana/lab",
  ]) {
    it(`nobody is asked where a user name stands for a host: ${address}`, async () => {
      const error = await failure(enter("hub.example.org", { address, token: "caller-token" }, true), "address");
      assert.match(error.message, /leads to evil\.example/);
      assert.doesNotMatch(error.message, /url-token/);
      assert.deepEqual([reached, questions], [[], []]);
    });
  }

  it("the suffix that strangers share is not asked for a hub", async () => {
    pasted.on("GET /hub/api/", noHub);
    await failure(enter("ana.co.uk", { address: "https://ana.co.uk/user/ana/?token=url-token" }, true), "not-a-hub");
    assert.deepEqual(new Set(reached), new Set(["ana.co.uk"]));
    assertKept(stranger);
  });

  it("a token in the address goes to the host above only if the person agrees, who is told both", async () => {
    pasted.on("GET /hub/api/", noHub);
    const address = "https://ana.hub.example.org/user/ana/lab?token=url-token";
    await failure(enter("ana.hub.example.org", { address }, false), "aborted");
    assert.deepEqual(questions, ["ana.hub.example.org → hub.example.org"]);
    assertKept(stranger);
    const { hub } = await enter("ana.hub.example.org", { address }, true);
    assert.equal(hub.href, "https://hub.example.org/");
    assert.ok(stranger.received.some(({ token }) => token === "url-token"));
  });

  it("nor does it follow a redirect to another host", async () => {
    leadTo("evil.example");
    await failure(enter("hub.example.org", { address: "https://hub.example.org/hub/home?token=url-token" }, false), "aborted");
    assert.deepEqual(questions, ["hub.example.org → evil.example"]);
    assertKept(stranger);
  });

  it("another port is another host", async () => {
    leadTo("hub.example.org:8443");
    await failure(enter("hub.example.org", { address: "https://hub.example.org/?token=url-token" }, false), "aborted");
    assert.deepEqual(questions, ["hub.example.org → hub.example.org:8443"]);
    assertKept(stranger);
  });

  it("letters of another script are shown for what they are", async () => {
    leadTo("hub.ex%D0%B0mple.org");
    await failure(enter("hub.example.org", { address: "https://hub.example.org/?token=url-token" }, false), "aborted");
    assert.match(questions[0] ?? "", /→ hub\.xn--[a-z0-9-]+\.org$/);
    assertKept(stranger);
  });

  for (const [what, given] of Object.entries({
    token: { token: "caller-token" },
    password: { userName: "ana", password: "caller-password" },
  })) {
    it(`a caller's ${what} is refused with the reason, and nobody is asked`, async () => {
      leadTo("evil.example");
      const error = await failure(enter("hub.example.org", { address: "https://hub.example.org/", ...given }, true), "address");
      assert.match(error.message, /hub\.example\.org leads to a hub on another host, evil\.example\. What was given is not sent there/);
      assert.deepEqual(questions, []);
      assertKept(stranger);
    });
  }

  it("whoever cannot ask signs in nowhere else", async () => {
    leadTo("evil.example");
    await failure(enter("hub.example.org", { address: "https://hub.example.org/?token=url-token" }), "aborted");
    assertKept(stranger);
  });

  it("the host above is not taken for a Jupyter server without a hub", async () => {
    for (const hub of [pasted, stranger]) hub.on("GET /hub/api/", noHub);
    stranger.on("GET (outside) /api", { json: { version: "2.0" } }).on("GET /api", { json: { version: "2.0" } });
    await failure(
      enter("ana.hub.example.org", { address: "https://ana.hub.example.org/user/ana/?token=url-token", token: "caller-token" }, true),
      "not-a-hub",
    );
    assertKept(stranger);
    assert.ok(
      stranger.asked.every((each) => !each.endsWith("/api")),
      stranger.asked.join(),
    );
  });

  it("a hub on the pasted host is signed in to without a question, from http to https too", async () => {
    pasted.on("GET /hub/api/", { json: { version: "6.1.0" } });
    pasted.tokens.set("url-token", "ana");
    await enter("hub.example.org", { address: "https://hub.example.org/user/ana/lab?token=url-token" }, false);
    leadTo("hub.example.org");
    pasted.on("GET /hub/api/", { status: 302, headers: { location: "https://hub.example.org/hub/api/" } }, { json: { version: "6.1.0" } });
    await enter("hub.example.org", { address: "http://hub.example.org/?token=url-token" }, false);
    assert.deepEqual(questions, []);
    assert.deepEqual(stranger.asked, []);
  });
});

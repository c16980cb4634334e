// Where requests may go: below their server, and a token below its own part of it.
import assert from "node:assert/strict";
import fc from "fast-check";
import { hasCode } from "../../../src/base/errors";
import { request, streamText } from "../../../src/transport/http";
import { serverSettings } from "../../../src/transport/settings";
import { openSocket } from "../../../src/transport/socket";
import { encodeName, isBelow, targetOf } from "../../../src/transport/target";
import { failure } from "../../harness/failure";
import { Loopback } from "./loopback";

const base = new URL("https://hub.example.org/user/ana/");
const settings = serverSettings({ baseUrl: base, label: "ana @ hub", token: "good" });
const refused = (error: unknown): boolean => hasCode(error, "address") && error.message.includes("ana @ hub");

describe("the target of a request", () => {
  const inside: [string, string][] = [
    ["api/kernels", "/user/ana/api/kernels"],
    ["", "/user/ana/"],
    ["api/contents/a%20b/%2e.txt", "/user/ana/api/contents/a%20b/%2e.txt"],
    ["/user/ana/kernelspecs/x/logo.png?v=1", "/user/ana/kernelspecs/x/logo.png?v=1"],
    ["https://hub.example.org/user/ana/api", "/user/ana/api"],
    ["HTTPS://HUB.example.org:443/user/ana/api", "/user/ana/api"],
    ["api/x/../y", "/user/ana/api/y"],
    ["api/contents/..a/b..%20", "/user/ana/api/contents/..a/b..%20"],
  ];
  for (const [path, target] of inside) {
    it(`may be “${path}”`, () => {
      const url = targetOf(settings, base, path, true);
      assert.equal(url.pathname + url.search, target);
    });
  }

  const outside = [
    "..",
    "../bob/api",
    "%2e%2e/bob/api",
    ".%2E/bob",
    "api/../../bob",
    "api\\..\\..\\bob",
    "..\\bob",
    "/user/bob/api",
    "/user/ana",
    "//evil.example.org/user/ana/api",
    "\\\\evil.example.org\\user\\ana\\",
    "/\\evil.example.org/user/ana/",
    "\t//evil.example.org/user/ana/",
    "https://evil.example.org/user/ana/api",
    "https:\\\\evil.example.org/user/ana/api",
    "https://hub.example.org:8443/user/ana/api",
    "http://hub.example.org/user/ana/api",
    "https://ana@hub.example.org/user/ana/api",
    "https://hub.example.org.evil.example/user/ana/",
    "https://hub.example.org@evil.example/user/ana/",
    "http://",
    "https://[",
    "file:///user/ana/api",
    "data:text/plain,x",
    "..%2fbob/api",
    "..%5Cbob",
    "api/%2e%2e%2f%2e%2E%2fbob",
    "api/kernels/a%2f..%2f..%2f..%2fbob",
  ];
  for (const path of outside) it(`is never “${path}”`, () => assert.throws(() => targetOf(settings, base, path, false), refused));

  it("is kept short in words", () => {
    assert.throws(
      () => targetOf(settings, base, `//${"e".repeat(100_000)}/`, true),
      (error: Error) => error.message.length < 400,
    );
  });

  it("lies below a base, whatever its path", () => {
    const hub = new URL("https://hub.example.org/jhub/");
    assert.ok(isBelow(hub, new URL("https://hub.example.org/jhub/hub/login?next=")));
    for (const other of ["https://hub.example.org/jhub", "https://hub.example.org/", "https://hub.example.org/jhubx/"]) {
      assert.ok(!isBelow(hub, new URL(other)), other);
    }
  });
});

describe("a token with a path of its own", () => {
  const hub = serverSettings({ baseUrl: "https://hub.example.org/jhub/", label: "ana @ hub", tokenPath: "hub/api/" });
  const target = (path: string, carries = true): string => targetOf(hub, hub.baseUrl, path, carries).pathname;

  it("goes there only", () => {
    assert.equal(target("hub/api/user"), "/jhub/hub/api/user");
    for (const path of ["hub/login", "hub/api", "hub/apis", "user/ana/api/kernels", "hub/api/../home", "/jhub/hub/home"]) {
      assert.throws(() => target(path), refused, path);
    }
  });

  it("binds no request without a token", () => assert.equal(target("hub/login", false), "/jhub/hub/login"));

  it("is completed with its slash, and may be absolute", () => {
    for (const tokenPath of ["hub/api", "/jhub/hub/api/"]) {
      const own = serverSettings({ baseUrl: hub.baseUrl, label: "ana @ hub", tokenPath });
      assert.throws(() => targetOf(own, own.baseUrl, "hub/apix", true), refused);
      assert.equal(targetOf(own, own.baseUrl, "hub/api/x", true).pathname, "/jhub/hub/api/x");
    }
  });

  it("goes nowhere where that is not below the server", () => {
    const own = serverSettings({ baseUrl: hub.baseUrl, label: "ana @ hub", tokenPath: "/other/" });
    assert.throws(() => targetOf(own, own.baseUrl, "hub/api/user", true), refused);
  });
});

describe("a name in a path", () => {
  it("is one segment", () => assert.equal(encodeName("a b/c?#%ä"), "a%20b%2Fc%3F%23%25%C3%A4"));

  for (const name of ["", ".", "..", "../x", "a/../b", "a\\..", "..\\", "./x", "\ud800"]) {
    it(`is not ${JSON.stringify(name)}`, () =>
      assert.throws(
        () => encodeName(name),
        (error) => hasCode(error, "address"),
      ));
  }

  it("never leads elsewhere", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("..", ".", "/", "\\", "%2e", "%2f", "a", "\t", "\n", "?", "#", ":", "@"), { maxLength: 8 }),
        (parts) => {
          let segment;
          try {
            segment = encodeName(parts.join(""));
          } catch (error) {
            assert.ok(hasCode(error, "address"));
            return;
          }
          const url = targetOf(settings, base, `api/kernels/${segment}`, true);
          assert.equal(url.pathname, `/user/ana/api/kernels/${segment}`);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

/** Pieces of which attacks on paths are made; `ELSEWHERE` is another server that listens. */
const piece = fc.oneof(
  fc.constantFrom(
    "..",
    ".",
    "/",
    "//",
    "\\",
    "%2e%2e",
    "%2E.",
    "%2f",
    "%5c",
    "?",
    "#",
    "@",
    ":",
    ";",
    "\t",
    "\n",
    " ",
    "http:",
    "http://",
    "ws://",
  ),
  fc.constantFrom("ELSEWHERE", "user", "ana", "bob", "user/ana/", "/user/ana/", "/user/bob/", "api", "hub"),
  fc.string({ maxLength: 4 }),
);

async function all(stream: AsyncIterable<string>): Promise<string> {
  let text = "";
  for await (const part of stream) text += part;
  return text;
}

describe("requests and websockets with any path", () => {
  let own: Loopback;
  let elsewhere: Loopback;
  beforeEach(async () => {
    [own, elsewhere] = [(await Loopback.start()).on({}), (await Loopback.start()).on({})];
  });
  afterEach(() => Promise.all([own.stop(), elsewhere.stop()]));

  it("reach no other server, and no other path of their own", async () => {
    const upgrades: string[] = [];
    for (const server of [own, elsewhere]) {
      server.server.on("upgrade", (asked, socket) => {
        upgrades.push(`${String(server === own)} ${asked.url ?? ""}`);
        socket.end("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
      });
    }
    const at = own.settings();
    const host = `127.0.0.1:${elsewhere.port}`;
    const settled = async (sending: Promise<unknown>): Promise<void> => {
      const error: unknown = await sending.then(
        () => undefined,
        (reason: unknown) => reason,
      );
      assert.ok(error === undefined || hasCode(error, "address", "not-found"), String(error));
    };
    const property = fc.asyncProperty(fc.array(piece, { maxLength: 8 }), async (pieces) => {
      const path = pieces.join("").replaceAll("ELSEWHERE", host);
      await settled(request(at, path));
      await settled(all(streamText(at, path)));
      await settled(openSocket(at, path, { message: () => undefined, closed: () => undefined }));
      assert.deepEqual([elsewhere.asked.length, upgrades.filter((each) => each.startsWith("false"))], [0, []], path);
      for (const { url } of own.asked.splice(0)) assert.ok(url.startsWith("/user/ana/"), url);
      for (const url of upgrades.splice(0)) assert.ok(url.startsWith("true /user/ana/"), url);
    });
    await fc.assert(property, {
      numRuns: 300,
      examples: [[["http://", "ELSEWHERE", "/user/ana/"]], [["/", "/", "ELSEWHERE", "/user/ana/"]]],
    });
  });

  it("fail before anything is sent", async () => {
    const at = own.settings();
    const away = `http://127.0.0.1:${elsewhere.port}/user/ana/api`;
    await failure(request(at, away, { anonymous: true }), "address");
    await failure(request(at, away, { method: "POST", body: {} }), "address");
    await failure(streamText(at, away).next(), "address");
    await failure(openSocket(at, away.replace("http", "ws"), { message: () => undefined, closed: () => undefined }), "address");
    assert.deepEqual([own.asked, elsewhere.asked], [[], []]);
  });
});

// Peers that answer without end: what is taken of them is bounded, in size and time.
import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { brotliCompressSync, constants, deflateSync, gzipSync } from "node:zlib";
import { HttpError, type ErrorCode } from "../../src/base/errors";
import { HubClient } from "../../src/hub/api/client";
import { parseAddress } from "../../src/hub/signIn/address";
import { findHub } from "../../src/hub/signIn/findHub";
import { logIn } from "../../src/hub/pages/pages";
import { findPlainServer } from "../../src/hub/api/plainServer";
import { ensureRunning } from "../../src/hub/api/userServer";
import { waysIn } from "../../src/hub/signIn/loginMethods";
import { getFile, listDirectory } from "../../src/services/contents/client";
import { listKernels } from "../../src/services/kernel/client";
import { kernelSpecResource } from "../../src/services/rest/kernelSpec";
import { serverSettings, type ServerSettings } from "../../src/transport/settings";
import { openSocket } from "../../src/transport/socket";
import { tlsFetch } from "../../src/transport/tls/tlsFetch";
import { FakeHub } from "../fakes/hub";
import { Loopback } from "../unit/transport/loopback";
import { failure } from "../harness/failure";
import { growthOf } from "./support/cost";

const listener = { message: (): void => undefined, closed: (): void => undefined };
const bombs = bombsOf(Buffer.alloc(64 * 1024 * 1024));

function bombsOf(zeros: Buffer): Record<string, Buffer> {
  const quick = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };
  return { gzip: gzipSync(zeros), deflate: deflateSync(zeros), br: brotliCompressSync(zeros, quick) };
}

/** Writes `part` for as long as somebody reads. */
function endless(response: ServerResponse, status: number, part: string, headers: Record<string, string> = {}): undefined {
  response.on("error", () => undefined);
  response.writeHead(status, { "Content-Type": "application/json", ...headers });
  const bytes = Buffer.from(part.repeat(Math.ceil(65_536 / part.length)));
  const write = (): void => {
    while (!response.destroyed && response.write(bytes)) continue;
    if (!response.destroyed) response.once("drain", write);
  };
  write();
}

describe("answers without end", function () {
  this.timeout(60_000);
  let server: Loopback;
  let settings: ServerSettings;
  beforeEach(async () => {
    server = await Loopback.start();
    settings = server.settings({ timeouts: { retry: 1 } });
  });
  afterEach(() => server.stop());

  /** `ask` fails with `code` within a second, and takes less than 50 MB. */
  const bounded = async (ask: () => Promise<unknown>, code: ErrorCode): Promise<void> => {
    const growth = await growthOf(async () => {
      const start = performance.now();
      const error = await failure(ask(), code);
      const took = performance.now() - start;
      assert.ok(took < 1_000, `${took} ms`);
      assert.ok(error.message.length < 600);
    });
    assert.ok(growth < 50, `${growth} MB`);
  };

  const askers: [string, (settings: ServerSettings) => Promise<unknown>][] = [
    ["the question which hub it is", (at) => new HubClient(at).info()],
    ["whose token it is", (at) => new HubClient(at).user()],
    ["the hub's tokens", (at) => new HubClient(at).getTokens("ana")],
    ["a new token", (at) => new HubClient(at).createToken("ana", { note: "x" })],
    ["the start of a server", (at) => new HubClient(at).startServer("ana", "")],
    ["the sign-in page", (at) => waysIn(at)],
    ["the login form", (at) => logIn(at, "ana", "secret")],
    ["the search for a hub", (at) => findHub(parseAddress(at.baseUrl.href))],
    ["the search for a server", (at) => findPlainServer(parseAddress(at.baseUrl.href), {})],
    ["a kernel's logo", (at) => kernelSpecResource(at, "logo.png")],
    ["a file of two bytes", (at) => getFile(at, "x", { size: 2 })],
  ];
  for (const [what, ask] of askers) {
    it(`end early for ${what}`, async () => {
      server.on((response) => endless(response, 200, "[[],"));
      await bounded(() => ask(settings), "too-large");
    });

    it(`end early for ${what}, unpacked`, async () => {
      server.on((response) => {
        response.on("error", () => undefined);
        response.writeHead(200, { "Content-Encoding": "gzip" });
        response.end(bombs["gzip"]);
        return undefined;
      });
      await bounded(() => ask(settings), "too-large");
    });
  }

  for (const [encoding, bomb] of Object.entries(bombs)) {
    for (const [name, fetch] of [
      ["usual", undefined],
      ["Node's own", tlsFetch],
    ] as const) {
      it(`are not unpacked further than needed: ${encoding}, by ${name} exchange`, async () => {
        server.on((response) => {
          response.on("error", () => undefined);
          response.writeHead(200, { "Content-Encoding": encoding });
          response.end(bomb);
          return undefined;
        });
        await bounded(() => new HubClient(fetch ? { ...settings, fetch } : settings).info(), "too-large");
      });
    }
  }

  it("of a server's lists and directories end at 64 MB", async () => {
    for (const ask of [() => listKernels(settings), () => listDirectory(settings, "")]) {
      server.on((response) => endless(response, 200, " "));
      assert.match((await failure(ask(), "too-large")).message, /64 MB/);
    }
  });

  it("are compressed only where large ones are taken", async () => {
    server.on({ body: { version: "6" } });
    await new HubClient(settings).info();
    server.on({ body: [] });
    await listKernels(settings);
    assert.deepEqual(
      server.asked.map(({ headers }) => headers["accept-encoding"]),
      ["identity", "gzip"],
    );
  });

  for (const [status, code] of [
    [500, "server-error"],
    [404, "not-found"],
    [403, "signed-out"],
    [302, "not-found"],
  ] as const) {
    it(`with the error ${status} are read as far as a reason goes`, async () => {
      server.on((response) => endless(response, status, "<title> x"));
      await bounded(async () => new HubClient(settings).user(), code);
      server.on((response) => endless(response, status, "x"));
      const error = await failure(new HubClient(settings).user());
      assert.ok(error instanceof HttpError && error.body.length <= 2_000 && error.message.length < 600);
    });
  }

  it("to a websocket's handshake are read as far as a reason goes", async () => {
    server.server.on("upgrade", (_, socket) => {
      socket.on("error", () => undefined);
      socket.write("HTTP/1.1 500 No\r\nContent-Type: text/plain\r\n\r\n");
      const write = (): void => {
        while (!socket.destroyed && socket.write("x".repeat(65_536))) continue;
        if (!socket.destroyed) socket.once("drain", write);
      };
      write();
    });
    await bounded(() => openSocket(settings, "api/x", listener), "server-error");
  });

  const floods: [string, string][] = [
    ["a line", "x"],
    ["an event", "data: x\n"],
    ["events", "data: {}\n\n"],
    ["events of nothing", "\n"],
    ["comments", ":\n"],
  ];
  for (const [what, part] of floods) {
    it(`in a stream of events: ${what}`, async () => {
      server.on((response) => endless(response, 200, part, { "Content-Type": "text/event-stream" }));
      await bounded(async () => {
        let count = 0;
        for await (const { message } of new HubClient(settings).progress("ana", "")) assert.ok(++count <= 1_000, message);
      }, "too-large");
    });
  }
});

describe("a hub that floods its stream of events", () => {
  let hub: FakeHub;
  beforeEach(async () => void (hub = await FakeHub.start()));
  afterEach(() => hub.stop());

  it("is asked for the server's model instead", async () => {
    const progress = "GET /hub/api/users/ana/server/progress";
    hub.on("POST /hub/api/users/ana/server", () => {
      hub.servers.set("", { ready: false, pending: "spawn" });
      return { status: 202 };
    });
    hub.on(progress, {
      events: Array.from({ length: 2_000 }, (_, index) => ({ progress: 1, message: `${index} `.repeat(1_000) })),
      hold: true,
    });
    let looks = 0;
    hub.on("GET /hub/api/users/ana", () => {
      if (++looks === 5) hub.run(hub.url);
      return undefined;
    });
    const client = new HubClient(serverSettings({ baseUrl: hub.url, token: "good-token" }));
    const told: string[] = [];
    const options = { pace: { first: 1, ceiling: 2, quiet: 1_000 }, onProgress: (_: number, message: string) => void told.push(message) };
    await ensureRunning(client, "ana", "", options);
    assert.equal(hub.asked.filter((each) => each === progress).length, 1);
    assert.ok(told.length <= 1_001 && told.every((message) => message.length <= 1_000));
  });

  for (const pause of ["0", "-5", "1e99"]) {
    it(`and puts a start off by ${pause} s is not asked in a loop`, async () => {
      const start = "POST /hub/api/users/ana/server";
      hub.on(start, { status: 429, headers: { "retry-after": pause }, json: { message: "Too many users" } });
      const client = new HubClient(serverSettings({ baseUrl: hub.url, token: "good-token" }));
      await failure(ensureRunning(client, "ana", "", { timeout: 300 }), "timeout");
      assert.equal(hub.asked.filter((each) => each === start).length, 1);
    });
  }
});

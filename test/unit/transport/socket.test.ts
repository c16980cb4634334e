// Websockets: opening, refusals in words, fallback without subprotocol, liveness, acknowledgement, back-pressure.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createTlsServer } from "node:https";
import type { WebSocket } from "ws";
import { Deferred, delay, withTimeout } from "../../../src/base/async";
import { openSocket, type Socket, type SocketOptions } from "../../../src/transport/socket";
import { serverSettings, type ServerSettings } from "../../../src/transport/settings";
import { waitFor } from "../../harness/processes/wait";
import { selfSigned } from "../../fakes/selfSigned";
import { failure } from "../../harness/failure";
import { Loopback, deadPort, rawServer } from "./loopback";
import { Ear } from "./ear";

describe("a websocket", () => {
  let server: Loopback;
  let settings: ServerSettings;
  let ear: Ear;
  beforeEach(async () => {
    server = await Loopback.start();
    settings = server.settings({ timeouts: { liveness: 60, handshake: 10_000 } });
    ear = new Ear();
  });
  afterEach(() => server.stop());

  /** Opens one with both ends in hand. */
  async function pair(options: SocketOptions = {}): Promise<{ ours: Socket; theirs: WebSocket }> {
    const theirs = new Deferred<WebSocket>();
    server.sockets((socket) => theirs.resolve(socket));
    return { ours: await openSocket(settings, "api/x", ear, options), theirs: await theirs.promise };
  }

  it("sends the token as a header, never in the address, and the query", async () => {
    const request = new Deferred<{ url: string | undefined; authorization: string | undefined }>();
    server.sockets((_, { url, headers: { authorization } }) => request.resolve({ url, authorization }));
    const socket = await openSocket(settings, "api/x", ear, { query: { session_id: "a b" } });
    assert.deepEqual(await request.promise, { url: "/user/ana/api/x?session_id=a+b", authorization: "token good" });
    socket.close();
  });

  it("passes text and binary frames both ways", async () => {
    const { ours, theirs } = await pair();
    theirs.on("message", (data, binary) => theirs.send(data, { binary }));
    ours.send("tëxt");
    ours.send(new Uint8Array([1, 2, 3]).subarray(1));
    await ear.count(2);
    assert.deepEqual(ear.heard, ["tëxt", Buffer.from([2, 3])]);
    ours.close();
  });

  it("hears frames that come in the packet which opens it", async () => {
    server.sockets((socket) => socket.send("at once"));
    const socket = await openSocket(settings, "api/x", ear);
    await ear.count(1);
    socket.close();
  });

  it("speaks the subprotocol that the server takes", async () => {
    const { ours } = await pair({ subprotocol: "v1.example" });
    assert.equal(ours.protocol, "v1.example");
    ours.close();
  });

  for (const [what, choice] of [
    ["none", false],
    ["another", "v9.example"],
  ] as const) {
    it(`goes on without a subprotocol where the server takes ${what}`, async () => {
      let opened = 0;
      server.sockets(() => (opened += 1), { handleProtocols: (protocols) => (protocols.size > 0 ? choice : false) });
      const socket = await openSocket(settings, "api/x", ear, { subprotocol: "v1.example" });
      assert.equal(socket.protocol, "");
      socket.close();
    });
  }

  describe("that is refused", () => {
    const refuse = (status: number, body: string, headers = ""): void => {
      server.server.on("upgrade", (request, socket) => {
        tokens.push(request.headers.authorization);
        socket.end(`HTTP/1.1 ${status} No\r\n${headers}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
      });
    };
    let tokens: (string | undefined)[];
    beforeEach(() => (tokens = []));

    it("says what the server said", async () => {
      refuse(404, "<html><title>Kernel does not exist</title></html>");
      assert.match((await failure(openSocket(settings, "api/x", ear), "not-found")).message, /Kernel does not exist/);
      assert.equal(ear.closes, 0);
    });

    it("knows a stopped server", async () => {
      refuse(302, "", "Location: /hub/user/ana/api/x\r\n");
      await failure(openSocket(settings, "api/x", ear), "server-stopped");
    });

    it("tries a replaced token once", async () => {
      refuse(403, "Forbidden");
      const token = { current: async () => `token-${tokens.length}`, check: async () => "replaced" as const };
      await failure(openSocket({ ...settings, token }, "api/x", ear), "signed-out");
      assert.deepEqual(tokens, ["token token-0", "token token-1"]);
    });

    it("is forbidden where the token holds", async () => {
      refuse(403, "Forbidden");
      const token = { current: async () => "good", check: async () => "valid" as const };
      await failure(openSocket({ ...settings, token }, "api/x", ear), "forbidden");
    });

    it("does not wait for ever for the reason", async () => {
      server.server.on("upgrade", (_, socket) => socket.write("HTTP/1.1 500 No\r\nContent-Length: 100\r\n\r\nhalf"));
      await failure(openSocket(settings, "api/x", ear));
    });

    it("is refused by the network", async () => {
      const nowhere = serverSettings({ baseUrl: `http://127.0.0.1:${await deadPort()}/` });
      await failure(openSocket(nowhere, "api/x", ear), "unreachable");
    });

    it("does not trust the certificate", async () => {
      const tls = await Loopback.start((listener) => createTlsServer(selfSigned, listener));
      const https = serverSettings({ baseUrl: `https://127.0.0.1:${tls.port}/` });
      await failure(openSocket(https, "api/x", ear), "certificate");
      await tls.stop();
    });

    it("ends at its timeout, and when it is aborted", async () => {
      const { port, stop } = await rawServer(() => undefined);
      const silent = serverSettings({ baseUrl: `http://127.0.0.1:${port}/`, timeouts: { handshake: 20 } });
      await failure(openSocket(silent, "api/x", ear), "timeout");
      const caller = new AbortController();
      const opening = openSocket({ ...silent, timeouts: { ...silent.timeouts, handshake: 5_000 } }, "api/x", ear, {
        signal: caller.signal,
      });
      caller.abort();
      await failure(opening, "aborted");
      await stop();
    });
  });

  it("tells once that it is closed, whoever closed", async () => {
    const { theirs } = await pair();
    theirs.close(4001, "enough");
    assert.deepEqual(await ear.ended.promise, { code: 4001, reason: "enough", silent: false });
    const other = new Ear();
    const socket = await openSocket(settings, "api/x", other);
    socket.close();
    socket.close();
    assert.deepEqual([other.closes, (await other.ended.promise).code], [1, 1000]);
    assert.throws(() => socket.send("late"), /closed/);
  });

  it("tells a close without a code from a lost connection", async () => {
    const { theirs } = await pair();
    theirs.close();
    assert.equal((await ear.ended.promise).code, 1005);
    const other = new Ear();
    let second: WebSocket | undefined;
    server.server.removeAllListeners("upgrade");
    server.sockets((socket) => (second = socket));
    await openSocket(settings, "api/x", other);
    second?.terminate();
    assert.equal((await other.ended.promise).code, 1006);
  });

  it("ends at a faulty frame", async () => {
    let raw: { write(data: Buffer): void } | undefined;
    server.server.on("upgrade", (_, socket) => (raw = socket));
    await pair();
    raw?.write(Buffer.from("HTTP/1.1 503 Service Unavailable\r\n\r\n"));
    assert.deepEqual([(await ear.ended.promise).silent, ear.heard], [false, []]);
  });

  it("finds a silent peer dead while an answer is awaited", async () => {
    const { ours, theirs } = await pair();
    theirs.pause();
    ours.waiting = true;
    const close = await withTimeout(ear.ended.promise, 2_000, "It was not found");
    assert.deepEqual([close.code, close.silent], [1006, true]);
  });

  it("keeps a peer that is slow to open: it says nothing yet, and the server can be reached", async () => {
    let asked = 0;
    const { ours, theirs } = await pair({ isReachable: async () => (asked += 1) > 0 });
    theirs.pause();
    ours.waiting = true;
    await waitFor("it to be asked about several times", () => asked >= 3, 5_000);
    assert.equal(ear.closes, 0);
    theirs.resume();
    theirs.send("ready");
    await ear.count(1);
    theirs.pause();
    const before = asked;
    assert.equal((await withTimeout(ear.ended.promise, 2_000, "It was not found")).silent, true);
    assert.equal(asked, before, "one that was heard is done with opening");
  });

  it("finds a peer that never said anything dead where the server cannot be reached either", async () => {
    const { ours, theirs } = await pair({ isReachable: async () => false });
    theirs.pause();
    ours.waiting = true;
    assert.equal((await withTimeout(ear.ended.promise, 2_000, "It was not found")).code, 1006);
  });

  it("finds a silent peer dead when asked to", async () => {
    const { ours, theirs } = await pair();
    theirs.pause();
    ours.probe();
    assert.equal((await withTimeout(ear.ended.promise, 2_000, "It was not found")).code, 1006);
  });

  it("sends nothing of its own while idle, and keeps a silent peer", async () => {
    const { ours, theirs } = await pair();
    const sent: string[] = [];
    for (const kind of ["ping", "pong", "message"]) theirs.on(kind, () => sent.push(kind));
    theirs.send("news");
    await delay(150);
    assert.deepEqual([sent, ear.closes, ear.heard], [[], 0, ["news"]]);
    ours.close();
  });

  it("acknowledges what comes while an answer is awaited, and nothing after", async () => {
    const { ours, theirs } = await pair();
    let pongs = 0;
    const pong = (): Promise<unknown> => withTimeout(once(theirs, "pong"), 2_000, "It was not acknowledged");
    theirs.on("pong", () => (pongs += 1));
    ours.waiting = true;
    for (const message of ["a", "b", "c"]) {
      theirs.send(message);
      await pong();
    }
    ours.waiting = false;
    theirs.send("d");
    await ear.count(4);
    await delay(20);
    assert.equal(pongs, 3);
    ours.close();
  });

  it("does not acknowledge what the request behind it acknowledges", async () => {
    const { ours, theirs } = await pair();
    const sent: string[] = [];
    theirs.on("pong", () => sent.push("pong"));
    theirs.on("message", (data: Buffer) => sent.push(data.toString("utf8")));
    ours.waiting = true;
    ear.then = () => {
      if (ear.heard.length === 1) ours.send("next");
    };
    theirs.send("a");
    await withTimeout(once(theirs, "message"), 2_000, "It was not answered");
    theirs.send("b");
    await withTimeout(once(theirs, "pong"), 2_000, "It was not acknowledged");
    assert.deepEqual(sent, ["next", "pong"]);
    ours.close();
  });

  it("holds the server back while paused, without taking its silence for death", async () => {
    const { ours, theirs } = await pair();
    ours.waiting = true;
    ours.paused = true;
    theirs.send("held");
    await delay(150);
    assert.deepEqual([ear.heard, ear.closes], [[], 0]);
    ours.paused = false;
    await ear.count(1);
    ours.close();
  });
});

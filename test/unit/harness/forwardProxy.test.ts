// The forward proxy of the harness: what it lets through, what it refuses, what it records.
import assert from "node:assert/strict";
import { request, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { text } from "node:stream/consumers";
import { startForwardProxy, type ForwardProxy } from "../../harness/forwardProxy";
import { Loopback } from "../transport/loopback";

const authorization = { "Proxy-Authorization": `Basic ${Buffer.from("ana:pass").toString("base64")}` };

describe("the forward proxy", () => {
  let server: Loopback;
  let proxy: ForwardProxy;
  beforeEach(async () => {
    server = await Loopback.start();
    server.on({ body: "[1]" });
    proxy = await startForwardProxy({
      hosts: { "hub.test:80": server.port, "hub.test:443": server.port },
      credentials: { name: "ana", password: "pass" },
    });
  });
  afterEach(async () => {
    await proxy.close();
    await server.stop();
  });

  const ask = (path: string, headers: Record<string, string>): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      request(proxy.url, { path, headers }).on("response", resolve).on("error", reject).end();
    });
  const tunnel = (target: string, headers: Record<string, string>): Promise<{ status: number; socket: Socket }> =>
    new Promise((resolve, reject) => {
      const sent = request(proxy.url, { method: "CONNECT", path: target, headers });
      sent
        .on("connect", ({ statusCode = 0 }, socket: Socket) => resolve({ status: statusCode, socket }))
        .on("error", reject)
        .end();
    });

  it("passes a request to a host that only it knows, without what is for itself", async () => {
    const answer = await ask("http://hub.test/x?y=1", { ...authorization, "X-Own": "1" });
    assert.equal(await text(answer), "[1]");
    assert.deepEqual(
      [server.asked[0]?.url, server.asked[0]?.headers["x-own"], server.asked[0]?.headers["proxy-authorization"]],
      ["/x?y=1", "1", undefined],
    );
    assert.deepEqual(
      proxy.record.map(({ kind, target, path }) => [kind, target, path]),
      [["request", "hub.test:80", "/x?y=1"]],
    );
  });

  it("makes a tunnel", async () => {
    const { status, socket } = await tunnel("hub.test:443", authorization);
    assert.equal(status, 200);
    socket.end("GET /in HTTP/1.1\r\nHost: hub.test\r\nConnection: close\r\n\r\n");
    assert.match(await text(socket), /^HTTP\/1\.1 200 /);
    assert.deepEqual([server.asked[0]?.url, proxy.record[0]?.kind, typeof proxy.record[0]?.from], ["/in", "tunnel", "number"]);
  });

  it("passes a websocket", async () => {
    server.sockets((socket) => socket.send("hello"));
    const headers = {
      ...authorization,
      Connection: "Upgrade",
      Upgrade: "websocket",
      "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Key": "MDEyMzQ1Njc4OWFiY2RlZg==",
    };
    const status = await new Promise((resolve, reject) => {
      const sent = request(proxy.url, { path: "http://hub.test/ws", headers });
      sent.on("upgrade", ({ statusCode }, socket: Socket) => {
        socket.destroy();
        resolve(statusCode);
      });
      sent.on("error", reject).end();
    });
    assert.deepEqual([status, proxy.record[0]?.kind, proxy.record[0]?.path], [101, "websocket", "/ws"]);
  });

  it("refuses whoever does not know the password, and hosts it does not know; and records both", async () => {
    assert.equal((await ask("http://hub.test/", {})).statusCode, 407);
    const wrong = { "Proxy-Authorization": `Basic ${Buffer.from("ana:wrong").toString("base64")}` };
    assert.equal((await tunnel("hub.test:443", wrong)).status, 407);
    assert.equal((await tunnel("other.test:443", authorization)).status, 502);
    assert.deepEqual(
      proxy.record.map(({ target, from }) => [target, from]),
      [
        ["hub.test:80", undefined],
        ["hub.test:443", undefined],
        ["other.test:443", undefined],
      ],
    );
    assert.equal(server.asked.length, 0);
  });

  it("has its credentials in its address, as people write them", () => {
    assert.match(proxy.urlWithCredentials, /^http:\/\/ana:pass@127\.0\.0\.1:\d+$/);
  });
});

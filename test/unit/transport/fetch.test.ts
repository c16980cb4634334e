// One HTTP exchange: what is sent, compressed answers, and its end while there is not even a connection.
import assert from "node:assert/strict";
import { Agent } from "node:http";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { ProductError } from "../../../src/base/errors";
import { readBody } from "../../../src/transport/body";
import { fetch as usual } from "../../../src/transport/fetch";
import type { FetchResponse } from "../../../src/transport/fetchTypes";
import { tlsFetch } from "../../../src/transport/tls/tlsFetch";
import { request } from "../../../src/transport/http";
import { openSocket } from "../../../src/transport/socket";
import { failure } from "../../harness/failure";
import { Loopback } from "./loopback";

/** As VS Code's agent is while a proxy says nothing: no socket ever comes. */
class SilentAgent extends Agent {
  createConnection(): undefined {
    return undefined;
  }
}

const textIn = async ({ body }: FetchResponse): Promise<string> => (await readBody(body, 1_000_000, "It answered")).toString("utf8");

for (const [name, fetch] of Object.entries({ "an exchange": usual, "an exchange by Node itself": tlsFetch })) {
  describe(name, () => {
    let server: Loopback;
    let url: URL;
    beforeEach(async () => {
      server = await Loopback.start();
      url = new URL(`http://127.0.0.1:${server.port}/x`);
    });
    afterEach(() => server.stop());

    for (const method of ["POST", "DELETE", "PUT"]) {
      it(`tells the length of what it sends with ${method}`, async () => {
        server.on({});
        await fetch(url, { method, body: "tëxt" });
        assert.deepEqual([server.asked[0]?.headers["content-length"], server.asked[0]?.body], ["5", "tëxt"]);
      });
    }

    it("reads compressed answers", async () => {
      const text = "ä".repeat(10_000);
      server.on((response, { headers }) => {
        assert.match(headers["accept-encoding"] ?? "", /^gzip/);
        response.writeHead(200, { "Content-Encoding": "gzip" });
        response.end(gzipSync(text));
        return undefined;
      });
      assert.equal(await textIn(await fetch(url, { headers: { "Accept-Encoding": "gzip" } })), text);
    });

    for (const [encoding, compress] of [
      ["GZIP", gzipSync],
      ["x-gzip", gzipSync],
      ["deflate", deflateSync],
      ["br", brotliCompressSync],
    ] as const) {
      it(`reads ${encoding}, asked for or not`, async () => {
        server.on((response) => {
          response.writeHead(200, { "Content-Encoding": encoding });
          response.end(compress("text"));
          return undefined;
        });
        assert.equal(await textIn(await fetch(url, {})), "text");
        assert.equal(server.asked[0]?.headers["accept-encoding"], undefined);
      });
    }

    it("fails where a compressed answer is cut or broken", async () => {
      for (const content of [gzipSync("x".repeat(1_000)).subarray(0, 12), Buffer.from("not compressed")]) {
        server.on((response) => {
          response.writeHead(200, { "Content-Encoding": "gzip" });
          response.end(content);
          return undefined;
        });
        await assert.rejects(async () => textIn(await fetch(url, {})));
      }
    });

    it("follows no redirect", async () => {
      server.on({ status: 302, headers: { Location: "/elsewhere" } });
      const answer = await fetch(url, {});
      assert.deepEqual(
        [answer.status, answer.ok, answer.headers.get("LOCATION"), answer.headers.get("none")],
        [302, false, "/elsewhere", null],
      );
      assert.equal(server.asked.length, 1);
    });

    it("has no body for 204", async () => {
      server.on((response) => {
        response.writeHead(204, { "Content-Encoding": "gzip" });
        response.end();
        return undefined;
      });
      assert.equal(await textIn(await fetch(url, {})), "");
    });

    it("ends when it is aborted while there is no connection, and while the body comes", async () => {
      const caller = new AbortController();
      const reason = new ProductError("timeout", "Enough");
      const waiting = fetch(url, { agent: new SilentAgent(), signal: caller.signal });
      setImmediate(() => caller.abort(reason));
      assert.equal(await failure(waiting), reason);
      await assert.rejects(fetch(url, { signal: caller.signal }), reason);

      const later = new AbortController();
      server.on((response) => {
        response.write("half");
        return undefined;
      });
      const answer = await fetch(url, { signal: later.signal });
      const text = textIn(answer);
      later.abort(reason);
      await assert.rejects(text);
    });

    it("is bounded while there is no connection, a websocket's opening too", async () => {
      const settings = { ...server.settings({ timeouts: { handshake: 30, request: 30, retry: 1 } }), agent: new SilentAgent() };
      await failure(request(settings, "api"), "timeout");
      const opening = openSocket(settings, "api/x", { message: () => undefined, closed: () => undefined });
      assert.match((await failure(opening, "timeout")).message, /did not open a connection within 0\.03 s/);
    });
  });
}

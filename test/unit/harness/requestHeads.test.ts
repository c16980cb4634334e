// Request heads in a stream: whole, in pieces, between bodies and frames.
import assert from "node:assert/strict";
import { RequestHeads, type RequestHead } from "../../harness/requestHeads";

describe("request heads", () => {
  const stream =
    "GET /hub/api/ HTTP/1.1\r\nHost: x\r\n\r\n" +
    'POST /hub/api/users/ana/tokens HTTP/1.1\r\nHost: x\r\nContent-Length: 21\r\n\r\n{"note":"GET / of it"}' +
    "GET /user/ana/api/kernels/1/channels?session_id=2 HTTP/1.1\r\nUpgrade: websocket\r\nAuthorization: token abc\r\n\r\n\u0082\u0085frame";

  for (const size of [1, 7, 1_000]) {
    it(`are found in pieces of ${size} bytes`, () => {
      const found: RequestHead[] = [];
      const heads = new RequestHeads(found);
      const bytes = Buffer.from(stream, "latin1");
      for (let at = 0; at < bytes.length; at += size) heads.add(bytes.subarray(at, at + size));
      assert.deepEqual(
        found.map(({ line }) => line),
        ["GET /hub/api/ HTTP/1.1", "POST /hub/api/users/ana/tokens HTTP/1.1", "GET /user/ana/api/kernels/1/channels?session_id=2 HTTP/1.1"],
      );
      assert.match(found[2]?.headers ?? "", /^Authorization: token abc\r$/m);
    });
  }
});

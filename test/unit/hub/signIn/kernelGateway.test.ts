// An address that leads to a Jupyter Kernel Gateway, as 3.0.1 answers, or to its kin: it is named.
import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { signIn, type SignInPort } from "../../../../src/hub/signIn/signIn";
import { failure } from "../../../harness/failure";

const nobody: SignInPort = {
  askPassword: () => Promise.reject(new Error("Nobody is asked")),
  askToken: () => Promise.resolve(undefined),
  confirmPlainHttp: () => Promise.reject(new Error("Loopback needs no confirmation")),
};

describe("an address of no hub", () => {
  let server: Server;
  let answers: Readonly<Record<string, readonly [status: number, body: object]>>;
  let address: string;
  beforeEach(async () => {
    server = createServer(({ url = "" }, response) => {
      const [status, body] = answers[url] ?? [404, { reason: "Not Found", message: "" }];
      response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  const closed = [401, { reason: "Unauthorized", message: "" }] as const;
  const gateway = (title: string) => [200, { swagger: "2.0", info: { title } }] as const;
  const open = [200, { version: "2.21.1" }] as const;

  for (const [what, given, said] of [
    [
      "a Kernel Gateway with a token",
      { "/api": closed, "/api/swagger.json": gateway("Jupyter Kernel Gateway API") },
      /is a Jupyter Kernel Gateway, not a JupyterHub.*no files.*Use the address/,
    ],
    [
      "a Kernel Gateway that is open to all",
      { "/api": open, "/api/swagger.json": gateway("Jupyter Kernel Gateway API") },
      /is a Jupyter Kernel Gateway/,
    ],
    [
      "an Enterprise Gateway",
      { "/api": open, "/api/swagger.json": gateway("Jupyter Enterprise Gateway API") },
      /is a Jupyter Enterprise Gateway/,
    ],
    [
      "what tells nothing without a token",
      { "/api": [403, { reason: "Forbidden", message: "" }] },
      /like a Jupyter Kernel Gateway or a closed Jupyter server.*status 403/,
    ],
    ["another API that is closed", { "/api": [403, { message: "Forbidden" }] }, /it is no JupyterHub/],
    ["something else", {}, /it is no JupyterHub/],
  ] as const) {
    it(`is named: ${what}`, async () => {
      answers = given;
      const error = await failure(signIn({ address: `${address}?token=secret` }, nobody), "not-a-hub");
      assert.match(error.message, said);
      assert.doesNotMatch(error.message, /secret/);
    });
  }

  it("is used where it is a Jupyter server", async () => {
    answers = { "/api": open, "/api/status": [403, { message: "Forbidden" }] };
    assert.equal((await failure(signIn({ address }, nobody))).code, "aborted");
  });
});

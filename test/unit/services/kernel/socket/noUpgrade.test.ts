// Servers that can be reached by requests, and open no websocket: a proxy on the way passes no upgrades on.
import assert from "node:assert/strict";
import { Deferred, withTimeout } from "../../../../../src/base/async";
import { HttpError } from "../../../../../src/base/errors";
import { next } from "../../../../../src/base/event";
import { KernelConnection } from "../../../../../src/services/kernel/connection";
import type { Timeouts } from "../../../../../src/transport/settings";
import { situationOf } from "../../../../../src/app/kernels/kernelSituation";
import { KernelServer, type RestReply } from "../../../../fakes/kernelServer";
import { failure } from "../../../../harness/failure";

describe("where no websocket can be opened", function () {
  this.timeout(30_000);
  let server: KernelServer;
  let connection: KernelConnection | undefined;
  beforeEach(async () => {
    server = await KernelServer.start();
  });
  afterEach(async () => {
    connection?.dispose();
    await server.stop();
  });

  const within = <T>(promise: Promise<T>): Promise<T> => withTimeout(promise, 25_000, "Waited in vain");
  const connect = (timeouts: Partial<Timeouts> = {}): KernelConnection =>
    (connection = new KernelConnection({ settings: server.settings(timeouts), model: server.model }));
  const cell = (kernel: KernelConnection): Promise<unknown> => kernel.execute({ code: "1" }, {}, { waits: true }).done;

  for (const [what, refusal, said] of [
    ["400", { status: 400, body: 'Can "Upgrade" only to "WebSocket".' }, /status 400 instead \(Can .*administrator of 127\.0\.0\.1:\d+/],
    ["404 of a proxy", { status: 404, body: "<html><title>404 Not Found</title></html>" }, /status 404 instead \(404 Not Found\)/],
    ["426", { status: 426, body: "" }, /status 426 instead\./],
    ["200 and a page", { status: 200, body: "<html>" }, /status 200 instead/],
    ["301 to elsewhere", { status: 301, body: "" }, /status 301/],
    ["403 of a firewall", { status: 403, body: "<html><title>Blocked</title></html>" }, /status 403 instead \(Blocked\)/],
    ["502", { status: 502, body: "" }, /status 502/],
    ["nothing", "silence", /did not answer/],
    ["a cut", "cut", /attempt at .* failed/],
  ] as const) {
    it(`${what}: cells end with what was answered, and by whom; the status says so, and what is mended since works`, async () => {
      server.onUpgrade = (): RestReply | "silence" | "cut" => refusal;
      const settings = { ...server.settings({ handshake: 100 }), token: { current: async () => "t", check: async () => "valid" as const } };
      const kernel = (connection = new KernelConnection({ settings, model: server.model }));
      const error = await failure(within(cell(kernel)), "no-websocket");
      assert.match(error.message, said);
      assert.match(error.message, /^127\.|^ana @ hub can be reached/);
      const facts = { isSignedIn: true, server: "running", kernel } as const;
      assert.deepEqual(situationOf(facts), { kind: "unreachable", reason: error.message });
      // The next one learns it at once.
      const asked = Date.now();
      await failure(within(cell(kernel)), "no-websocket");
      assert.ok(Date.now() - asked < 2_000);
      server.onUpgrade = () => undefined;
      await within(cell(kernel));
      assert.notEqual(situationOf(facts).kind, "unreachable");
    });
  }

  it("takes back what waits at once", async () => {
    server.onUpgrade = () => ({ status: 400 });
    const kernel = connect();
    const waiting = cell(kernel);
    assert.equal(kernel.withdraw(), false);
    await failure(within(waiting), "aborted");
  });

  it("is not said of moments while server and proxies start", async () => {
    let refused = 0;
    server.onUpgrade = () => (refused++ < 3 ? { status: 503 } : undefined);
    await within(cell(connect()));
  });

  it("is not said where requests fail as well: that passes", async () => {
    const asked = new Deferred<void>();
    let refused = 0;
    server.onUpgrade = () => (refused++ < 4 ? { status: 400 } : undefined);
    server.onRest = () => {
      asked.resolve();
      return refused < 5 ? { status: 502 } : undefined;
    };
    const done = cell(connect());
    await within(asked.promise);
    await within(done);
  });

  it("is not said of a connection that has worked: it is tried again as ever", async () => {
    const kernel = connect();
    await within(kernel.info);
    let refused = 0;
    server.onUpgrade = () => (refused++ < 5 ? { status: 400 } : undefined);
    server.socket.ws.terminate();
    await within(next(kernel.onDidChangeConnectionStatus, (now) => now === "disconnected"));
    assert.ok(kernel.refusal instanceof HttpError);
    const waiting = cell(kernel);
    await within(waiting);
    assert.equal(kernel.refusal, undefined);
  });
});

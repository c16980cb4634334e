// Kernel specs of servers: asked for once, remembered for the next window; polls of a running server.
import assert from "node:assert/strict";
import { hasCode } from "../../../../src/base/errors";
import { next } from "../../../../src/base/event";
import { signIn } from "../doubles";
import { ServersBench } from "./bench";

describe("servers", () => {
  let bench: ServersBench;
  beforeEach(async () => void (bench = await ServersBench.start()));
  afterEach(() => bench.stop());

  it("asks a running server for its kernel specs and remembers them for the next window", async () => {
    bench.run();
    await bench.servers.ensureRunning(bench.server);
    await bench.servers.refreshServices(bench.server);
    assert.equal(bench.server.kernelSpecs?.default, "python3");
    const there = bench.open().get(bench.account, "");
    assert.deepEqual([there.kernelSpecs, there.state], [bench.server.kernelSpecs, "stopped"]);
  });

  it("has told of kernel specs before anybody who asked for them goes on, however slowly they are remembered", async () => {
    bench.run();
    await bench.servers.ensureRunning(bench.server);
    const set = bench.ports.memory.set.bind(bench.ports.memory);
    let remember = (): void => undefined;
    const held = new Promise<void>((resolve) => (remember = resolve));
    bench.ports.memory.set = (key, value) => held.then(() => set(key, value));
    let told = false;
    bench.servers.onDidChange(() => (told ||= bench.server.kernelSpecs !== undefined));
    const both = [bench.servers.refreshServices(bench.server), bench.servers.refreshServices(bench.server)];
    await Promise.race(both);
    assert.ok(told);
    remember();
    await Promise.all(both);
  });

  it("keeps a stopped named server whose kernel specs are known, to start it again", async () => {
    bench.hub.run(bench.jupyter.url, "gpu");
    await bench.servers.refresh(bench.account);
    await bench.servers.refreshServices(bench.servers.get(bench.account, "gpu"));
    bench.hub.servers.clear();
    await bench.servers.refresh(bench.account);
    assert.deepEqual(
      bench.servers.of(bench.account).map(({ name }) => name),
      ["", "gpu"],
    );
    assert.deepEqual(
      bench
        .open()
        .of(bench.account)
        .map(({ name }) => name),
      ["", "gpu"],
    );
  });

  it("polls again when the account is signed in again", async () => {
    bench.run();
    const services = await bench.servers.ensureRunning(bench.server);
    bench.jupyter.on("GET /api/sessions", { status: 403, json: {} });
    bench.hub.tokens.clear();
    const failed = next(services.onConnectionFailure, () => true);
    services.look();
    await failed;
    assert.ok(hasCode(services.stopped, "signed-out"));
    bench.hub.tokens.set("newer-token", "ana");
    await signIn(bench.hubs, bench.hub, "newer-token");
    assert.equal(services.stopped, undefined);
  });
});

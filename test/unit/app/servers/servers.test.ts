// Servers of the known accounts: their state, shared starts, their end.
import assert from "node:assert/strict";
import type { StartProgress } from "../../../../src/app/servers/servers";
import { hasCode } from "../../../../src/base/errors";
import { next } from "../../../../src/base/event";
import { ServersBench } from "./bench";

describe("servers", () => {
  let bench: ServersBench;
  beforeEach(async () => void (bench = await ServersBench.start()));
  afterEach(() => bench.stop());

  it("shows the default server of a new account, stopped, before the hub was asked", () => {
    assert.deepEqual(
      bench.servers.of(bench.account).map(({ name, state }) => [name, state]),
      [["", "stopped"]],
    );
    assert.equal(bench.servers.find(bench.server.id), bench.server);
  });

  it("follows what the hub says: running with services, starting, stopping, gone", async () => {
    bench.run();
    bench.hub.servers.set("gpu", { ready: false, pending: "spawn" });
    bench.hub.servers.set("big", { ready: true, pending: "stop" });
    await bench.servers.refresh(bench.account);
    const states = (): unknown => Object.fromEntries(bench.servers.of(bench.account).map(({ name, state }) => [name, state]));
    assert.deepEqual(states(), { "": "running", gpu: "starting", big: "stopping" });
    assert.equal(bench.server.services?.settings.baseUrl.href, bench.jupyter.url.href);
    assert.equal(bench.server.services.settings.label, bench.account.label);
    bench.hub.servers.clear();
    await bench.servers.refresh(bench.account);
    assert.deepEqual(states(), { "": "stopped" });
    assert.equal(bench.server.services, undefined);
    assert.deepEqual(bench.jupyter.asked, [], "the user's server itself is not asked");
  });

  it("keeps the services of a server that goes on running, and makes new ones where it moved", async () => {
    bench.run();
    await bench.servers.refresh(bench.account);
    const { services } = bench.server;
    await bench.servers.refresh(bench.account);
    assert.equal(bench.server.services, services);
    bench.hub.run(new URL("elsewhere/", bench.jupyter.url));
    await bench.servers.refresh(bench.account);
    assert.notEqual(bench.server.services, services);
  });

  it("returns the services of a running server at once", async () => {
    bench.run();
    const services = await bench.servers.ensureRunning(bench.server);
    assert.deepEqual([services, bench.server.state], [bench.server.services, "running"]);
    assert.equal(bench.asked("POST /hub/api/users/ana/server"), 0);
  });

  it("starts a stopped one, shows it starting, and shares the start and its progress", async () => {
    bench.takeStarts([{ progress: 50, message: "Waiting for a place" }]);
    const told: StartProgress[][] = [[], []];
    const states: string[] = [];
    bench.servers.onDidChange(() => states.push(bench.server.state));
    const both = await Promise.all(
      told.map((list) => bench.servers.ensureRunning(bench.server, { onProgress: (each) => list.push(each) })),
    );
    assert.equal(both[0], both[1]);
    assert.equal(bench.asked("POST /hub/api/users/ana/server"), 1);
    for (const list of told) assert.ok(list.some(({ message, fraction }) => message === "Waiting for a place" && fraction === 0.5));
    assert.deepEqual([states[0], states.at(-1)], ["starting", "running"]);
  });

  it("lets one who waits leave without stopping the start", async () => {
    bench.takeStarts();
    const leave = new AbortController();
    const [left, stayed] = [bench.servers.ensureRunning(bench.server, { signal: leave.signal }), bench.servers.ensureRunning(bench.server)];
    leave.abort();
    await assert.rejects(left, (error) => hasCode(error, "aborted"));
    assert.equal(await stayed, bench.server.services);
  });

  it("is stopped again after a start that failed, with the hub's reason, and may be tried again", async () => {
    bench.hub.on("POST /hub/api/users/ana/server", { status: 500, json: { message: "The quota is used up." } });
    await assert.rejects(bench.servers.ensureRunning(bench.server), /The quota is used up/);
    assert.equal(bench.server.state, "stopped");
    bench.takeStarts();
    await bench.servers.ensureRunning(bench.server);
    assert.equal(bench.server.state, "running");
  });

  it("stops a server: its kernel connections are told so, its services end", async () => {
    bench.run();
    const services = await bench.servers.ensureRunning(bench.server);
    const kernel = services.kernels.connectTo({ ...bench.jupyter.addKernel(), reason: null });
    bench.hub.on("DELETE /hub/api/users/ana/server", () => {
      bench.hub.servers.clear();
      return { status: 204 };
    });
    await bench.servers.stop(bench.server);
    assert.deepEqual([bench.server.state, bench.server.services], ["stopped", undefined]);
    assert.ok(hasCode(kernel.ended, "server-stopped"));
  });

  it("restarts a server without ever showing it stopped, with new services", async () => {
    bench.run();
    const before = await bench.servers.ensureRunning(bench.server);
    const kernel = before.kernels.connectTo({ ...bench.jupyter.addKernel(), reason: null });
    bench.takeStarts();
    bench.takeStops();
    const states: string[] = [];
    bench.servers.onDidChange(() => states.push(bench.server.state));
    const after = await bench.servers.restart(bench.server);
    assert.notEqual(after, before);
    assert.ok(hasCode(kernel.ended, "server-stopped"));
    assert.deepEqual([...new Set(states)], ["stopping", "starting", "running"]);
  });

  it("is stopped and restarted once where that is asked for several times at once", async () => {
    bench.run();
    await bench.servers.ensureRunning(bench.server);
    bench.takeStarts();
    bench.takeStops();
    const restarted = await Promise.all([
      bench.servers.restart(bench.server),
      bench.servers.restart(bench.server),
      bench.servers.restart(bench.server),
    ]);
    assert.equal(new Set(restarted).size, 1);
    await Promise.all([bench.servers.stop(bench.server), bench.servers.stop(bench.server), bench.servers.stop(bench.server)]);
    assert.equal(bench.server.state, "stopped");
    const count = (method: string): number =>
      bench.hub.asked.filter((operation) => operation === `${method} /hub/api/users/ana/server`).length;
    assert.deepEqual([count("DELETE"), count("POST")], [2, 1]);
  });

  it("ends a start that is under way when the server is stopped", async () => {
    bench.hub.on("POST /hub/api/users/ana/server", () => {
      bench.hub.servers.set("", { ready: false, pending: "spawn" });
      return { status: 202 };
    });
    bench.hub.on("GET /hub/api/users/ana/server/progress", { events: [{ progress: 10, message: "Waiting" }], hold: true });
    bench.takeStops();
    const starting = bench.servers.ensureRunning(bench.server, {
      onProgress: ({ message }) => message === "Waiting" && void bench.servers.stop(bench.server),
    });
    await assert.rejects(starting, (error) => hasCode(error, "aborted") && /was stopped/.test(error.message));
    if (bench.server.state !== "stopped") await next(bench.servers.onDidChange, () => bench.server.state === "stopped");
  });

  it("shows a server as the hub has it after a start that nobody waited for to the end", async () => {
    bench.hub.on("POST /hub/api/users/ana/server", () => {
      bench.hub.servers.set("", { ready: false, pending: "spawn" });
      return { status: 500, json: { message: "Spawner failed to start [status=1]." } };
    });
    await assert.rejects(bench.servers.ensureRunning(bench.server), /status=1/);
    if (bench.server.state !== "starting") await next(bench.servers.onDidChange, () => bench.server.state === "starting");
  });

  it("says what is when a stop fails", async () => {
    bench.run();
    await bench.servers.ensureRunning(bench.server);
    bench.hub.on("DELETE /hub/api/users/ana/server", { status: 403, json: { message: "Forbidden" } });
    const back = next(bench.servers.onDidChange, () => bench.server.state === "running");
    await assert.rejects(bench.servers.stop(bench.server), (error) => hasCode(error, "forbidden"));
    await back;
  });

  it("takes a server for stopped that has turned out to be, and asks the hub", async () => {
    bench.run();
    await bench.servers.ensureRunning(bench.server);
    bench.hub.servers.clear();
    await bench.servers.noteStopped(bench.server);
    assert.deepEqual([bench.server.state, bench.server.services], ["stopped", undefined]);
  });

  it("learns by a poll that a server was stopped", async () => {
    bench.run();
    const services = await bench.servers.ensureRunning(bench.server);
    bench.jupyter.on("GET /api/sessions", { status: 424, json: {} });
    bench.hub.servers.clear();
    const stopped = next(bench.servers.onDidChange, () => bench.server.state === "stopped");
    services.look();
    await stopped;
    assert.equal(bench.server.services, undefined);
  });

  it("forgets servers and what it remembered of them with their account", async () => {
    bench.run();
    await bench.servers.ensureRunning(bench.server);
    await bench.servers.refreshServices(bench.server);
    await bench.hubs.signOut(bench.account);
    assert.deepEqual([bench.servers.all, [...bench.ports.values.keys()]], [[], []]);
  });

  it("does not bring back a server whose account has gone while it started", async () => {
    bench.takeStarts();
    const starting = bench.servers.ensureRunning(bench.server);
    await bench.hubs.signOut(bench.account);
    await assert.rejects(starting, (error) => hasCode(error, "signed-out"));
    assert.deepEqual([bench.servers.all, bench.server.services], [[], undefined]);
  });

  it("follows no start any more once disposed", async () => {
    bench.hub.on("POST /hub/api/users/ana/server", { status: 202 });
    bench.hub.servers.set("", { ready: false, pending: "spawn" });
    const starting = bench.servers.ensureRunning(bench.server);
    bench.servers.dispose();
    await assert.rejects(starting, (error) => hasCode(error, "disposed"));
  });
});

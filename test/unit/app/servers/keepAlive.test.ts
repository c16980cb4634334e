// Keeping a server alive: honest reports, for as long as was said, and not after its end.
import assert from "node:assert/strict";
import { Hubs } from "../../../../src/app/hubs/hubs";
import { KeepAlive } from "../../../../src/app/servers/keepAlive";
import type { Server } from "../../../../src/app/servers/server";
import { Servers } from "../../../../src/app/servers/servers";
import { hasCode } from "../../../../src/base/errors";
import { next } from "../../../../src/base/event";
import { FakeHub } from "../../../fakes/hub";
import { FakeJupyterServer } from "../../../fakes/jupyterServer";
import { FakeClock, hour, minute } from "../../../fakes/clock";
import { MemoryPorts, signIn } from "../doubles";

const report = "POST /hub/api/users/ana/activity";

describe("keeping a server alive", () => {
  let hub: FakeHub;
  let jupyter: FakeJupyterServer;
  let ports: MemoryPorts;
  let clock: FakeClock;
  let hubs: Hubs;
  let servers: Servers;
  let server: Server;
  let keepAlive: KeepAlive;
  const ends: (() => void)[] = [];

  const open = (): KeepAlive => {
    const opened = new KeepAlive(servers, ports, clock);
    ends.push(() => opened.dispose());
    return opened;
  };
  const run = (): void => hub.run(jupyter.url);
  const reports = (): number => hub.asked.filter((each) => each === report).length;
  const asked = (): number => jupyter.asked.filter((each) => each.endsWith("/api/kernels")).length;
  /** Lets time pass, and the requests that come of it be answered. */
  const pass = async (ms: number, requests: () => number, least: number): Promise<void> => {
    await clock.advance(ms);
    for (const end = Date.now() + 5_000; requests() < least && Date.now() < end;) await new Promise((resolve) => setTimeout(resolve, 2));
  };

  beforeEach(async () => {
    [hub, jupyter] = await Promise.all([FakeHub.start(), FakeJupyterServer.start()]);
    hub.on(report, { status: 200, json: {} });
    ports = new MemoryPorts();
    clock = new FakeClock();
    hubs = new Hubs(ports);
    servers = new Servers(hubs, ports);
    const account = await signIn(hubs, hub);
    run();
    await servers.refresh(account);
    server = servers.get(account, "");
    keepAlive = open();
  });
  afterEach(async () => {
    for (const end of ends.splice(0)) end();
    servers.dispose();
    hubs.dispose();
    await Promise.all([hub.stop(), jupyter.stop()]);
  });

  it("is off unless somebody wants it", async () => {
    await clock.advance(hour);
    assert.deepEqual([keepAlive.all, asked(), reports()], [[], 0, 0]);
  });

  it("tells the server and the hub at once, and the hub which server", async () => {
    await keepAlive.keep(server, hour);
    assert.deepEqual([asked(), reports(), keepAlive.until(server)], [1, 1, hour]);
    const body = hub.received.find(({ path }) => path.endsWith("/activity"))?.body ?? "";
    assert.deepEqual(JSON.parse(body), { servers: { "": { last_activity: new Date(0).toISOString() } } });
  });

  it("goes on until the time that was said, and not longer", async () => {
    await keepAlive.keep(server, 10 * minute);
    await pass(4 * minute, reports, 2);
    await pass(4 * minute, reports, 3);
    const ended = next(keepAlive.onDidChange, () => keepAlive.until(server) === undefined);
    await clock.advance(2 * minute);
    await ended;
    await clock.advance(hour);
    assert.deepEqual(
      [reports(), asked(), clock.waiting, [...ports.values.keys()].some((key) => key.startsWith("keepAlive"))],
      [3, 3, 0, false],
    );
  });

  it("goes on after a reload", async () => {
    await keepAlive.keep(server, hour);
    keepAlive.dispose();
    const again = open();
    assert.equal(again.until(server), hour);
    await pass(0, reports, 2);
    assert.equal(reports(), 2);
  });

  it("ends when the person says so, in every window", async () => {
    await keepAlive.keep(server, hour);
    const other = open();
    await pass(0, reports, 2);
    await other.end(server);
    const ended = next(keepAlive.onDidChange, () => keepAlive.until(server) === undefined);
    await clock.advance(4 * minute);
    await ended;
    assert.deepEqual([reports(), clock.waiting], [2, 0]);
  });

  it("ends with the server", async () => {
    await keepAlive.keep(server, hour);
    hub.servers.clear();
    const ended = next(keepAlive.onDidChange, () => keepAlive.until(server) === undefined);
    await servers.noteStopped(server);
    await ended;
    assert.equal(clock.waiting, 0);
  });

  it("goes by the server alone where the token may not report to the hub, and asks that once", async () => {
    hub.on(report, { status: 403, json: { message: "Action is not authorized with current scopes" } });
    await keepAlive.keep(server, hour);
    await pass(4 * minute, asked, 2);
    assert.deepEqual([asked(), reports()], [2, 1]);
  });

  it("goes on after a report that did not get through", async () => {
    await keepAlive.keep(server, hour);
    hub.on(report, { status: 409, json: {} }, { status: 200, json: {} });
    await pass(4 * minute, reports, 2);
    await pass(4 * minute, reports, 3);
    assert.deepEqual([reports(), keepAlive.until(server)], [3, hour]);
  });

  it("refuses for a server that is not running, and remembers nothing then", async () => {
    hub.servers.clear();
    await servers.noteStopped(server);
    await assert.rejects(keepAlive.keep(server, hour), (error) => hasCode(error, "server-stopped"));
    assert.deepEqual([keepAlive.all, clock.waiting], [[], 0]);
  });

  it("wants to know for how long", async () => {
    for (const ms of [0, -hour, Number.NaN]) await assert.rejects(keepAlive.keep(server, ms), (error) => hasCode(error, "usage"));
    assert.deepEqual(keepAlive.all, []);
  });
});

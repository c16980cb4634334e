// The list of servers kept fresh while somebody looks, by the hub alone.
import assert from "node:assert/strict";
import { Hubs } from "../../../../src/app/hubs/hubs";
import { HubWatch } from "../../../../src/app/servers/hubWatch";
import { Servers } from "../../../../src/app/servers/servers";
import { next } from "../../../../src/base/event";
import type { Account } from "../../../../src/hub/account/account";
import { FakeHub } from "../../../fakes/hub";
import { FakeClock, hour, minute } from "../../../fakes/clock";
import { MemoryPorts, signIn } from "../doubles";

const list = "GET /hub/api/users/ana?include_stopped_servers=true";

describe("hub watch", () => {
  let hub: FakeHub;
  let clock: FakeClock;
  let hubs: Hubs;
  let servers: Servers;
  let watch: HubWatch;
  let account: Account;
  const asked = (): number => hub.asked.filter((each) => each === list).length;

  beforeEach(async () => {
    hub = await FakeHub.start();
    clock = new FakeClock();
    const ports = new MemoryPorts();
    hubs = new Hubs(ports);
    servers = new Servers(hubs, ports);
    watch = new HubWatch(hubs, servers, ports, clock);
    account = await signIn(hubs, hub);
  });
  afterEach(async () => {
    watch.dispose();
    servers.dispose();
    hubs.dispose();
    await hub.stop();
  });

  it("asks nothing while nobody looks", async () => {
    await clock.advance(hour);
    assert.deepEqual([asked(), clock.waiting], [0, 0]);
  });

  it("shows a server that was started, and stopped, elsewhere", async () => {
    const server = servers.get(account, "");
    const look = watch.look();
    hub.servers.set("", { ready: true, pending: null, url: "/user/ana/" });
    const running = next(servers.onDidChange, () => server.state === "running");
    await clock.advance(0);
    await running;
    hub.servers.clear();
    const stopped = next(servers.onDidChange, () => server.state === "stopped");
    while (clock.waiting === 0) await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(minute);
    await stopped;
    look.dispose();
    assert.equal(clock.waiting, 0);
  });

  it("knows why a hub could not be asked, until it answers again", async () => {
    const changed: (string | undefined)[] = [];
    watch.onDidChange((about) => changed.push(watch.problem(about)?.message));
    hub.on("GET /hub/api/users/ana", { status: 500, json: { message: "down" } });
    await assert.rejects(watch.refresh(account));
    assert.ok(watch.problem(account));
    hub.on("GET /hub/api/users/ana");
    await watch.refresh(account);
    assert.equal(watch.problem(account), undefined);
    assert.equal(changed.length, 2);
    assert.equal(changed[1], undefined);
  });

  it("ends with the account", async () => {
    watch.look();
    await hubs.signOut(account);
    assert.equal(clock.waiting, 0);
  });
});

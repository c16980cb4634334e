// Servers of the known accounts: their state, shared starts, services while they run, what is remembered.
import assert from "node:assert/strict";
import { Hubs } from "../../../../src/app/hubs/hubs";
import { isShared, type Server } from "../../../../src/app/servers/server";
import { Servers, type StartProgress } from "../../../../src/app/servers/servers";
import { SpawnForms } from "../../../../src/app/servers/spawnForms";
import { hasCode } from "../../../../src/base/errors";
import { next } from "../../../../src/base/event";
import type { Account } from "../../../../src/hub/account/account";
import type { SpawnForm, SpawnOption } from "../../../../src/hub/pages/spawnForm";
import { FakeHub } from "../../../fakes/hub";
import { FakeJupyterServer } from "../../../fakes/jupyterServer";
import { MemoryPorts, signIn } from "../doubles";

const image: SpawnOption = { name: "image", displayName: "Image", choices: [{ value: "py3", displayName: "Python 3" }], preselected: "py3", freeText: undefined };
const form: SpawnForm = { profiles: [{ slug: "gpu", displayName: "GPU", description: "", isDefault: true, options: [image] }], hasUnknownFields: false };

describe("servers", () => {
  let hub: FakeHub;
  let jupyter: FakeJupyterServer;
  let ports: MemoryPorts;
  let hubs: Hubs;
  let servers: Servers;
  let account: Account;
  let server: Server;
  const ends: (() => void)[] = [];

  const open = (): Servers => {
    const opened = new Servers(hubs, ports);
    ends.push(() => opened.dispose());
    return opened;
  };
  const run = (name = ""): void => hub.run(jupyter.url, name);
  /** The hub takes starts and has the server up at the end of its progress stream. */
  const takeStarts = (events: readonly object[] = []): void => {
    hub.on("POST /hub/api/users/ana/server", () => {
      hub.servers.set("", { ready: false, pending: "spawn" });
      return { status: 202 };
    });
    hub.on("GET /hub/api/users/ana/server/progress", () => ({ events: spawn(events) }));
  };
  const spawn = function* (events: readonly object[]): Generator<object> {
    yield* events;
    run();
    yield { progress: 100, ready: true, message: "Server ready", url: "/user/ana/" };
  };
  const asked = (operation: string): number => hub.asked.filter((each) => each === operation).length;

  beforeEach(async () => {
    [hub, jupyter] = await Promise.all([FakeHub.start(), FakeJupyterServer.start()]);
    ports = new MemoryPorts();
    hubs = new Hubs(ports);
    servers = open();
    account = await signIn(hubs, hub);
    server = servers.get(account, "");
  });
  afterEach(async () => {
    for (const end of ends.splice(0)) end();
    hubs.dispose();
    await Promise.all([hub.stop(), jupyter.stop()]);
  });

  it("shows the default server of a new account, stopped, before the hub was asked", () => {
    assert.deepEqual(servers.of(account).map(({ name, state }) => [name, state]), [["", "stopped"]]);
    assert.equal(servers.find(server.id), server);
  });

  it("follows what the hub says: running with services, starting, stopping, gone", async () => {
    run();
    hub.servers.set("gpu", { ready: false, pending: "spawn" });
    hub.servers.set("big", { ready: true, pending: "stop" });
    await servers.refresh(account);
    const states = (): unknown => Object.fromEntries(servers.of(account).map(({ name, state }) => [name, state]));
    assert.deepEqual(states(), { "": "running", gpu: "starting", big: "stopping" });
    assert.equal(server.services?.settings.baseUrl.href, jupyter.url.href);
    assert.equal(server.services.settings.label, account.label);
    hub.servers.clear();
    await servers.refresh(account);
    assert.deepEqual(states(), { "": "stopped" });
    assert.equal(server.services, undefined);
    assert.deepEqual(jupyter.asked, [], "the user's server itself is not asked");
  });

  it("keeps the services of a server that goes on running, and makes new ones where it moved", async () => {
    run();
    await servers.refresh(account);
    const { services } = server;
    await servers.refresh(account);
    assert.equal(server.services, services);
    hub.run(new URL("elsewhere/", jupyter.url));
    await servers.refresh(account);
    assert.notEqual(server.services, services);
  });

  it("returns the services of a running server at once", async () => {
    run();
    const services = await servers.ensureRunning(server);
    assert.deepEqual([services, server.state], [server.services, "running"]);
    assert.equal(asked("POST /hub/api/users/ana/server"), 0);
  });

  it("starts a stopped one, shows it starting, and shares the start and its progress", async () => {
    takeStarts([{ progress: 50, message: "Waiting for a place" }]);
    const told: StartProgress[][] = [[], []];
    const states: string[] = [];
    servers.onDidChange(() => states.push(server.state));
    const both = await Promise.all(told.map((list) => servers.ensureRunning(server, { onProgress: (each) => list.push(each) })));
    assert.equal(both[0], both[1]);
    assert.equal(asked("POST /hub/api/users/ana/server"), 1);
    for (const list of told) assert.ok(list.some(({ message, fraction }) => message === "Waiting for a place" && fraction === 0.5));
    assert.deepEqual([states[0], states.at(-1)], ["starting", "running"]);
  });

  it("lets one who waits leave without stopping the start", async () => {
    takeStarts();
    const leave = new AbortController();
    const [left, stayed] = [servers.ensureRunning(server, { signal: leave.signal }), servers.ensureRunning(server)];
    leave.abort();
    await assert.rejects(left, (error) => hasCode(error, "aborted"));
    assert.equal(await stayed, server.services);
  });

  it("is stopped again after a start that failed, with the hub's reason, and may be tried again", async () => {
    hub.on("POST /hub/api/users/ana/server", { status: 500, json: { message: "The quota is used up." } });
    await assert.rejects(servers.ensureRunning(server), /The quota is used up/);
    assert.equal(server.state, "stopped");
    takeStarts();
    await servers.ensureRunning(server);
    assert.equal(server.state, "running");
  });

  it("stops a server: its kernel connections are told so, its services end", async () => {
    run();
    const services = await servers.ensureRunning(server);
    const kernel = services.kernels.connectTo({ ...jupyter.addKernel(), reason: null });
    hub.on("DELETE /hub/api/users/ana/server", () => {
      hub.servers.clear();
      return { status: 204 };
    });
    await servers.stop(server);
    assert.deepEqual([server.state, server.services], ["stopped", undefined]);
    assert.ok(hasCode(kernel.ended, "server-stopped"));
  });

  it("starts with given options, and remembers them for the next window", async () => {
    takeStarts();
    await servers.ensureRunning(server, { start: { userOptions: { profile: "gpu" } } });
    assert.equal(hub.received.find(({ method }) => method === "POST")?.body, '{"profile":"gpu"}');
    const next = open().get(account, "");
    assert.deepEqual([server.lastOptions, next.lastOptions, next.otherOptions], [{ profile: "gpu" }, {}, ["profile"]]);
  });

  it("remembers values of what the hub's page offers, of other options the names", async () => {
    await new SpawnForms(ports).note({ account }, form);
    takeStarts();
    const secrets = { git_pat: "s3cret-1", access_key_id: "s3cret-2", pwd: "s3cret-3", env: { TOKEN: "s3cret-4" }, "image--unlisted-choice": "s3cret-5", constructor: "s3cret-6" };
    const userOptions = { profile: "gpu", image: "py3", ...secrets };
    await servers.ensureRunning(server, { start: { userOptions } });
    assert.deepEqual(server.lastOptions, userOptions, "this window knows them");
    const next = open().get(account, "");
    assert.deepEqual([next.lastOptions, next.otherOptions], [{ profile: "gpu", image: "py3" }, Object.keys(secrets)]);
    for (const { shownOptions = [] } of [server, next]) {
      assert.deepEqual(shownOptions, [{ name: "profile", value: "gpu" }, { name: "image", value: "py3" }, ...Object.keys(secrets).map((name) => ({ name }))]);
    }
    assert.doesNotMatch(JSON.stringify([...ports.values]), /s3cret/);
  });

  it("takes the values out of what versions before have remembered", () => {
    ports.values.set(`options:${server.id}`, { profile: "gpu", git_pat: "s3cret" });
    ports.values.set("options:https://gone.example/ eve/", { pwd: "s3cret" });
    const next = open().get(account, "");
    assert.deepEqual([next.lastOptions, next.otherOptions], [{}, ["profile", "git_pat"]]);
    assert.doesNotMatch(JSON.stringify([...ports.values]), /s3cret/);
  });

  it("starts as the last time where no options are given: the hub remembers", async () => {
    takeStarts();
    await servers.ensureRunning(server);
    assert.equal(hub.received.find(({ method }) => method === "POST")?.body, "");
  });

  it("takes over what the hub says of the last options and of the name for people", async () => {
    hub.servers.set("gpu", { ready: false, pending: null, display_name: "My GPU", user_options: { image: "x" } });
    await servers.refresh(account);
    const gpu = servers.get(account, "gpu");
    assert.deepEqual([gpu.displayName, gpu.label, gpu.lastOptions], ["My GPU", `${account.label} · My GPU`, { image: "x" }]);
  });

  const takeStops = (): void =>
    void hub.on("DELETE /hub/api/users/ana/server", () => {
      hub.servers.clear();
      return { status: 204 };
    });

  it("restarts a server without ever showing it stopped, with new services", async () => {
    run();
    const before = await servers.ensureRunning(server);
    const kernel = before.kernels.connectTo({ ...jupyter.addKernel(), reason: null });
    takeStarts();
    takeStops();
    const states: string[] = [];
    servers.onDidChange(() => states.push(server.state));
    const after = await servers.restart(server);
    assert.notEqual(after, before);
    assert.ok(hasCode(kernel.ended, "server-stopped"));
    assert.deepEqual([...new Set(states)], ["stopping", "starting", "running"]);
  });

  it("is stopped and restarted once where that is asked for several times at once", async () => {
    run();
    await servers.ensureRunning(server);
    takeStarts();
    takeStops();
    const restarted = await Promise.all([servers.restart(server), servers.restart(server), servers.restart(server)]);
    assert.equal(new Set(restarted).size, 1);
    await Promise.all([servers.stop(server), servers.stop(server), servers.stop(server)]);
    assert.equal(server.state, "stopped");
    const count = (method: string): number => hub.asked.filter((operation) => operation === `${method} /hub/api/users/ana/server`).length;
    assert.deepEqual([count("DELETE"), count("POST")], [2, 1]);
  });

  it("ends a start that is under way when the server is stopped", async () => {
    hub.on("POST /hub/api/users/ana/server", () => {
      hub.servers.set("", { ready: false, pending: "spawn" });
      return { status: 202 };
    });
    hub.on("GET /hub/api/users/ana/server/progress", { events: [{ progress: 10, message: "Waiting" }], hold: true });
    takeStops();
    const starting = servers.ensureRunning(server, { onProgress: ({ message }) => message === "Waiting" && void servers.stop(server) });
    await assert.rejects(starting, (error) => hasCode(error, "aborted") && /was stopped/.test(error.message));
    if (server.state !== "stopped") await next(servers.onDidChange, () => server.state === "stopped");
  });

  it("shows a server as the hub has it after a start that nobody waited for to the end", async () => {
    hub.on("POST /hub/api/users/ana/server", () => {
      hub.servers.set("", { ready: false, pending: "spawn" });
      return { status: 500, json: { message: "Spawner failed to start [status=1]." } };
    });
    await assert.rejects(servers.ensureRunning(server), /status=1/);
    if (server.state !== "starting") await next(servers.onDidChange, () => server.state === "starting");
  });

  it("creates a named server, and refuses a name that there is", async () => {
    hub.on("POST /hub/api/users/ana/servers/gpu", (request) => {
      assert.deepEqual(JSON.parse(request.body), { display_name: "My GPU", user_options: { image: "x" } });
      run("gpu");
      return { status: 201 };
    });
    const start = { displayName: "My GPU", userOptions: { image: "x" } };
    const made = await servers.create(account, "gpu", { start });
    assert.deepEqual([made.name, made.state], ["gpu", "running"]);
    await assert.rejects(servers.create(account, "gpu", { start }), (error) => hasCode(error, "conflict"));
  });

  it("keeps no server whose name the hub has refused", async () => {
    hub.on("POST /hub/api/users/ana/servers/UP", { status: 400, json: { message: "Invalid server_name: UP" } });
    await assert.rejects(servers.create(account, "UP"), /Choose a name of small letters/);
    assert.deepEqual(servers.of(account).map(({ name }) => name), [""]);
  });

  it("deletes a named server and all that was remembered of it, and no default server", async () => {
    run("gpu");
    await servers.refresh(account);
    const gpu = servers.get(account, "gpu");
    await servers.refreshServices(gpu);
    hub.on("DELETE /hub/api/users/ana/servers/gpu", () => {
      hub.servers.clear();
      return { status: 204 };
    });
    await servers.delete(gpu);
    assert.deepEqual([servers.find(gpu.id), [...ports.values.keys()].filter((key) => key.includes("gpu"))], [undefined, []]);
    await assert.rejects(servers.delete(server), (error) => hasCode(error, "unsupported"));
  });

  describe("on a host that is not the hub's", () => {
    const elsewhere = new URL("http://192.0.2.1:9/user/ana/");
    let asked: string[];
    let answer: boolean;
    beforeEach(() => {
      asked = [];
      ports.confirmServerHost = async (...hosts) => {
        asked.push(hosts.join(" → "));
        return answer;
      };
      hub.run(elsewhere);
    });

    it("are listed, with their host, and not asked for anything before the person agrees", async () => {
      await servers.refresh(account);
      assert.deepEqual([server.state, server.elsewhere, server.services, asked], ["running", "192.0.2.1:9", undefined, []]);
      answer = false;
      await assert.rejects(servers.ensureRunning(server), (error) => hasCode(error, "aborted"));
      assert.deepEqual([asked, server.services], [[`${hub.url.host} → 192.0.2.1:9`], undefined]);
    });

    it("are used once the person has agreed, who is asked once, in all windows", async () => {
      answer = true;
      const services = await servers.ensureRunning(server);
      assert.deepEqual([services.settings.baseUrl.href, server.elsewhere], [elsewhere.href, undefined]);
      const there = open();
      await there.refresh(account);
      assert.equal(there.get(account, "").services?.settings.baseUrl.href, elsewhere.href);
      assert.equal(asked.length, 1);
      hub.run(new URL("http://192.0.2.2:9/user/ana/"));
      await servers.refresh(account);
      assert.deepEqual([server.elsewhere, server.services], ["192.0.2.2:9", undefined], "another address is another question");
    });

    it("are not used where nobody can be asked", async () => {
      delete ports.confirmServerHost;
      await assert.rejects(servers.ensureRunning(server), (error) => hasCode(error, "forbidden") && /on another host, 192\.0\.2\.1/.test(error.message));
    });
  });

  /** Bob shares his server. */
  const share = (ready: boolean): void => {
    const model = { user: { name: "bob" }, name: "gpu", full_url: jupyter.url.href, ready };
    hub.on("GET /hub/api/users/ana/shared", { json: { items: [{ server: model, scopes: ["access:servers!server=bob/gpu"] }] } });
  };

  it("never sends what the user gave to a server that somebody shares", async () => {
    share(true);
    await servers.refresh(account);
    const shared = servers.get(account, "gpu", "bob");
    await assert.rejects(servers.refreshServices(shared), (error) => hasCode(error, "forbidden") && /is not sent there/.test(error.message));
    assert.deepEqual(jupyter.asked, []);
  });

  it("shows what others share, uses it while it runs, and leaves starting and stopping to them", async () => {
    share(true);
    ports = new MemoryPorts({ note: "Test", lifetime: 3_600 });
    hubs.dispose();
    hubs = new Hubs(ports);
    servers = open();
    account = await signIn(hubs, hub);
    await servers.refresh(account);
    const shared = servers.get(account, "gpu", "bob");
    assert.deepEqual([shared.label, shared.state, isShared(shared)], [`${account.label} · bob/gpu`, "running", true]);
    assert.equal(await servers.ensureRunning(shared), shared.services);
    await servers.refreshServices(shared);
    await assert.rejects(servers.stop(shared), (error) => hasCode(error, "forbidden") && /bob/.test(error.message));
    share(false);
    await servers.refresh(account);
    assert.equal(shared.state, "stopped");
    await assert.rejects(servers.ensureRunning(shared), (error) => hasCode(error, "server-stopped") && /Ask bob/.test(error.message));
    assert.deepEqual(open().of(account).map(({ owner, name }) => [owner, name]), [["ana", ""], ["bob", "gpu"]]);
  });

  it("says what is when a stop fails", async () => {
    run();
    await servers.ensureRunning(server);
    hub.on("DELETE /hub/api/users/ana/server", { status: 403, json: { message: "Forbidden" } });
    const back = next(servers.onDidChange, () => server.state === "running");
    await assert.rejects(servers.stop(server), (error) => hasCode(error, "forbidden"));
    await back;
  });

  it("takes a server for stopped that has turned out to be, and asks the hub", async () => {
    run();
    await servers.ensureRunning(server);
    hub.servers.clear();
    await servers.noteStopped(server);
    assert.deepEqual([server.state, server.services], ["stopped", undefined]);
  });

  it("asks a running server for its kernel specs and remembers them for the next window", async () => {
    run();
    await servers.ensureRunning(server);
    await servers.refreshServices(server);
    assert.equal(server.kernelSpecs?.default, "python3");
    const there = open().get(account, "");
    assert.deepEqual([there.kernelSpecs, there.state], [server.kernelSpecs, "stopped"]);
  });

  it("has told of kernel specs before anybody who asked for them goes on, however slowly they are remembered", async () => {
    run();
    await servers.ensureRunning(server);
    const set = ports.memory.set.bind(ports.memory);
    let remember = (): void => undefined;
    const held = new Promise<void>((resolve) => (remember = resolve));
    ports.memory.set = (key, value) => held.then(() => set(key, value));
    let told = false;
    servers.onDidChange(() => (told ||= server.kernelSpecs !== undefined));
    const both = [servers.refreshServices(server), servers.refreshServices(server)];
    await Promise.race(both);
    assert.ok(told);
    remember();
    await Promise.all(both);
  });

  it("keeps a stopped named server whose kernel specs are known, to start it again", async () => {
    hub.run(jupyter.url, "gpu");
    await servers.refresh(account);
    await servers.refreshServices(servers.get(account, "gpu"));
    hub.servers.clear();
    await servers.refresh(account);
    assert.deepEqual(servers.of(account).map(({ name }) => name), ["", "gpu"]);
    assert.deepEqual(open().of(account).map(({ name }) => name), ["", "gpu"]);
  });

  it("polls again when the account is signed in again", async () => {
    run();
    const services = await servers.ensureRunning(server);
    jupyter.on("GET /api/sessions", { status: 403, json: {} });
    hub.tokens.clear();
    const failed = next(services.onConnectionFailure, () => true);
    services.look();
    await failed;
    assert.ok(hasCode(services.stopped, "signed-out"));
    hub.tokens.set("newer-token", "ana");
    await signIn(hubs, hub, "newer-token");
    assert.equal(services.stopped, undefined);
  });

  it("learns by a poll that a server was stopped", async () => {
    run();
    const services = await servers.ensureRunning(server);
    jupyter.on("GET /api/sessions", { status: 424, json: {} });
    hub.servers.clear();
    const stopped = next(servers.onDidChange, () => server.state === "stopped");
    services.look();
    await stopped;
    assert.equal(server.services, undefined);
  });

  it("forgets servers and what it remembered of them with their account", async () => {
    run();
    await servers.ensureRunning(server);
    await servers.refreshServices(server);
    await hubs.signOut(account);
    assert.deepEqual([servers.all, [...ports.values.keys()]], [[], []]);
  });

  it("does not bring back a server whose account has gone while it started", async () => {
    takeStarts();
    const starting = servers.ensureRunning(server);
    await hubs.signOut(account);
    await assert.rejects(starting, (error) => hasCode(error, "signed-out"));
    assert.deepEqual([servers.all, server.services], [[], undefined]);
  });

  it("follows no start any more once disposed", async () => {
    hub.on("POST /hub/api/users/ana/server", { status: 202 });
    hub.servers.set("", { ready: false, pending: "spawn" });
    const starting = servers.ensureRunning(server);
    servers.dispose();
    await assert.rejects(starting, (error) => hasCode(error, "disposed"));
  });
});

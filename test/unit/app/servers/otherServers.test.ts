// Servers that are not a user's default one: named ones, those on other hosts, those that others share.
import assert from "node:assert/strict";
import { isShared } from "../../../../src/app/servers/server";
import { hasCode } from "../../../../src/base/errors";
import { ServersBench } from "./bench";

describe("servers", () => {
  let bench: ServersBench;
  beforeEach(async () => void (bench = await ServersBench.start()));
  afterEach(() => bench.stop());

  /** Bob shares his server. */
  const share = (ready: boolean): void => {
    const model = { user: { name: "bob" }, name: "gpu", full_url: bench.jupyter.url.href, ready };
    bench.hub.on("GET /hub/api/users/ana/shared", { json: { items: [{ server: model, scopes: ["access:servers!server=bob/gpu"] }] } });
  };

  it("creates a named server, and refuses a name that there is", async () => {
    bench.hub.on("POST /hub/api/users/ana/servers/gpu", (request) => {
      assert.deepEqual(JSON.parse(request.body), { display_name: "My GPU", user_options: { image: "x" } });
      bench.run("gpu");
      return { status: 201 };
    });
    const start = { displayName: "My GPU", userOptions: { image: "x" } };
    const made = await bench.servers.create(bench.account, "gpu", { start });
    assert.deepEqual([made.name, made.state], ["gpu", "running"]);
    await assert.rejects(bench.servers.create(bench.account, "gpu", { start }), (error) => hasCode(error, "conflict"));
  });

  it("keeps no server whose name the hub has refused", async () => {
    bench.hub.on("POST /hub/api/users/ana/servers/UP", { status: 400, json: { message: "Invalid server_name: UP" } });
    await assert.rejects(bench.servers.create(bench.account, "UP"), /Choose a name of small letters/);
    assert.deepEqual(
      bench.servers.of(bench.account).map(({ name }) => name),
      [""],
    );
  });

  it("deletes a named server and all that was remembered of it, and no default server", async () => {
    bench.run("gpu");
    await bench.servers.refresh(bench.account);
    const gpu = bench.servers.get(bench.account, "gpu");
    await bench.servers.refreshServices(gpu);
    bench.hub.on("DELETE /hub/api/users/ana/servers/gpu", () => {
      bench.hub.servers.clear();
      return { status: 204 };
    });
    await bench.servers.delete(gpu);
    assert.deepEqual([bench.servers.find(gpu.id), [...bench.ports.values.keys()].filter((key) => key.includes("gpu"))], [undefined, []]);
    await assert.rejects(bench.servers.delete(bench.server), (error) => hasCode(error, "unsupported"));
  });

  describe("on a host that is not the hub's", () => {
    const elsewhere = new URL("http://192.0.2.1:9/user/ana/");
    let asked: string[];
    let answer: boolean;
    beforeEach(() => {
      asked = [];
      bench.ports.confirmServerHost = async (...hosts) => {
        asked.push(hosts.join(" → "));
        return answer;
      };
      bench.hub.run(elsewhere);
    });

    it("are listed, with their host, and not asked for anything before the person agrees", async () => {
      await bench.servers.refresh(bench.account);
      assert.deepEqual(
        [bench.server.state, bench.server.elsewhere, bench.server.services, asked],
        ["running", "192.0.2.1:9", undefined, []],
      );
      answer = false;
      await assert.rejects(bench.servers.ensureRunning(bench.server), (error) => hasCode(error, "aborted"));
      assert.deepEqual([asked, bench.server.services], [[`${bench.hub.url.host} → 192.0.2.1:9`], undefined]);
    });

    it("are used once the person has agreed, who is asked once, in all windows", async () => {
      answer = true;
      const services = await bench.servers.ensureRunning(bench.server);
      assert.deepEqual([services.settings.baseUrl.href, bench.server.elsewhere], [elsewhere.href, undefined]);
      const there = bench.open();
      await there.refresh(bench.account);
      assert.equal(there.get(bench.account, "").services?.settings.baseUrl.href, elsewhere.href);
      assert.equal(asked.length, 1);
      bench.hub.run(new URL("http://192.0.2.2:9/user/ana/"));
      await bench.servers.refresh(bench.account);
      assert.deepEqual([bench.server.elsewhere, bench.server.services], ["192.0.2.2:9", undefined], "another address is another question");
    });

    it("are not used where nobody can be asked", async () => {
      delete bench.ports.confirmServerHost;
      await assert.rejects(
        bench.servers.ensureRunning(bench.server),
        (error) => hasCode(error, "forbidden") && /on another host, 192\.0\.2\.1/.test(error.message),
      );
    });
  });

  it("never sends what the user gave to a server that somebody shares", async () => {
    share(true);
    await bench.servers.refresh(bench.account);
    const shared = bench.servers.get(bench.account, "gpu", "bob");
    await assert.rejects(
      bench.servers.refreshServices(shared),
      (error) => hasCode(error, "forbidden") && /is not sent there/.test(error.message),
    );
    assert.deepEqual(bench.jupyter.asked, []);
  });

  it("shows what others share, uses it while it runs, and leaves starting and stopping to them", async () => {
    await bench.stop();
    bench = await ServersBench.start({ note: "Test", lifetime: 3_600 });
    share(true);
    await bench.servers.refresh(bench.account);
    const shared = bench.servers.get(bench.account, "gpu", "bob");
    assert.deepEqual([shared.label, shared.state, isShared(shared)], [`${bench.account.label} · bob/gpu`, "running", true]);
    assert.equal(await bench.servers.ensureRunning(shared), shared.services);
    await bench.servers.refreshServices(shared);
    await assert.rejects(bench.servers.stop(shared), (error) => hasCode(error, "forbidden") && /bob/.test(error.message));
    share(false);
    await bench.servers.refresh(bench.account);
    assert.equal(shared.state, "stopped");
    await assert.rejects(bench.servers.ensureRunning(shared), (error) => hasCode(error, "server-stopped") && /Ask bob/.test(error.message));
    assert.deepEqual(
      bench
        .open()
        .of(bench.account)
        .map(({ owner, name }) => [owner, name]),
      [
        ["ana", ""],
        ["bob", "gpu"],
      ],
    );
  });
});

// What the JupyterHub Connect view asks hubs and servers for, and what it shows where they do not answer.
import assert from "node:assert/strict";
import type { HubTree } from "../../../../src/app/hubTree/hubTree";
import { OnDemand } from "../../../../src/app/hubTree/onDemand";
import type { RecentErrors } from "../../../../src/app/recentErrors";
import type { Servers } from "../../../../src/app/servers/servers";
import { Deferred } from "../../../../src/base/async";
import { nullLogger } from "../../../../src/base/log";
import type { Account } from "../../../../src/hub/account/account";
import { rowViewOf } from "../../../../src/ui/sidebar/rowViews";
import { waitFor } from "../../../harness/processes/wait";
import type { FakeHub } from "../../../fakes/hub";
import type { FakeJupyterServer } from "../../../fakes/jupyterServer";
import { has, TreeBench } from "./bench";

describe("the tree of the JupyterHub Connect view", () => {
  let bench: TreeBench;
  let hub: FakeHub;
  let jupyter: FakeJupyterServer;
  let account: Account;
  let tree: HubTree;
  let servers: Servers;
  let errors: RecentErrors;
  beforeEach(async () => {
    bench = await TreeBench.start();
    ({ hub, jupyter, account, tree } = bench);
    ({ servers, errors } = bench.options);
  });
  afterEach(() => bench.stop());

  it("asks nothing while hidden, nor for what is collapsed; terminals only when somebody looks", async () => {
    hub.run(jupyter.url);
    bench.rows();
    await servers.refresh(account);
    bench.rows();
    assert.deepEqual(jupyter.asked, []);
    tree.show(true);
    await bench.until(has("Without a notebook"));
    assert.equal(jupyter.count("GET /api/terminals"), 0);
    const server = bench.find(/Default server/);
    const others = bench.find(/Without a notebook/);
    assert.ok(server && others);
    jupyter.on("GET /api/terminals", { json: [{ name: "1", last_activity: "2026-01-01T00:00:00Z" }] });
    tree.open(others);
    await bench.until(has("Terminal 1"));
    tree.close(server);
    const asked = jupyter.asked.length;
    await tree.refresh();
    assert.equal(jupyter.asked.length, asked);
  });

  it("says what to do where there is nothing, and where the server cannot be asked; then what is there", async () => {
    hub.run(jupyter.url);
    tree.show(true);
    await bench.until(has("note No notebook runs here"));
    jupyter.addSession("seen.ipynb");
    await tree.refresh();
    await bench.until(has("seen.ipynb"));
    jupyter.on("GET /api/sessions", { status: 500, json: { message: "broken" } });
    await tree.refresh();
    await bench.until(has("note Could not be asked"));
    const seen = bench.find(/seen/);
    assert.ok(seen);
    assert.match(rowViewOf(seen.row).description ?? "", /^last seen idle/);
    assert.match(errors.of(servers.get(account, "").id)[0]?.message ?? "", /broken|500/);
    jupyter.on("GET /api/sessions");
    await tree.refresh();
    await bench.until((all) => !has("note Could")(all));
    assert.match(rowViewOf(seen.row).description ?? "", /^idle/);
  });

  for (const [what, answer] of [
    ["500", { status: 500, json: { message: "down" } }],
    ["403", { status: 403, json: { message: "no" } }],
    ["garbage", { html: "<p>not JSON" }],
    ["nothing at all", { drop: true }],
  ] as const) {
    it(`marks what it shows as seen before where the hub answers ${what}, and says so`, async () => {
      tree.show(true);
      await bench.until(has("server Default server"));
      hub.on("GET /hub/api/users/ana", answer);
      await tree.refresh();
      await bench.until(() => rowViewOf(tree.children()[0]?.row ?? assert.fail()).description !== "");
      const [row] = tree.children();
      assert.match(rowViewOf(row?.row ?? assert.fail()).description ?? "", /not reachable|signed out/);
      if (account.state === "signed-out") return;
      const server = bench.find(/Default server/);
      assert.equal(rowViewOf(server?.row ?? assert.fail()).description, "stopped when last seen");
      assert.match(tree.message ?? "", /No hub can be reached/);
    });
  }

  it("keeps what it shows, and asks nothing twice, while hub and server are slow to answer", async () => {
    hub.run(jupyter.url);
    jupyter.addSession("seen.ipynb");
    tree.show(true);
    await bench.until(has("seen.ipynb"));
    const answered = new Deferred<undefined>();
    jupyter.on("GET /api/sessions", () => answered.promise);
    const asked = jupyter.count("GET /api/sessions");
    const refreshes = [tree.refresh(), tree.refresh(), tree.refresh()];
    await waitFor("the server to be asked", () => jupyter.count("GET /api/sessions") > asked, 5_000);
    assert.ok(has("seen.ipynb")(bench.rows()));
    assert.match(rowViewOf(bench.find(/seen/)?.row ?? assert.fail()).description ?? "", /^idle/);
    jupyter.addSession("new.ipynb");
    answered.resolve(undefined);
    await Promise.all(refreshes);
    await bench.until(has("new.ipynb"));
    assert.ok(jupyter.count("GET /api/sessions") <= asked + 2, `${jupyter.count("GET /api/sessions") - asked} times`);
  });

  it("asks what a server uses when somebody wants to know, and one that does not tell only once", async () => {
    hub.run(jupyter.url);
    tree.show(true);
    await bench.until(has("Kernel specs"));
    const server = servers.get(account, "");
    assert.equal(jupyter.count("GET /api/metrics"), 0);
    jupyter.on("GET /api/metrics/v1", { status: 400 }, { json: { rss: 2 ** 20, limits: {} } });
    assert.equal(await tree.onDemand.usage(server), undefined);
    const other = new OnDemand(nullLogger);
    assert.equal((await other.usage(server))?.memory, 2 ** 20);
    await other.usage(server);
    assert.equal(jupyter.count("GET /api/metrics"), 2);
    jupyter.on("GET /api/metrics/v1");
    const third = new OnDemand(nullLogger);
    for (let times = 0; times < 3; times++) assert.equal(await third.usage(server), undefined);
    assert.equal(jupyter.count("GET /api/metrics"), 3);
  });

  it("has the logos of kernel specs once somebody looks, asked for once, and none of what is no picture", async () => {
    jupyter.specs.set("ir", "R");
    hub.run(jupyter.url);
    const logo = (name: string) => ({
      name,
      spec: { display_name: `The ${name}`, language: "x" },
      resources: { "logo-svg": `${jupyter.url.pathname}kernelspecs/${name}/logo.svg` },
    });
    jupyter.on("GET /api/kernelspecs", { json: { default: "python3", kernelspecs: { python3: logo("python3"), ir: logo("ir") } } });
    jupyter.on("GET /kernelspecs/python3/logo.svg", { text: "<svg/>", type: "image/svg+xml" });
    jupyter.on("GET /kernelspecs/ir/logo.svg", { text: "<p>Sign in", type: "text/html" });
    tree.show(true);
    await bench.until(
      () =>
        bench.find(/Kernel specs/)?.row.kind === "specs" && rowViewOf(bench.find(/Kernel specs/)?.row ?? assert.fail()).description === "2",
    );
    assert.equal(jupyter.count("GET /kernelspecs"), 0);
    const specs = bench.find(/Kernel specs/);
    assert.ok(specs);
    const image = (label: RegExp) => rowViewOf(bench.find(label)?.row ?? assert.fail()).image;
    tree.open(specs);
    await bench.until(() => image(/The python3/) !== undefined);
    assert.equal(image(/The python3/), `data:image/svg+xml;base64,${Buffer.from("<svg/>").toString("base64")}`);
    assert.equal(image(/The ir/), undefined);
    tree.close(specs);
    tree.open(specs);
    tree.children(specs);
    assert.equal(jupyter.count("GET /kernelspecs"), 2);
  });
});

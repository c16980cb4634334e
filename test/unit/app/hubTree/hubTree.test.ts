// The JupyterHub Connect view without its drawing: which rows there are, what of them is drawn anew, and what is asked for them.
import assert from "node:assert/strict";
import { HubTree, type HubTreeOptions } from "../../../../src/app/hubTree/hubTree";
import type { Change, TreeNode } from "../../../../src/app/hubTree/nodes";
import { OnDemand } from "../../../../src/app/hubTree/onDemand";
import { HubWatch } from "../../../../src/app/servers/hubWatch";
import { Hubs } from "../../../../src/app/hubs/hubs";
import { KeepAlive } from "../../../../src/app/servers/keepAlive";
import { NotebookSessions } from "../../../../src/app/notebooks/notebookSessions";
import { RecentErrors } from "../../../../src/app/recentErrors";
import { Servers } from "../../../../src/app/servers/servers";
import { Deferred, withTimeout } from "../../../../src/base/async";
import { next } from "../../../../src/base/event";
import { nullLogger } from "../../../../src/base/log";
import type { Account } from "../../../../src/hub/account/account";
import { StartReports } from "../../../../src/ui/servers/startReports";
import { fingerprint, rowViewOf, ariaLabel } from "../../../../src/ui/sidebar/rowViews";
import { waitFor } from "../../../harness/processes/wait";
import { FakeHub } from "../../../fakes/hub";
import { FakeJupyterServer } from "../../../fakes/jupyterServer";
import { HandClock } from "../../notebook/doubles";
import { MemoryPorts, signIn } from "../doubles";

describe("the tree of the JupyterHub Connect view", () => {
  let hub: FakeHub;
  let jupyter: FakeJupyterServer;
  let hubs: Hubs;
  let servers: Servers;
  let account: Account;
  let starts: StartReports;
  let sessions: NotebookSessions;
  let errors: RecentErrors;
  let options: HubTreeOptions;
  let tree: HubTree;
  let parts: { dispose(): void }[];

  beforeEach(async () => {
    [hub, jupyter] = await Promise.all([FakeHub.start(), FakeJupyterServer.start()]);
    const ports = new MemoryPorts();
    hubs = new Hubs(ports);
    servers = new Servers(hubs, ports);
    const hubWatch = new HubWatch(hubs, servers, ports);
    const keepAlive = new KeepAlive(servers, ports);
    starts = new StartReports(nullLogger);
    sessions = new NotebookSessions(servers, nullLogger);
    errors = new RecentErrors();
    options = { hubs, servers, hubWatch, keepAlive, starts, notebookSessions: sessions, errors, draw: fingerprint, log: nullLogger };
    tree = new HubTree(options);
    parts = [tree, sessions, starts, keepAlive, hubWatch, servers, hubs];
    account = await signIn(hubs, hub);
  });
  afterEach(async () => {
    for (const part of parts) part.dispose();
    await Promise.all([hub.stop(), jupyter.stop()]);
  });

  /** What is on the screen: each row's kind and label, indented. */
  const rows = (nodes = tree.children(), depth = 0): string[] =>
    nodes.flatMap((node) => {
      const { label, under } = rowViewOf(node.row);
      const below = node.isOpen || under === "expanded" ? rows(tree.children(node), depth + 1) : [];
      return [`${"  ".repeat(depth)}${node.row.kind} ${label}`, ...below];
    });
  const find = (label: RegExp, nodes = tree.children()): TreeNode | undefined => {
    for (const node of nodes) {
      if (label.test(rowViewOf(node.row).label)) return node;
      const below = rowViewOf(node.row).under === "expanded" || node.isOpen ? find(label, tree.children(node)) : undefined;
      if (below) return below;
    }
    return undefined;
  };
  /** Waits until the rows are as wanted, looking when something is drawn anew. */
  const until = async (holds: (all: string[]) => boolean): Promise<string[]> => {
    let now = rows();
    const wait = async (): Promise<void> => {
      while (!holds(now)) {
        await next(tree.onDidChange, () => true);
        now = rows();
      }
    };
    await withTimeout(wait(), 5_000, "").catch(() => assert.fail(`The rows are\n${now.join("\n")}`));
    return now;
  };
  const has = (text: string) => (all: string[]) => all.some((row) => row.includes(text));

  it("has sessions with their kernels, what has no notebook, and kernel specs under a running server", async () => {
    hub.run(jupyter.url);
    jupyter.addSession("b.ipynb");
    jupyter.addSession("work/a.ipynb");
    jupyter.addKernel();
    tree.show(true);
    await until(has("b.ipynb"));
    assert.deepEqual(
      rows().map((row) => row.replace(/127[.\d:]+/, "hub")),
      [
        "account ana @ hub",
        "  server Default server",
        "    session b.ipynb",
        "    session work/a.ipynb",
        "    others Without a notebook",
        "    specs Kernel specs",
      ],
    );
    const others = find(/Without a notebook/);
    assert.ok(others);
    assert.equal(rowViewOf(others.row).description, "1 kernel");
    assert.equal(tree.children(others)[0]?.row.kind, "kernel");
    assert.deepEqual(
      jupyter.asked.filter((each) => each.startsWith("WS /api/kernels")),
      [],
    );
  });

  it("asks nothing while hidden, nor for what is collapsed; terminals only when somebody looks", async () => {
    hub.run(jupyter.url);
    rows();
    await servers.refresh(account);
    rows();
    assert.deepEqual(jupyter.asked, []);
    tree.show(true);
    await until(has("Without a notebook"));
    assert.equal(jupyter.count("GET /api/terminals"), 0);
    const server = find(/Default server/);
    const others = find(/Without a notebook/);
    assert.ok(server && others);
    jupyter.on("GET /api/terminals", { json: [{ name: "1", last_activity: "2026-01-01T00:00:00Z" }] });
    tree.open(others);
    await until(has("Terminal 1"));
    tree.close(server);
    const asked = jupyter.asked.length;
    await tree.refresh();
    assert.equal(jupyter.asked.length, asked);
  });

  it("draws only the rows anew that look another way, and keeps the same node for each", async () => {
    hub.run(jupyter.url);
    for (let index = 0; index < 20; index++) jupyter.addSession(`${index}.ipynb`);
    tree.show(true);
    await until(has("19.ipynb"));
    const before = find(/^7\.ipynb/);
    const changes: Change[] = [];
    tree.onDidChange((changed) => changes.push(...changed));
    await tree.refresh();
    await until(() => true);
    const kernel = [...jupyter.sessions.values()][7]?.kernel;
    assert.ok(kernel);
    kernel.execution_state = "busy";
    const told = next(tree.onDidChange, (changed) => changed.length > 0);
    await tree.refresh();
    await told;
    assert.deepEqual(
      changes.map((node) => node && rowViewOf(node.row).label),
      ["7.ipynb"],
    );
    assert.equal(find(/^7\.ipynb/), before);
    assert.equal(tree.busy, 1);
  });

  it("draws a server anew when a session comes or goes, and nothing beside it", async () => {
    hub.run(jupyter.url);
    const session = jupyter.addSession("one.ipynb");
    tree.show(true);
    await until(has("one.ipynb"));
    jupyter.addSession("two.ipynb");
    jupyter.sessions.delete(session.id);
    const told = next(tree.onDidChange, (changed) => changed.length > 0);
    await tree.refresh();
    assert.deepEqual(
      (await told).map((node) => node?.row.kind),
      ["server"],
    );
    assert.ok(has("two.ipynb")(rows()) && !has("one.ipynb")(rows()));
  });

  it("is drawn a few times a second where something changes all the time, and soon after a rest", async () => {
    hub.run(jupyter.url);
    await servers.refresh(account);
    const [server] = servers.all;
    assert.ok(server);
    const clock = new HandClock();
    const calm = new HubTree({ ...options, clock });
    parts.unshift(calm);
    const times: number[] = [];
    calm.onDidChange(() => times.push(clock.now()));
    calm.show(true);
    for (let n = 0; n < 100; n++) {
      starts.note(server, { fraction: n / 100, message: "" });
      await clock.advance(10);
    }
    assert.deepEqual(times, [30, 60, 90, 120]);
    await clock.advance(2_000);
    assert.deepEqual(times.slice(4), [1_230]);
    starts.note(server, undefined);
    await clock.advance(30);
    assert.equal(times.at(-1), 3_030);
  });

  it("says what to do where there is nothing, and where the server cannot be asked; then what is there", async () => {
    hub.run(jupyter.url);
    tree.show(true);
    await until(has("note No notebook runs here"));
    jupyter.addSession("seen.ipynb");
    await tree.refresh();
    await until(has("seen.ipynb"));
    jupyter.on("GET /api/sessions", { status: 500, json: { message: "broken" } });
    await tree.refresh();
    await until(has("note Could not be asked"));
    const seen = find(/seen/);
    assert.ok(seen);
    assert.match(rowViewOf(seen.row).description ?? "", /^last seen idle/);
    assert.match(errors.of(servers.get(account, "").id)[0]?.message ?? "", /broken|500/);
    jupyter.on("GET /api/sessions");
    await tree.refresh();
    await until((all) => !has("note Could")(all));
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
      await until(has("server Default server"));
      hub.on("GET /hub/api/users/ana", answer);
      await tree.refresh();
      await until(() => rowViewOf(tree.children()[0]?.row ?? assert.fail()).description !== "");
      const [row] = tree.children();
      assert.match(rowViewOf(row?.row ?? assert.fail()).description ?? "", /not reachable|signed out/);
      if (account.state === "signed-out") return;
      const server = find(/Default server/);
      assert.equal(rowViewOf(server?.row ?? assert.fail()).description, "stopped when last seen");
      assert.match(tree.message ?? "", /No hub can be reached/);
    });
  }

  it("keeps what it shows, and asks nothing twice, while hub and server are slow to answer", async () => {
    hub.run(jupyter.url);
    jupyter.addSession("seen.ipynb");
    tree.show(true);
    await until(has("seen.ipynb"));
    const answered = new Deferred<undefined>();
    jupyter.on("GET /api/sessions", () => answered.promise);
    const asked = jupyter.count("GET /api/sessions");
    const refreshes = [tree.refresh(), tree.refresh(), tree.refresh()];
    await waitFor("the server to be asked", () => jupyter.count("GET /api/sessions") > asked, 5_000);
    assert.ok(has("seen.ipynb")(rows()));
    assert.match(rowViewOf(find(/seen/)?.row ?? assert.fail()).description ?? "", /^idle/);
    jupyter.addSession("new.ipynb");
    answered.resolve(undefined);
    await Promise.all(refreshes);
    await until(has("new.ipynb"));
    assert.ok(jupyter.count("GET /api/sessions") <= asked + 2, `${jupyter.count("GET /api/sessions") - asked} times`);
  });

  it("shows a start with the hub's words", async () => {
    tree.show(true);
    await until(has("server Default server"));
    const server = servers.get(account, "");
    hub.servers.set("", { ready: false, pending: "spawn" });
    await tree.refresh();
    starts.note(server, { fraction: 0.4, message: "Pulling image" });
    await until(() => /40%/.test(rowViewOf(find(/Default server/)?.row ?? assert.fail()).description ?? ""));
    assert.equal(rowViewOf(find(/Default server/)?.row ?? assert.fail()).description, "starting · 40% · Pulling image");
  });

  it("finds a kernel's row for whoever wants to see it", async () => {
    hub.run(jupyter.url);
    const { kernel } = jupyter.addSession("x.ipynb");
    const alone = jupyter.addKernel();
    tree.show(true);
    await until(has("x.ipynb"));
    const server = servers.get(account, "");
    assert.equal(tree.nodeOf(server, kernel?.id ?? "")?.row.kind, "session");
    assert.equal(tree.nodeOf(server, alone.id)?.row.kind, "kernel");
    assert.equal(tree.nodeOf(server, "gone"), undefined);
  });

  it("asks what a server uses when somebody wants to know, and one that does not tell only once", async () => {
    hub.run(jupyter.url);
    tree.show(true);
    await until(has("Kernel specs"));
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
    await until(
      () => find(/Kernel specs/)?.row.kind === "specs" && rowViewOf(find(/Kernel specs/)?.row ?? assert.fail()).description === "2",
    );
    assert.equal(jupyter.count("GET /kernelspecs"), 0);
    const specs = find(/Kernel specs/);
    assert.ok(specs);
    const image = (label: RegExp) => rowViewOf(find(label)?.row ?? assert.fail()).image;
    tree.open(specs);
    await until(() => image(/The python3/) !== undefined);
    assert.equal(image(/The python3/), `data:image/svg+xml;base64,${Buffer.from("<svg/>").toString("base64")}`);
    assert.equal(image(/The ir/), undefined);
    tree.close(specs);
    tree.open(specs);
    tree.children(specs);
    assert.equal(jupyter.count("GET /kernelspecs"), 2);
  });

  it("says each row to a screen reader by its kind, name and state", async () => {
    hub.run(jupyter.url);
    jupyter.addSession("x.ipynb");
    jupyter.addKernel();
    jupyter.on("GET /api/terminals", { json: [{ name: "1" }] });
    tree.show(true);
    await until(has("x.ipynb"));
    for (const name of [/Without/, /Kernel specs/]) {
      const node = find(name);
      assert.ok(node);
      tree.open(node);
    }
    await until(has("Terminal 1"));
    const all: TreeNode[] = [];
    const collect = (nodes: readonly TreeNode[]): void => {
      for (const node of nodes) {
        all.push(node);
        collect(node.children ?? []);
      }
    };
    collect(tree.children());
    const said = Object.fromEntries(all.map(({ row }) => [row.kind, ariaLabel(row, rowViewOf(row))]));
    assert.match(said["account"] ?? "", /^Account, ana @ /);
    assert.match(said["server"] ?? "", /^Server, Default server, running/);
    assert.match(said["session"] ?? "", /^Session, x\.ipynb, idle .* The python3$/);
    assert.match(said["kernel"] ?? "", /^Kernel, The python3, idle .* kernel-\d+$/);
    assert.match(said["terminal"] ?? "", /^Terminal, Terminal 1$/);
    assert.match(said["others"] ?? "", /^Group, Without a notebook, 1 kernel, 1 terminal$/);
    assert.match(said["spec"] ?? "", /^Kernel spec, The python3, default$/);
  });
});

// The JupyterHub Connect view without its drawing: which rows there are, and what of them is drawn anew.
import assert from "node:assert/strict";
import { HubTree } from "../../../../src/app/hubTree/hubTree";
import type { Change, TreeNode } from "../../../../src/app/hubTree/nodes";
import type { Servers } from "../../../../src/app/servers/servers";
import { next } from "../../../../src/base/event";
import type { Account } from "../../../../src/hub/account/account";
import type { StartReports } from "../../../../src/ui/servers/startReports";
import { rowViewOf, ariaLabel } from "../../../../src/ui/sidebar/rowViews";
import type { FakeHub } from "../../../fakes/hub";
import type { FakeJupyterServer } from "../../../fakes/jupyterServer";
import { HandClock } from "../../notebook/doubles";
import { has, TreeBench } from "./bench";

describe("the tree of the JupyterHub Connect view", () => {
  let bench: TreeBench;
  let hub: FakeHub;
  let jupyter: FakeJupyterServer;
  let account: Account;
  let tree: HubTree;
  let servers: Servers;
  let starts: StartReports;
  beforeEach(async () => {
    bench = await TreeBench.start();
    ({ hub, jupyter, account, tree } = bench);
    ({ servers, starts } = bench.options);
  });
  afterEach(() => bench.stop());

  it("has sessions with their kernels, what has no notebook, and kernel specs under a running server", async () => {
    hub.run(jupyter.url);
    jupyter.addSession("b.ipynb");
    jupyter.addSession("work/a.ipynb");
    jupyter.addKernel();
    tree.show(true);
    await bench.until(has("b.ipynb"));
    assert.deepEqual(
      bench.rows().map((row) => row.replace(/127[.\d:]+/, "hub")),
      [
        "account ana @ hub",
        "  server Default server",
        "    session b.ipynb",
        "    session work/a.ipynb",
        "    others Without a notebook",
        "    specs Kernel specs",
      ],
    );
    const others = bench.find(/Without a notebook/);
    assert.ok(others);
    assert.equal(rowViewOf(others.row).description, "1 kernel");
    assert.equal(tree.children(others)[0]?.row.kind, "kernel");
    assert.deepEqual(
      jupyter.asked.filter((each) => each.startsWith("WS /api/kernels")),
      [],
    );
  });

  it("draws only the rows anew that look another way, and keeps the same node for each", async () => {
    hub.run(jupyter.url);
    for (let index = 0; index < 20; index++) jupyter.addSession(`${index}.ipynb`);
    tree.show(true);
    await bench.until(has("19.ipynb"));
    const before = bench.find(/^7\.ipynb/);
    const changes: Change[] = [];
    tree.onDidChange((changed) => changes.push(...changed));
    await tree.refresh();
    await bench.until(() => true);
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
    assert.equal(bench.find(/^7\.ipynb/), before);
    assert.equal(tree.busy, 1);
  });

  it("draws a server anew when a session comes or goes, and nothing beside it", async () => {
    hub.run(jupyter.url);
    const session = jupyter.addSession("one.ipynb");
    tree.show(true);
    await bench.until(has("one.ipynb"));
    jupyter.addSession("two.ipynb");
    jupyter.sessions.delete(session.id);
    const told = next(tree.onDidChange, (changed) => changed.length > 0);
    await tree.refresh();
    assert.deepEqual(
      (await told).map((node) => node?.row.kind),
      ["server"],
    );
    assert.ok(has("two.ipynb")(bench.rows()) && !has("one.ipynb")(bench.rows()));
  });

  it("is drawn a few times a second where something changes all the time, and soon after a rest", async () => {
    hub.run(jupyter.url);
    await servers.refresh(account);
    const [server] = servers.all;
    assert.ok(server);
    const clock = new HandClock();
    const calm = new HubTree({ ...bench.options, clock });
    bench.parts.unshift(calm);
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

  it("shows a start with the hub's words", async () => {
    tree.show(true);
    await bench.until(has("server Default server"));
    const server = servers.get(account, "");
    hub.servers.set("", { ready: false, pending: "spawn" });
    await tree.refresh();
    starts.note(server, { fraction: 0.4, message: "Pulling image" });
    await bench.until(() => /40%/.test(rowViewOf(bench.find(/Default server/)?.row ?? assert.fail()).description ?? ""));
    assert.equal(rowViewOf(bench.find(/Default server/)?.row ?? assert.fail()).description, "starting · 40% · Pulling image");
  });

  it("finds a kernel's row for whoever wants to see it", async () => {
    hub.run(jupyter.url);
    const { kernel } = jupyter.addSession("x.ipynb");
    const alone = jupyter.addKernel();
    tree.show(true);
    await bench.until(has("x.ipynb"));
    const server = servers.get(account, "");
    assert.equal(tree.nodeOf(server, kernel?.id ?? "")?.row.kind, "session");
    assert.equal(tree.nodeOf(server, alone.id)?.row.kind, "kernel");
    assert.equal(tree.nodeOf(server, "gone"), undefined);
  });

  it("says each row to a screen reader by its kind, name and state", async () => {
    hub.run(jupyter.url);
    jupyter.addSession("x.ipynb");
    jupyter.addKernel();
    jupyter.on("GET /api/terminals", { json: [{ name: "1" }] });
    tree.show(true);
    await bench.until(has("x.ipynb"));
    for (const name of [/Without/, /Kernel specs/]) {
      const node = bench.find(name);
      assert.ok(node);
      tree.open(node);
    }
    await bench.until(has("Terminal 1"));
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

// The tree of a signed-in account on a scripted hub: what tests of src/app/hubTree begin with.
import assert from "node:assert/strict";
import { HubTree, type HubTreeOptions } from "../../../../src/app/hubTree/hubTree";
import type { TreeNode } from "../../../../src/app/hubTree/nodes";
import { HubWatch } from "../../../../src/app/servers/hubWatch";
import { Hubs } from "../../../../src/app/hubs/hubs";
import { KeepAlive } from "../../../../src/app/servers/keepAlive";
import { NotebookSessions } from "../../../../src/app/notebooks/notebookSessions";
import { RecentErrors } from "../../../../src/app/recentErrors";
import { Servers } from "../../../../src/app/servers/servers";
import { withTimeout } from "../../../../src/base/async";
import { next } from "../../../../src/base/event";
import { nullLogger } from "../../../../src/base/log";
import type { Account } from "../../../../src/hub/account/account";
import { StartReports } from "../../../../src/ui/servers/startReports";
import { fingerprint, rowViewOf } from "../../../../src/ui/sidebar/rowViews";
import { FakeHub } from "../../../fakes/hub";
import { FakeJupyterServer } from "../../../fakes/jupyterServer";
import { MemoryPorts, signIn } from "../doubles";

/** Ana's account on a scripted hub, one Jupyter server that stands for all of hers, and the tree of them. */
export class TreeBench {
  private constructor(
    readonly hub: FakeHub,
    readonly jupyter: FakeJupyterServer,
    readonly account: Account,
    readonly options: HubTreeOptions & { readonly starts: StartReports },
    readonly tree: HubTree,
    /** What is disposed at the end, in this order. */
    readonly parts: { dispose(): void }[],
  ) {}

  static async start(): Promise<TreeBench> {
    const [hub, jupyter] = await Promise.all([FakeHub.start(), FakeJupyterServer.start()]);
    const ports = new MemoryPorts();
    const hubs = new Hubs(ports);
    const servers = new Servers(hubs, ports);
    const hubWatch = new HubWatch(hubs, servers, ports);
    const keepAlive = new KeepAlive(servers, ports);
    const starts = new StartReports(nullLogger);
    const sessions = new NotebookSessions(servers, nullLogger);
    const errors = new RecentErrors();
    const options = { hubs, servers, hubWatch, keepAlive, starts, notebookSessions: sessions, errors, draw: fingerprint, log: nullLogger };
    const tree = new HubTree(options);
    const account = await signIn(hubs, hub);
    return new TreeBench(hub, jupyter, account, options, tree, [tree, sessions, starts, keepAlive, hubWatch, servers, hubs]);
  }

  async stop(): Promise<void> {
    for (const part of this.parts) part.dispose();
    await Promise.all([this.hub.stop(), this.jupyter.stop()]);
  }

  /** What is on the screen: each row's kind and label, indented. */
  rows(nodes = this.tree.children(), depth = 0): string[] {
    return nodes.flatMap((node) => {
      const { label, under } = rowViewOf(node.row);
      const below = node.isOpen || under === "expanded" ? this.rows(this.tree.children(node), depth + 1) : [];
      return [`${"  ".repeat(depth)}${node.row.kind} ${label}`, ...below];
    });
  }

  find(label: RegExp, nodes = this.tree.children()): TreeNode | undefined {
    for (const node of nodes) {
      if (label.test(rowViewOf(node.row).label)) return node;
      const below = rowViewOf(node.row).under === "expanded" || node.isOpen ? this.find(label, this.tree.children(node)) : undefined;
      if (below) return below;
    }
    return undefined;
  }

  /** Waits until the rows are as wanted, looking when something is drawn anew. */
  async until(holds: (all: string[]) => boolean): Promise<string[]> {
    let now = this.rows();
    const wait = async (): Promise<void> => {
      while (!holds(now)) {
        await next(this.tree.onDidChange, () => true);
        now = this.rows();
      }
    };
    await withTimeout(wait(), 5_000, "").catch(() => assert.fail(`The rows are\n${now.join("\n")}`));
    return now;
  }
}

export const has = (text: string) => (all: string[]) => all.some((row) => row.includes(text));

// The JupyterHub Connect view's tree over fake hubs and servers, one mode a process; prints what was measured as JSON.
import { HubTree } from "../../../src/app/hubTree/hubTree";
import type { TreeNode } from "../../../src/app/hubTree/nodes";
import { HubWatch } from "../../../src/app/servers/hubWatch";
import { Hubs } from "../../../src/app/hubs/hubs";
import { KeepAlive } from "../../../src/app/servers/keepAlive";
import { NotebookSessions } from "../../../src/app/notebooks/notebookSessions";
import { RecentErrors } from "../../../src/app/recentErrors";
import { Servers } from "../../../src/app/servers/servers";
import { delay } from "../../../src/base/async";
import { systemClock, type Clock } from "../../../src/base/clock";
import { next } from "../../../src/base/event";
import { nullLogger } from "../../../src/base/log";
import { StartReports } from "../../../src/ui/servers/startReports";
import { fingerprint, rowViewOf, ariaLabel } from "../../../src/ui/sidebar/rowViews";
import { FakeHub } from "../../fakes/hub";
import { FakeJupyterServer } from "../../fakes/jupyterServer";
import { MemoryPorts, signIn } from "../../unit/app/doubles";
import { median } from "../measurement";

const hubCount = 3;
const serverCount = 50;
const sessionsEach = 4;
/** Refreshes that warm up, and those that are measured. */
const [warmUp, refreshes] = [100, 1_000];
/** Milliseconds: until pollers have slowed down to their rest, and how long is counted then. */
const settling = 42_000;
const counting = 60_000;

/** To the tree there is always enough time since its last update: how long it rests between two is not what is measured. */
const rested: Clock = { now: () => 1_000 * systemClock.now(), after: (ms, callback) => systemClock.after(ms, callback) };

/** The fakes and the tree over them. */
interface World {
  readonly fakeHubs: readonly FakeHub[];
  readonly fakeServers: readonly FakeJupyterServer[];
  readonly hubs: Hubs;
  readonly servers: Servers;
  readonly tree: HubTree;
}

async function begin(): Promise<World> {
  const fakeHubs = await Promise.all(Array.from({ length: hubCount }, () => FakeHub.start()));
  const fakeServers = await Promise.all(Array.from({ length: serverCount }, () => FakeJupyterServer.start()));
  for (const [index, server] of fakeServers.entries()) {
    fakeHubs[index % hubCount]?.run(server.url, `server-${index}`);
    for (let session = 0; session < sessionsEach; session++) server.addSession(`work/notebook-${session}.ipynb`);
  }
  const ports = new MemoryPorts();
  const hubs = new Hubs(ports);
  const servers = new Servers(hubs, ports);
  const hubWatch = new HubWatch(hubs, servers, ports);
  const notebookSessions = new NotebookSessions(servers, nullLogger);
  const tree = new HubTree({
    ...{ hubs, servers, hubWatch, notebookSessions, draw: fingerprint, log: nullLogger, clock: rested },
    keepAlive: new KeepAlive(servers, ports),
    starts: new StartReports(nullLogger),
    errors: new RecentErrors(),
  });
  for (const hub of fakeHubs) await signIn(hubs, hub);
  const world = { fakeHubs, fakeServers, hubs, servers, tree };
  await open(world);
  return world;
}

/** What VS Code does with the tree: asks for every row under an expanded one, and draws it. */
function draw(tree: HubTree, nodes: readonly TreeNode[] = tree.children()): number {
  let rows = 0;
  for (const node of nodes) {
    const face = rowViewOf(node.row);
    ariaLabel(node.row, face);
    rows += 1 + (face.under === "expanded" ? draw(tree, tree.children(node)) : 0);
  }
  return rows;
}

/** Refreshes and waits until that is drawn. @returns how many rows were drawn anew */
async function refresh({ tree }: World): Promise<number> {
  let touched = 0;
  const subscription = tree.onDidChange((changes) => void (touched += changes.length));
  await tree.refresh();
  await next(tree.onDidChange, () => true);
  subscription.dispose();
  return touched;
}

/** The lists of what was asked are not the tree's. */
function forgetAsked({ fakeServers, fakeHubs }: World): void {
  for (const server of fakeServers) server.asked.length = 0;
  for (const hub of fakeHubs) hub.received.length = 0;
}

/** In MB; what sockets still hold goes in a moment. */
async function heap(): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let look = 0; look < 5; look++) {
    globalThis.gc?.();
    least = Math.min(least, process.memoryUsage().heapUsed / 1024 / 1024);
    await delay(100);
  }
  return least;
}

async function open({ tree, hubs, servers }: World): Promise<void> {
  tree.show(true);
  for (const account of hubs.accounts) await servers.refresh(account);
  draw(tree);
  while (draw(tree) < hubCount * 2 + serverCount * (1 + sessionsEach + 2)) await next(tree.onDidChange, () => true);
}

async function scale(world: World): Promise<unknown> {
  const opens: number[] = [];
  let rows = 0;
  for (let round = 0; round < 21; round++) {
    const start = performance.now();
    rows = draw(world.tree);
    opens.push(performance.now() - start);
  }
  await refresh(world);
  const untouched = await refresh(world);
  const times: number[] = [];
  const touched: number[] = [];
  let before = 0;
  for (let round = -warmUp; round < refreshes; round++) {
    if (round === 0) before = await heap();
    for (const server of world.fakeServers.slice(0, 2))
      for (const kernel of [...server.kernels.values()].slice(0, 1)) kernel.execution_state = round % 2 === 0 ? "busy" : "idle";
    const start = performance.now();
    touched.push(await refresh(world));
    times.push(performance.now() - start);
    forgetAsked(world);
  }
  return { rows, open: median(opens), refresh: median(times), touched: median(touched), untouched, heap: (await heap()) - before };
}

async function count(world: World, visible: boolean): Promise<unknown> {
  world.tree.show(visible);
  await delay(settling);
  forgetAsked(world);
  await delay(counting);
  const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0);
  const asked = {
    servers: sum(world.fakeServers.map(({ asked: all }) => all.length)),
    hubs: sum(world.fakeHubs.map(({ received }) => received.length)),
  };
  return visible ? { servers: asked.servers / serverCount, hubs: asked.hubs / hubCount } : asked;
}

async function main(mode: string | undefined): Promise<void> {
  const world = await begin();
  const result = mode === "scale" ? await scale(world) : await count(world, mode === "visible");
  process.stdout.write(JSON.stringify(result), () => process.exit(0));
}

main(process.argv[2]).catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
});

// What is done to both clients, by name: each check says what came of it as plain facts. Kernels are real ones, but for
// `close1001`; see peerManagerChecks.ts for those of lists and models.
import { format } from "node:util";
import { messageOf } from "../../../src/base/errors";
import { KernelServer } from "../../fakes/kernelServer";
import { arrived, idleOfAnother, settled, sofar, unless, when, type Scene } from "./peerScene";

/** What came of a check; compared as a whole. */
export type Facts = Readonly<Record<string, string | number | boolean>>;
export type Check = (scene: Scene) => Promise<Facts>;

const forever = new Promise<never>(() => undefined);

/** The kernel sends a stream message without its text. */
const sendsInvalid = `
kernel = get_ipython().kernel
kernel.session.send(kernel.iopub_socket, "stream", {"name": "stdout"}, parent=kernel.get_parent("shell"))`;

const mirror = `
from comm import get_comm_manager
def opened(comm, message): comm.send({}, buffers=[bytes(buffer)[::-1] for buffer in message["buffers"]])
get_comm_manager().register_target("mirror", opened)`;

/** 20 MB of display ids, in few enough messages for the server's rate limit. */
const displays = `
from IPython.display import display
for number in range(400): display("x", display_id=f"{number:05}" + "x" * 50_000)`;

export const checks = {
  async invalidMessage(scene) {
    const id = await scene.kernel();
    const watcher = await scene.watcher(id);
    const kernel = await scene.connected(scene.place(), id);
    kernel.run(sendsInvalid);
    const later = kernel.run("1 + 1");
    // The kernel is through with it, and what it had sent has had time to come by the same way.
    const through = watcher.said("status", later.id, "idle").then(() => scene.roundTrips(id, 20));
    return { later: await unless(later.end, through), connection: kernel.connection, uncaught: scene.escaped.uncaught };
  },

  async lostReply(scene) {
    const { proxy, place } = await scene.faulty();
    const id = await scene.kernel();
    const watcher = await scene.watcher(id);
    const kernel = await scene.connected(place, id);
    const gate = scene.gate();
    const cell = kernel.run(gate.code);
    await watcher.said("execute_input", cell.id);
    // With another client connected, the server keeps nothing for the one that is away.
    const over = watcher.said("status", cell.id, "idle");
    proxy.stall();
    proxy.cut();
    gate.open();
    await over;
    await proxy.restore();
    const later = await kernel.run("1").end;
    return { pending: (await sofar(cell.end)) === "pending", later };
  },

  async close1001(scene) {
    const server = await scene.fake(KernelServer.start());
    server.onRequest = ({ header }, socket) => {
      socket.status("busy", header);
      socket.ws.close(1001);
    };
    const kernel = await scene.connected({ baseUrl: server.settings().baseUrl.href, token: () => "" }, server.model.id);
    const { end } = kernel.run("1");
    // Disconnected is the end of it: nobody will connect again.
    const outcome = await unless(
      end,
      when(kernel, () => kernel.connection === "disconnected"),
    );
    return { pending: outcome === "pending", connections: server.sockets.length };
  },

  async throwingHandler(scene) {
    const kernel = await scene.connected();
    const cell = kernel.run("print('here')", () => {
      throw new Error("a mistake in a handler");
    });
    await arrived(kernel, cell.id);
    const logged = scene.client.logged.some((line) => line.includes("a mistake in a handler"));
    return { end: await sofar(cell.end), logged };
  },

  async stuckHandler(scene) {
    const kernel = await scene.connected();
    kernel.run("print('here')", (type) => (type === "stream" ? forever : undefined));
    const later = kernel.run("1");
    await arrived(kernel, later.id);
    return { later: await sofar(later.end), status: kernel.status };
  },

  async controlIdle(scene) {
    const id = await scene.kernel();
    const watcher = await scene.watcher(id);
    const kernel = await scene.connected(scene.place(), id);
    const gate = scene.gate();
    const cell = kernel.run(gate.code);
    await watcher.said("execute_input", cell.id);
    const idle = idleOfAnother(kernel, cell.id);
    await watcher.debug();
    await idle;
    const { status } = kernel;
    gate.open();
    return { status, end: await settled(cell.end) };
  },

  async expiredToken(scene) {
    const id = await scene.kernel();
    const { proxy, place } = await scene.faulty();
    let token = place.token();
    const kernel = await scene.connected({ ...place, token: () => token }, id);
    token = "expired";
    proxy.cut();
    await when(kernel, () => kernel.connection === "disconnected" || kernel.status === "dead");
    token = place.token();
    const [status, disposed] = [kernel.status, kernel.isDisposed];
    const again = await kernel
      .reconnect()
      .then(() => kernel.run("1").end)
      .catch(messageOf);
    return { exists: await scene.exists(id), status, disposed, again };
  },

  async displayIds(scene) {
    const kernel = await scene.connected();
    const heap = async (): Promise<number> => {
      await kernel.run("1").end;
      global.gc?.();
      return process.memoryUsage().heapUsed;
    };
    const before = await heap();
    await kernel.run(displays).end;
    return { keepsMoreThan10MB: (await heap()) - before > 10_000_000 };
  },

  async partOfABuffer(scene) {
    const kernel = await scene.connected();
    await kernel.run(mirror).end;
    const part = Buffer.from([9, 1, 2, 3, 9]).subarray(1, 4);
    return { mirrored: await kernel.mirror("mirror", [part]).then((buffers) => format("%j", buffers), messageOf) };
  },

  async encodedMessage({ client }) {
    return { buffersLeft: client.buffersAfterEncoding(new Uint8Array([1, 2, 3])) };
  },

  async infoAfterDispose(scene) {
    const id = await scene.kernel();
    const kernel = scene.client.connect(scene.place(), id);
    kernel.dispose();
    // Whatever is on its way to somebody who came before comes before this.
    await scene.connected(scene.place(), id);
    return { info: await sofar(settled(kernel.info)) };
  },

  async restartBeforeInfo(scene) {
    const kernel = scene.client.connect(scene.place(), await scene.kernel());
    await when(kernel, () => kernel.connection === "connected");
    await kernel.restart();
    const later = await kernel.run("1").end;
    kernel.dispose();
    return { later, unhandled: scene.escaped.unhandled };
  },

  async tokenInQuery(scene) {
    const urls: string[] = [];
    const kernel = await scene.connected(scene.place({ opened: (url) => urls.push(url) }));
    return { connection: kernel.connection, opened: urls.length, inQuery: urls.some((url) => url.includes(scene.place().token())) };
  },

  async halfOpen(scene) {
    const { proxy, place } = await scene.faulty();
    // Shorter than people's 15 s, so that a test need not sit them out.
    const kernel = await scene.connected({ ...place, liveness: 1_500 });
    proxy.halfOpen();
    const { end } = kernel.run("1");
    // Without a timer nothing in this process will happen by itself.
    const asleep = new Promise<void>((resolve) => setImmediate(resolve)).then(() =>
      process.getActiveResourcesInfo().includes("Timeout") ? forever : undefined,
    );
    return { noticed: (await unless(end, asleep)) !== "pending", connection: kernel.connection };
  },
} satisfies Record<string, Check>;

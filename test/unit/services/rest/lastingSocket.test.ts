// A websocket that comes back, against a loopback server.
import assert from "node:assert/strict";
import { Emitter, next } from "../../../../src/base/event";
import { LastingSocket, type SocketStatus } from "../../../../src/services/rest/lastingSocket";
import { SocketServer, type Greeting } from "./socketServer";

describe("lasting socket", () => {
  let server: SocketServer;
  let socket: LastingSocket;
  let frames: string[];
  let history: SocketStatus[];
  let status: Emitter<SocketStatus>;
  let message: Emitter<string>;
  const until = (wanted: SocketStatus): Promise<SocketStatus> => next(status.event, (now) => now === wanted, AbortSignal.timeout(5_000));
  const begin = async (greet: (attempt: number) => Greeting): Promise<void> => {
    server = await SocketServer.start(greet);
    [frames, history, status, message] = [[], [], new Emitter(), new Emitter()];
    socket = new LastingSocket({
      settings: server.settings(),
      path: "a%20b",
      maxFrame: 1_000,
      message: (frame) => {
        frames.push(String(frame));
        message.fire(String(frame));
        if (frame === "faulty") throw new Error("faulty");
      },
      changed: (now) => {
        history.push(now);
        status.fire(now);
      },
      opened: () => void history.push("connected"),
    });
  };
  afterEach(async () => {
    socket.dispose();
    await server.stop();
  });

  it("opens, and reads what comes with the opening and after a faulty message", async () => {
    await begin(() => (ws) => {
      for (const text of ["first", "faulty", "third"]) ws.send(text);
    });
    await next(message.event, (text) => text === "third", AbortSignal.timeout(5_000));
    assert.deepEqual(frames, ["first", "faulty", "third"]);
    assert.deepEqual([server.paths, socket.status, socket.reason], [["/user/ana/a%20b"], "connected", undefined]);
  });

  it("comes back by itself after a loss and after refusals that pass", async () => {
    const answers: readonly Greeting[] = [(ws) => ws.terminate(), 503, (ws) => ws.send("hello")];
    await begin((attempt) => answers[attempt] ?? 500);
    await next(message.event, (text) => text === "hello", AbortSignal.timeout(10_000));
    assert.equal(server.paths.length, 3);
    assert.deepEqual(history.slice(0, 4), ["connected", "connected", "disconnected", "connecting"]);
  });

  it("takes no frame that is longer than it may be, and comes back", async () => {
    await begin((attempt) => (ws) => ws.send(attempt === 0 ? "x".repeat(1_001) : "y".repeat(1_000)));
    await next(message.event, (text) => text.startsWith("y"), AbortSignal.timeout(5_000));
    assert.deepEqual(
      frames.map((frame) => frame.length),
      [1_000],
    );
  });

  it("sits out no pause when it is told to reconnect", async () => {
    await begin((attempt) => (attempt === 0 ? 502 : () => undefined));
    await until("disconnected");
    assert.equal(socket.reason?.code, "server-error");
    socket.check();
    assert.equal(socket.status, "connecting");
    await until("connected");
    assert.equal(socket.reason, undefined);
  });

  for (const [refusal, code] of [
    [404, "not-found"],
    [403, "signed-out"],
    [424, "server-stopped"],
  ] as const) {
    it(`does not try again by itself after ${refusal}, but when told`, async () => {
      await begin((attempt) => (attempt === 0 ? refusal : () => undefined));
      await until("stopped");
      assert.equal(socket.reason?.code, code);
      socket.check();
      assert.equal(socket.status, "stopped");
      socket.reconnect();
      await until("connected");
    });
  }

  it("says nothing after its disposal, be it connected or on its way", async () => {
    await begin(() => () => undefined);
    socket.dispose();
    assert.equal(socket.status, "stopped");
    socket.reconnect();
    await server.stop();
    assert.deepEqual([history, frames], [[], []]);
    await begin(() => () => undefined);
    await until("connected");
    history.length = 0;
    socket.dispose();
    socket.dispose();
    assert.deepEqual(history, []);
  });
});

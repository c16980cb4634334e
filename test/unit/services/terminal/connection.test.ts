// A terminal connection against a loopback server that speaks as terminado does.
import assert from "node:assert/strict";
import type { WebSocket } from "ws";
import { hasCode } from "../../../../src/base/errors";
import { Emitter, next, type Event } from "../../../../src/base/event";
import { TerminalConnection } from "../../../../src/services/terminal/connection";
import { SocketServer, type Greeting } from "../rest/socketServer";

const soon = <T>(event: Event<T>, accept: (value: T) => boolean = () => true): Promise<T> =>
  next(event, accept, AbortSignal.timeout(5_000));

describe("terminal connection", () => {
  let server: SocketServer;
  let terminal: TerminalConnection;
  let received: Emitter<string>;
  const begin = async (greet: (attempt: number) => Greeting): Promise<void> => {
    server = await SocketServer.start(greet);
    received = new Emitter();
    terminal = new TerminalConnection(server.settings(), "1");
  };
  const shell =
    (more?: (ws: WebSocket) => void) =>
    (ws: WebSocket): void => {
      ws.on("message", (data) => received.fire((data as Buffer).toString("utf8")));
      ws.send('["setup", {}]');
      ws.send('["stdout", "$ "]');
      more?.(ws);
    };
  afterEach(async () => {
    terminal.dispose();
    await server.stop();
  });

  it("types, and tells its size again after a reconnection, before which it says that output repeats", async () => {
    const sockets: WebSocket[] = [];
    await begin(() => shell((ws) => void sockets.push(ws)));
    terminal.setSize(24, 80);
    assert.equal(await soon(received.event), '["set_size",24,80]');
    terminal.send("ls\r");
    assert.equal(await soon(received.event), '["stdin","ls\\r"]');
    const happened: string[] = [];
    terminal.onDidReset(() => happened.push("reset"));
    terminal.onOutput((text) => happened.push(text));
    const again = soon(received.event);
    sockets[0]?.terminate();
    assert.equal(await again, '["set_size",24,80]');
    if (happened.length < 2) await soon(terminal.onOutput);
    assert.deepEqual(happened, ["reset", "$ "]);
    assert.equal(server.paths[1], "/user/ana/terminals/websocket/1");
  });

  it("types nothing while it is not connected", async () => {
    await begin((attempt) => (attempt === 0 ? 503 : shell()));
    assert.throws(
      () => terminal.send("rm"),
      (error) => hasCode(error, "connection-lost"),
    );
    await soon(terminal.onDidChangeStatus, (status) => status === "disconnected");
    assert.throws(
      () => terminal.send("rm"),
      (error) => hasCode(error, "connection-lost"),
    );
    terminal.reconnect();
    await soon(terminal.onDidChangeStatus, (status) => status === "connected");
    terminal.send("x");
    assert.equal(await soon(received.event), '["stdin","x"]');
  });

  it("ends with its shell, and does not come back", async () => {
    await begin(() =>
      shell((ws) => {
        ws.send('["disconnect", 1]');
        ws.close();
      }),
    );
    await soon(terminal.onDidEnd);
    assert.deepEqual([terminal.hasEnded, terminal.status, terminal.reason?.code], [true, "stopped", "not-found"]);
    terminal.reconnect();
    assert.equal(terminal.status, "stopped");
    assert.throws(
      () => terminal.send("x"),
      (error) => hasCode(error, "not-found"),
    );
    assert.equal(server.paths.length, 1);
  });

  it("ends where it is gone when it comes back", async () => {
    await begin((attempt) => (attempt === 0 ? shell((ws) => ws.terminate()) : 404));
    await soon(terminal.onDidEnd);
    assert.equal(terminal.hasEnded, true);
  });

  it("goes on after messages that are faulty or of unknown kinds", async () => {
    await begin(() =>
      shell((ws) => {
        for (const frame of ["x", '["novel"]', '["stdout"]', '["stdout", "on"]']) ws.send(frame);
      }),
    );
    await soon(terminal.onOutput, (text) => text === "on");
    assert.equal(terminal.status, "connected");
  });

  it("disposes once, and then refuses to type", async () => {
    await begin(() => shell());
    let disposed = 0;
    terminal.onDidDispose(() => disposed++);
    terminal.dispose();
    terminal.dispose();
    assert.equal(disposed, 1);
    assert.throws(
      () => terminal.send("x"),
      (error) => hasCode(error, "disposed"),
    );
  });
});

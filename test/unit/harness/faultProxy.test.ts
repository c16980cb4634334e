// The fault proxy does to connections what it says.
import { strict as assert } from "node:assert";
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { startFaultProxy, type FaultProxy } from "../../harness/faultProxy";

describe("fault proxy", () => {
  let server: Server;
  let serverSides: Socket[];
  let clients: Socket[];
  let proxy: FaultProxy;

  beforeEach(async () => {
    serverSides = [];
    clients = [];
    // Answers with what it gets.
    server = createServer({ allowHalfOpen: true }, (socket) => {
      serverSides.push(socket);
      socket.on("error", () => {});
      socket.on("data", (chunk) => socket.write(chunk));
      socket.on("end", () => socket.end());
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    proxy = await startFaultProxy({ host: "127.0.0.1", port: (server.address() as AddressInfo).port });
  });

  afterEach(() => {
    proxy.close();
    server.close();
    for (const socket of [...serverSides, ...clients]) socket.destroy();
  });

  function dial(): Client {
    const socket = connect({ host: "127.0.0.1", port: proxy.port });
    clients.push(socket);
    return new Client(socket);
  }

  /** A round trip past the proxy: by then, what the proxy passes on would have come through it too. */
  async function dialDirectly(): Promise<void> {
    const socket = connect({ host: "127.0.0.1", port: (server.address() as AddressInfo).port });
    clients.push(socket);
    await new Client(socket).ask("direct");
  }

  it("passes bytes both ways and counts them", async () => {
    const client = dial();
    assert.equal(await client.ask("hello"), "hello");
    assert.equal(proxy.open, 1);
    assert.deepEqual(proxy.bytes, { toServer: 5, toClient: 5 });
  });

  it("passes on the orderly end of a connection", async () => {
    const client = dial();
    await client.ask("a");
    client.socket.end();
    await client.closed;
    assert.equal(client.error, undefined);
  });

  it("passes large amounts unharmed", async () => {
    const client = dial();
    const text = "0123456789".repeat(400_000);
    assert.ok((await client.ask(text)) === text);
  });

  it("cut ends open connections and accepts new ones", async () => {
    const client = dial();
    await client.ask("a");
    proxy.cut();
    await client.closed;
    assert.equal(client.received, "");
    assert.equal(await dial().ask("b"), "b");
  });

  it("cut lets through what the server had sent before", async () => {
    const client = dial();
    await client.ask("a");
    for (let chunk = 0; chunk < 20; chunk++) serverSides[0]?.write("x".repeat(50_000));
    proxy.cut();
    await client.closed;
    assert.equal(client.received.length, 1_000_000);
  });

  it("stall passes nothing and loses nothing, on old and new connections", async () => {
    const old = dial();
    await old.ask("a");
    proxy.stall();
    const fresh = dial();
    const answers = [old.ask("b"), fresh.ask("c")];
    await dialDirectly();
    assert.equal(old.received, "");
    assert.equal(proxy.bytes.toServer, 1);
    await proxy.restore();
    assert.deepEqual(await Promise.all(answers), ["b", "c"]);
  });

  it("halfOpen: the server sees the end, the client nothing, and new connections work", async () => {
    const client = dial();
    await client.ask("a");
    const [serverSide] = serverSides;
    assert.ok(serverSide);
    const ended = once(serverSide, "close");
    proxy.halfOpen();
    await ended;
    client.socket.write("into the void");
    assert.equal(await dial().ask("b"), "b");
    assert.equal(client.socket.readyState, "open");
    assert.equal(client.received, "");
    client.socket.end();
    await client.closed;
  });

  it("delay keeps the order", async () => {
    const client = dial();
    await client.ask("a");
    proxy.delay(20);
    for (const letter of "bcdef") client.socket.write(letter);
    assert.equal(await client.receive(5), "bcdef");
  });

  it("throttle passes everything, a little at a time", async () => {
    const client = dial();
    await client.ask("a");
    proxy.throttle(100_000);
    const text = "x".repeat(15_000);
    client.socket.write(text);
    await once(client.socket, "data");
    assert.ok(client.received.length < text.length, "all at once");
    assert.ok((await client.receive(text.length)) === text);
  });

  it("restore ends delay and throttle for what already waits", async () => {
    const client = dial();
    await client.ask("a");
    proxy.delay(60_000);
    proxy.throttle(1);
    client.socket.write("waiting");
    await dialDirectly();
    assert.equal(client.received, "");
    await proxy.restore();
    assert.equal(await client.receive(7), "waiting");
  });

  it("refuse turns new connections away, open ones go on, and restore accepts again on the same port", async () => {
    const client = dial();
    await client.ask("a");
    const { port } = proxy;
    proxy.refuse();
    const refused = dial();
    await refused.closed;
    assert.equal(refused.error, "ECONNREFUSED");
    assert.equal(await client.ask("b"), "b");
    await proxy.restore();
    assert.equal(proxy.port, port);
    assert.equal(await dial().ask("c"), "c");
  });

  it("breaks the client's connection when the server cannot be reached", async () => {
    server.close();
    const client = dial();
    await client.closed;
    assert.equal(client.error, "ECONNRESET");
  });

  it("leads addresses through itself", () => {
    assert.equal(proxy.through("http://127.0.0.1:8000/jupyter/hub/?a=b"), `${proxy.url}jupyter/hub/?a=b`);
  });
});

/** The client's side of a connection. */
class Client {
  received = "";
  error: string | undefined;
  readonly closed: Promise<unknown>;

  constructor(readonly socket: Socket) {
    socket.setEncoding("utf8").on("data", (text: string) => (this.received += text));
    socket.on("error", (error: NodeJS.ErrnoException) => (this.error = error.code));
    this.closed = new Promise((resolve) => socket.once("close", resolve));
  }

  /** Sends `text` and takes as many characters of the answer. */
  async ask(text: string): Promise<string> {
    this.socket.write(text);
    return await this.receive(text.length);
  }

  /** Waits for `length` characters and takes them. */
  async receive(length: number): Promise<string> {
    while (this.received.length < length) await once(this.socket, "data");
    const taken = this.received.slice(0, length);
    this.received = this.received.slice(length);
    return taken;
  }
}

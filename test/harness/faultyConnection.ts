// One connection through the fault proxy: two sockets and a lane for each direction.
import { connect, type Socket } from "node:net";
import { Deferred } from "../../src/base/async";

/** What is wrong at present. */
export interface Faults {
  readonly stalled: boolean;
  /** Milliseconds. */
  readonly delay: number;
  readonly bytesPerSecond: number;
}

/** How many bytes passed each way. */
export interface ByteCounts {
  toServer: number;
  toClient: number;
}

/** Milliseconds that both sides have to end a connection that is cut. */
const cutBound = 1_000;

/** A client's connection, and the one to the server that belongs to it. */
export class FaultyConnection {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #toServer: Lane;
  readonly #toClient: Lane;
  #forgotten = false;
  #isCut = false;
  #stalled = false;

  constructor(client: Socket, target: { host: string; port: number }, bytes: ByteCounts) {
    this.#client = client;
    this.#server = connect({ ...target, allowHalfOpen: true, noDelay: true });
    this.#toServer = new Lane(client, this.#server, (count) => (bytes.toServer += count));
    this.#toClient = new Lane(this.#server, client, (count) => (bytes.toClient += count));
    client.on("error", () => this.#server.resetAndDestroy());
    client.on("close", () => {
      this.#stop();
      this.#server.destroy();
    });
    this.#server.on("error", () => this.#lose());
    this.#server.on("close", (hadError) => {
      // After an orderly end of both directions there is nothing left; anything else is a loss.
      if (hadError) this.#lose();
    });
  }

  /** From now on `faults` apply. */
  set(faults: Faults): void {
    this.#stalled = faults.stalled;
    this.#toServer.set(faults);
    this.#toClient.set(faults);
  }

  /**
   * Ends the connection without a word of either side's own: the server notices first, and what it had sent until then
   * still arrives (an RST would take it away from the client). Where nothing passes, or one side does not end, it is
   * broken.
   */
  cut(): void {
    if (this.#stalled || this.#isCut) {
      this.reset();
      return;
    }
    this.#isCut = true;
    this.#toServer.stop();
    this.#server.end();
    const bound = setTimeout(() => this.reset(), cutBound);
    this.#client.once("close", () => clearTimeout(bound));
  }

  /** Breaks both sides. */
  reset(): void {
    this.#stop();
    this.#server.resetAndDestroy();
    this.#client.resetAndDestroy();
  }

  /** Ends the server's side; the client is told nothing, and what it sends goes nowhere. */
  forget(): void {
    this.#forgotten = true;
    this.#stop();
    this.#server.destroy();
    this.#client.removeAllListeners("data").removeAllListeners("end");
    // Its own end must still be seen, else the socket would stay for ever.
    this.#client.on("end", () => this.#client.destroy());
    this.#client.resume();
  }

  #lose(): void {
    if (!this.#forgotten) this.#client.resetAndDestroy();
  }

  #stop(): void {
    this.#toServer.stop();
    this.#toClient.stop();
  }
}

/** What waits in a lane: bytes, or the end of the stream. */
interface Item {
  readonly chunk: Buffer | undefined;
  readonly arrived: number;
}

/** More than this is not read ahead of what could be passed on. */
const AHEAD = 1024 * 1024;

/** One direction of a connection. */
class Lane {
  #faults: Faults = { stalled: false, delay: 0, bytesPerSecond: Infinity };
  #queue: Item[] = [];
  #queued = 0;
  #stopped = false;
  #pumping = false;
  /** Settles when the faults change or the lane stops: whoever waits looks again. */
  #changed = new Deferred<void>();

  constructor(
    private readonly source: Socket,
    private readonly sink: Socket,
    private readonly count: (bytes: number) => void,
  ) {
    source.on("data", (chunk: Buffer) => this.#push(chunk));
    source.on("end", () => this.#push(undefined));
  }

  set(faults: Faults): void {
    this.#faults = faults;
    this.#wake();
    this.#flow();
  }

  stop(): void {
    this.#stopped = true;
    this.#queue = [];
    this.#wake();
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = new Deferred();
  }

  #push(chunk: Buffer | undefined): void {
    if (this.#stopped) return;
    this.#queue.push({ chunk, arrived: Date.now() });
    this.#queued += chunk?.length ?? 0;
    this.#flow();
    void this.#pump();
  }

  /** Reads on, or lets TCP push back on the sender. */
  #flow(): void {
    if (this.#stopped) return;
    if (this.#faults.stalled || this.#queued > AHEAD) this.source.pause();
    else this.source.resume();
  }

  /** Passes on what waits, as the faults allow; one loop at a time. */
  async #pump(): Promise<void> {
    if (this.#pumping) return;
    this.#pumping = true;
    for (let item = await this.#due(); item !== undefined; item = await this.#due()) {
      this.#queue.shift();
      if (item.chunk === undefined) this.sink.end();
      else await this.#pass(item.chunk, item.arrived);
      this.#flow();
    }
    this.#pumping = false;
  }

  /** The first item, once it may pass; undefined when nothing waits any more. */
  async #due(): Promise<Item | undefined> {
    for (;;) {
      const item = this.#queue[0];
      if (item === undefined || this.#stopped) return undefined;
      const wait = this.#faults.stalled ? Infinity : item.arrived + this.#faults.delay - Date.now();
      if (wait <= 0) return item;
      await this.#pause(wait);
    }
  }

  /** Writes `chunk`, or the part of it that the throttle allows now, putting the rest back to the front. */
  async #pass(chunk: Buffer, arrived: number): Promise<void> {
    const rate = this.#faults.bytesPerSecond;
    const size = Math.min(chunk.length, Math.max(1, Math.ceil(rate / 20)));
    if (size < chunk.length) this.#queue.unshift({ chunk: chunk.subarray(size), arrived });
    this.#queued -= size;
    this.count(size);
    const room = this.sink.write(chunk.subarray(0, size));
    if (!room && !this.sink.destroyed) await drained(this.sink);
    if (Number.isFinite(rate)) await this.#pause((size / rate) * 1000);
  }

  /** Waits `ms` milliseconds (Infinity: for ever), or until something changes. */
  async #pause(ms: number): Promise<void> {
    const changed = this.#changed.promise;
    if (ms === Infinity) {
      await changed;
      return;
    }
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([changed, new Promise((resolve) => (timer = setTimeout(resolve, ms)))]);
    clearTimeout(timer);
  }
}

/** Resolves when `socket` takes more, or has ended. */
function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off("drain", done);
      socket.off("close", done);
      resolve();
    };
    socket.on("drain", done);
    socket.on("close", done);
  });
}

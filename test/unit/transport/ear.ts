// What a websocket is heard to say.
import { Deferred, withTimeout } from "../../../src/base/async";
import type { SocketClose, SocketListener } from "../../../src/transport/socket";

/** Keeps what it hears. */
export class Ear implements SocketListener {
  readonly heard: (string | Buffer)[] = [];
  readonly ended = new Deferred<SocketClose>();
  closes = 0;
  /** Called for each message, after it was noted. */
  then: () => void = () => undefined;

  message(data: string | Buffer): void {
    this.heard.push(data);
    this.then();
  }

  closed(close: SocketClose): void {
    this.closes += 1;
    this.ended.resolve(close);
  }

  /** Resolves when so many messages were heard. */
  async count(messages: number): Promise<void> {
    await withTimeout(
      new Promise<void>((resolve) => {
        this.then = () => {
          if (this.heard.length >= messages) resolve();
        };
        this.then();
      }),
      2_000,
      `Only ${this.heard.length} messages came`,
    );
  }
}

// Sender of a kernel connection: gives each request its future, and sends it as soon as it may.
import { ProductError, messageOf } from "../../../base/errors";
import type { ServerSettings } from "../../../transport/settings";
import type { Delivery } from "../delivery/delivery";
import type { Inbox } from "../inbox";
import { contentOf, executeReplyContent, type ExecuteReply, type Message } from "../messages";
import type { KernelLink } from "../socket/link";
import { throwIfEnded } from "../socket/state";
import { KernelFuture, type FutureHandlers, type FuturePorts } from "./future";
import type { Requests } from "./requests";

/** How a request is answered. */
export type FutureKind<R> = Pick<FuturePorts<R>, "read" | "replies" | "outlivesDone" | "isAside">;

export interface SenderPorts {
  readonly settings: ServerSettings;
  readonly requests: Requests;
  readonly delivery: Pick<Delivery, "ended">;
  /** The connection's link, which may be made after this. */
  readonly link: () => KernelLink;
  readonly sendInput: (value: string, request: Message) => void;
  /** Told of the messages that came in an earlier window. */
  readonly inbox: Pick<Inbox, "recall">;
}

/** Sends the requests of one connection. */
export class Sender {
  readonly #ports: SenderPorts;

  constructor(ports: SenderPorts) {
    this.#ports = ports;
  }

  /** Sends `message`; what keeps it from being sent settles its future. @param waits as `KernelLink.send` */
  send<R>(message: Message, handlers: FutureHandlers, kind: FutureKind<R>, waits?: boolean): KernelFuture<R> {
    const future = this.future(message, handlers, kind);
    const link = this.#ports.link();
    try {
      throwIfEnded(link.state);
      link.send(message, waits);
    } catch (error) {
      future.fail(error instanceof ProductError ? error : new ProductError("connection-lost", messageOf(error), { cause: error }));
    }
    return future;
  }

  /** Resumes code that was sent before: a future for it, which gets `earlier` first. */
  resume(message: Message, earlier: readonly Message[], handlers: FutureHandlers): KernelFuture<ExecuteReply> {
    const read = (reply: Message): ExecuteReply => contentOf(reply, executeReplyContent);
    const future = this.future(message, handlers, { read, outlivesDone: true });
    for (const one of earlier) {
      this.#ports.inbox.recall(one);
      future.handle(one);
    }
    const link = this.#ports.link();
    if (link.state.ended) future.fail(link.state.ended);
    else link.updateWaiting();
    return future;
  }

  /** The future of `message`, which is open from now on; nothing is sent. */
  future<R>(message: Message, handlers: FutureHandlers, kind: FutureKind<R>): KernelFuture<R> {
    const { settings, requests, delivery, link, sendInput } = this.#ports;
    const future = new KernelFuture<R>(message, handlers, {
      ...{ ...kind, log: settings.log, sendInput },
      ended: (kept) => {
        requests.remove(future, kept);
        link().updateWaiting();
        return delivery.ended(message.header);
      },
      congested: (congested) => link().dispatch({ type: "congested", congested }),
    });
    requests.add(future);
    return future;
  }
}

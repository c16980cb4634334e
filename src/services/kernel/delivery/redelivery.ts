// Redelivery: code that was lost with a broken connection before the kernel had it is found by the kernel's own execution count,
// and sent again (retry, at most once).
import type { Logger } from "../../../base/log";
import { ProductError, hasCode } from "../../../base/errors";
import { Breaks } from "./breaks";
import type { KernelFuture } from "../requests/future";
import { refusedMessageError } from "../kernelErrors";
import type { Gap } from "./gap";
import { payloadSize, type ExecuteReply, type Message } from "../messages";
import type { AnyFuture, Requests } from "../requests/requests";

export interface RedeliveryPorts {
  readonly requests: Requests;
  /** The server's label, for messages. */
  readonly label: string;
  readonly log: Logger;
  /** Sends a silent empty execute request on the main shell: its reply has the execution count of the last code. */
  readonly ask: () => KernelFuture<ExecuteReply>;
  readonly send: (message: Message) => void;
  /** Called when nothing is in doubt any more: messages that were held back are sent. */
  readonly settled: () => void;
  /** Called when it cannot be determined what was lost during this gap. */
  readonly missed: (gap: Gap) => void;
}

/**
 * A break may lose cells that were just sent, and to run one twice is worse than to lose it. So this resends only code that the kernel
 * has proved not to have: nothing has come for a request sent before the break, the kernel has
 * answered a probe that was sent behind it, and has run nothing that we have not seen. So code runs at most once. The server closes
 * the old websocket before it opens the next one with our id, so that what is still on its way there arrives nowhere.
 * Nothing else is sent again: it might run twice. Nor is code with which the connection broke twice: what comes before it
 * on a websocket arrives before it, so the first that has not arrived is what was closed for.
 */
export class Redelivery {
  readonly #ports: RedeliveryPorts;
  /** The execution count of the kernel's process, as far as is known. */
  #count: number | undefined;
  /** The kernel has run something in the meantime that we have not seen. */
  #hasUnseen = false;
  /** Since when it is unknown what has arrived, in milliseconds since the epoch. */
  #since: number | undefined;
  /** Requests queued behind a failed cell. The kernel discards them, so they must not be sent again. */
  readonly #dropped = new WeakSet<AnyFuture>();
  #asking: KernelFuture<ExecuteReply> | undefined;
  readonly #breaks = new Breaks();
  /** Requests sent behind code that has not arrived, as of the first time that this was found out. */
  readonly #behind = new WeakMap<AnyFuture, readonly AnyFuture[]>();
  /** Whether the last break was a silence. */
  #silent = false;

  constructor(ports: RedeliveryPorts) {
    this.#ports = ports;
  }

  /** Whether `message` has to wait until it is known which cells have arrived: it has to run behind them. */
  holdsBack(message: Message): boolean {
    return this.#since !== undefined && isCell(message);
  }

  received({ header: { msg_type: type }, parent_header: parent, content }: Message): void {
    const count = content["execution_count"];
    if (type === "execute_input" && typeof count === "number") {
      if (this.#since !== undefined && count > (this.#count ?? 0) + 1) this.#hasUnseen = true;
      this.#count = Math.max(this.#count ?? 0, count);
    }
    if (type === "execute_reply" && content["status"] === "error" && parent.msg_id !== undefined) this.#drop(parent.msg_id);
  }

  /** The connection was lost. @param silent by the liveness timeout, not by a close */
  connectionLost(silent: boolean): void {
    this.#asking?.dispose();
    this.#silent = silent;
    const isUnknown = this.#ports.requests.sent.some(({ message, isTouched }) => isCell(message) && !isTouched);
    if (!isUnknown || this.#since !== undefined) return;
    this.#since = Date.now();
    this.#hasUnseen = false;
  }

  /** The kernel's process is another one, with nothing of what the old one had. */
  restarted(): void {
    this.#count = undefined;
    this.#clear();
  }

  /**
   * The kernel has answered a probe that was sent behind `earlier`. Settles those of them for which nothing can come.
   * @returns those that may not have arrived
   */
  settle(earlier: readonly AnyFuture[]): readonly AnyFuture[] {
    const missing: AnyFuture[] = [];
    const over: AnyFuture[] = [];
    // Where it is unknown how one has ended, the kernel may have dropped what came behind it.
    let mayBeDropped = false;
    for (const future of earlier) {
      const isMissing: boolean = !mayBeDropped && !future.isTouched && isCell(future.message);
      (isMissing ? missing : over).push(future);
      mayBeDropped ||= !isMissing && future.message.header.msg_type === "execute_request" && !future.isReplied;
    }
    this.#ports.requests.close(over);
    return missing;
  }

  /** Asks the kernel for its execution count, and resends or gives up `missing` by that; nothing is in doubt afterwards. */
  verify(missing: readonly AnyFuture[]): void {
    if (missing.length === 0) {
      this.#clear();
      return;
    }
    this.#asking?.dispose();
    const asking = (this.#asking = this.#ports.ask());
    asking.done.then(
      (reply) => this.#answered(missing, reply),
      (error: unknown) => {
        this.#ports.log.debug("The kernel did not say what it has run", error);
        // A lost connection: the next probe decides. A reply that cannot be read decides nothing.
        if (hasCode(error, "invalid-message")) this.#giveUp(missing);
      },
    );
  }

  #answered(missing: readonly AnyFuture[], { status, execution_count: count }: ExecuteReply): void {
    const { requests, label, log, send } = this.#ports;
    if (status !== "ok" || this.#hasUnseen || count !== (this.#count ?? 0)) {
      this.#giveUp(missing);
      return;
    }
    const open = missing.filter((future) => requests.isOpen(future));
    const refused = this.#takeRefused(open);
    refused?.fail(refusedMessageError(label, payloadSize(refused.message)));
    if (open.length > 0) log.info(`${open.length} requests had not arrived at the kernel before the connection broke, and are sent again`);
    this.#since = undefined;
    for (const future of open) {
      if (this.#dropped.has(future)) future.fail(new ProductError("aborted", "What was to run before this has failed."));
      else send(future.message);
    }
    this.#clear();
  }

  /** Removes the first of `missing` where the connection has broken each time that it was sent. */
  #takeRefused(missing: AnyFuture[]): AnyFuture | undefined {
    const [first, ...behind] = missing;
    if (!first) return undefined;
    // Requests that are added later wait for a connection, not for this one.
    if (!this.#behind.has(first)) this.#behind.set(first, behind);
    if (!this.#breaks.note(first.message, this.#silent)) return undefined;
    if (first.message.content["stop_on_error"] !== false) for (const future of this.#behind.get(first) ?? []) this.#dropped.add(future);
    missing.shift();
    return first;
  }

  /** It remains unknown whether these have run: settles them, and reports a gap. */
  #giveUp(missing: readonly AnyFuture[]): void {
    const { requests, missed } = this.#ports;
    const open = missing.filter((future) => requests.isOpen(future));
    if (open.length > 0) missed({ from: this.#since ?? Date.now(), to: Date.now() });
    requests.close(open);
    this.#clear();
  }

  #clear(): void {
    this.#since = undefined;
    this.#ports.settled();
  }

  /** The request `id` has failed: the kernel drops what it has queued behind it. */
  #drop(id: string): void {
    const { requests } = this.#ports;
    const { sent } = requests;
    const index = sent.findIndex(({ message }) => message.header.msg_id === id);
    if (index === -1 || sent[index]?.message.content["stop_on_error"] === false) return;
    for (const future of sent.slice(index + 1)) this.#dropped.add(future);
  }
}

/** Whether it raises the execution count and can be resent: of a request that the previous window sent only the id is known. */
function isCell({ channel, header, content }: Message): boolean {
  const isMain = channel === "shell" && header.subshell_id === undefined;
  return (
    isMain &&
    header.msg_type === "execute_request" &&
    typeof content["code"] === "string" &&
    content["silent"] !== true &&
    content["store_history"] !== false
  );
}

// The ws package alone as a contestant: a client of a few lines, as one would write it for one's own script.
import { randomUUID } from "node:crypto";
import WebSocket from "ws";
import { Deferred } from "../../../src/base/async";
import { encode, v1Protocol } from "../../../src/services/kernel/codec";
import { createMessage } from "../../../src/services/kernel/messages";
import { serve, type Contestant, type OnOutput } from "./contestant";
import type { KernelPlace } from "./protocol";

interface Pending {
  readonly id: string;
  readonly done: Deferred<undefined>;
  readonly onOutput: OnOutput | undefined;
  replied: boolean;
  idle: boolean;
}

class Raw implements Contestant {
  readonly #session = randomUUID();
  #ws: WebSocket | undefined;
  #pending: Pending | undefined;

  async connect({ baseUrl, wsUrl = baseUrl, token, kernelId }: KernelPlace): Promise<void> {
    const url = new URL(`api/kernels/${kernelId}/channels?session_id=${this.#session}`, wsUrl.replace(/^http/, "ws"));
    const ws = new WebSocket(url, [v1Protocol], { headers: { Authorization: `token ${token}` }, perMessageDeflate: false });
    this.#ws = ws;
    await new Promise<void>((resolve, reject) => ws.once("open", resolve).once("error", reject));
    ws.on("message", (data: Buffer) => this.#received(data));
    await this.#ask("kernel_info_request", {});
  }

  execute(code: string, onOutput?: OnOutput): Promise<undefined> {
    const content = { code, silent: false, store_history: true, user_expressions: {}, allow_stdin: false, stop_on_error: true };
    return this.#ask("execute_request", content, onOutput);
  }

  complete(code: string): Promise<undefined> {
    return this.#ask("complete_request", { code, cursor_pos: code.length });
  }

  close(): void {
    this.#ws?.close();
  }

  manage(): Promise<void> {
    return Promise.reject(new Error("ws has no services."));
  }

  requests(): number {
    return 0;
  }

  pongBytes(): number {
    return 0;
  }

  #ask(type: string, content: Record<string, unknown>, onOutput?: OnOutput): Promise<undefined> {
    const message = createMessage(this.#session, "shell", type, content);
    const done = new Deferred<undefined>();
    this.#pending = { id: message.header.msg_id, done, onOutput, replied: false, idle: false };
    this.#ws?.send(encode(message, v1Protocol));
    return done.promise;
  }

  #received(data: Buffer): void {
    const at = (index: number): number => Number(data.readBigUInt64LE(8 * (index + 1)));
    const part = (index: number): string => data.toString("utf8", at(index), at(index + 1));
    const json = (index: number): unknown => JSON.parse(part(index));
    const pending = this.#pending;
    // These fields are what every kernel sends; a script does not check.
    const header = json(1) as { msg_type: string };
    const parent = json(2) as { msg_id?: string };
    const content = json(4) as Record<string, unknown>;
    if (parent.msg_id !== pending?.id || !pending) return;
    if (part(0) !== "iopub") pending.replied = true;
    else if (header.msg_type === "status") pending.idle = content["execution_state"] === "idle";
    else pending.onOutput?.(header.msg_type, content);
    if (pending.replied && pending.idle) pending.done.resolve(undefined);
  }
}

serve(new Raw());

// Requests to a kernel, those of the messaging specification, each as a future.
// Specification: https://jupyter-client.readthedocs.io/en/stable/messaging.html
import type * as v from "valibot";
import { ProductError } from "../../../base/errors";
import { KernelEventSource } from "../events";
import type { FutureHandlers, KernelFuture } from "./future";
import {
  commInfoReplyContent,
  completeReplyContent,
  createSubshellReplyContent,
  debugReplyContent,
  executeReplyContent,
  historyReplyContent,
  inspectReplyContent,
  isCompleteReplyContent,
  kernelInfoContent,
  listSubshellReplyContent,
  replyContent,
  type Channel,
  type CommInfoReply,
  type CompleteReply,
  type ExecuteReply,
  type HistoryReply,
  type InspectReply,
  type IsCompleteReply,
  type JsonObject,
  type KernelInfo,
  type Message,
  type MessageOptions,
  type Reply,
} from "../messages";

/** The content of an `execute_request`; see the messaging specification. */
export interface ExecuteRequest {
  readonly code: string;
  readonly silent?: boolean;
  readonly storeHistory?: boolean;
  readonly allowStdin?: boolean;
  /** Whether the kernel drops what is queued behind this when it fails. */
  readonly stopOnError?: boolean;
}

/** Options of one request. */
export interface KernelRequestOptions extends MessageOptions {
  /** Messages that come after its end (of threads, say) are still given to its handlers, until it is disposed. */
  readonly outlivesDone?: boolean;
  /** It is nobody's work: the kernel counts as idle while it is at it. */
  readonly isAside?: boolean;
  /** It waits for a reconnect for as long as that takes, until it is taken back (`withdraw`); else it fails after a while. */
  readonly waits?: boolean;
}

/** The selection of past inputs: the last ones, those of a session, or those that match a pattern with `*` and `?`. */
export type HistoryRequest = { readonly output?: boolean; readonly raw?: boolean } & (
  | { readonly access: "tail"; readonly n: number }
  | { readonly access: "range"; readonly session?: number; readonly start: number; readonly stop: number }
  | { readonly access: "search"; readonly pattern: string; readonly n?: number; readonly unique?: boolean }
);

/**
 * The requests of a kernel connection. A future of theirs rejects as `KernelFuture.done` says; one that is made after
 * the connection's end has failed already.
 */
export abstract class KernelRequests extends KernelEventSource {
  /** The kernel's info. */
  abstract readonly info: Promise<KernelInfo>;

  /** Makes the future and sends its request. */
  protected abstract request<S extends v.GenericSchema>(
    channel: Channel,
    type: string,
    content: JsonObject,
    schema: S,
    handlers?: FutureHandlers,
    options?: KernelRequestOptions,
  ): KernelFuture<v.InferOutput<S>>;

  /** Runs code. @see https://jupyter-client.readthedocs.io/en/stable/messaging.html#execute */
  execute(request: ExecuteRequest, handlers: FutureHandlers = {}, options: KernelRequestOptions = {}): KernelFuture<ExecuteReply> {
    const content = {
      code: request.code,
      silent: request.silent ?? false,
      store_history: request.storeHistory ?? !request.silent,
      user_expressions: {},
      allow_stdin: request.allowStdin ?? false,
      stop_on_error: request.stopOnError ?? true,
    };
    return this.request("shell", "execute_request", content, executeReplyContent, handlers, options);
  }

  /**
   * Resumes an execute request that this client sent before, perhaps from another window.
   * @param id the one that the request had
   * @param earlier messages that have come for it; its handlers get them first
   */
  abstract resume(id: string, earlier: readonly Message[], handlers?: FutureHandlers): KernelFuture<ExecuteReply>;

  /** Requests the kernel's info on the shell channel, behind whatever runs. */
  requestKernelInfo(options: KernelRequestOptions = {}): KernelFuture<KernelInfo> {
    return this.request("shell", "kernel_info_request", {}, kernelInfoContent, {}, options);
  }

  /** Completions of the code. @param cursor in Unicode code points */
  complete(code: string, cursor: number, options: KernelRequestOptions = {}): KernelFuture<CompleteReply> {
    return this.request("shell", "complete_request", { code, cursor_pos: cursor }, completeReplyContent, {}, options);
  }

  /** Documentation of what stands at the cursor (in Unicode code points). @param detail 1: source too, where there is any */
  inspect(code: string, cursor: number, detail: 0 | 1 = 0): KernelFuture<InspectReply> {
    return this.request("shell", "inspect_request", { code, cursor_pos: cursor, detail_level: detail }, inspectReplyContent);
  }

  /** Inputs of the past, and their outputs where they are wanted. */
  history({ access, output = false, raw = true, ...rest }: HistoryRequest): KernelFuture<HistoryReply> {
    const content = { hist_access_type: access, output, raw, ...(access === "range" && { session: 0 }), ...rest };
    return this.request("shell", "history_request", content, historyReplyContent);
  }

  /** Whether the code is complete as it stands, or a prompt should take another line. */
  isComplete(code: string): KernelFuture<IsCompleteReply> {
    return this.request("shell", "is_complete_request", { code }, isCompleteReplyContent);
  }

  /** The comms that are open in the kernel. @param target only those of this target */
  commInfo(target?: string): KernelFuture<CommInfoReply> {
    const content = target === undefined ? {} : { target_name: target };
    return this.request("shell", "comm_info_request", content, commInfoReplyContent);
  }

  /** A request of the debug adapter protocol, on the control channel. */
  debug(request: { readonly seq: number; readonly command: string; readonly arguments?: JsonObject }): KernelFuture<JsonObject> {
    return this.request("control", "debug_request", { type: "request", ...request }, debugReplyContent);
  }

  /**
   * Makes a subshell, which runs code beside the main one; its id goes into `RequestOptions.subshell`.
   * @throws ProductError `unsupported` where the kernel has no subshells
   */
  async createSubshell(): Promise<string> {
    await this.#needSubshells();
    const reply = await this.request("control", "create_subshell_request", {}, createSubshellReplyContent).done;
    return succeeded(reply).subshell_id;
  }

  /** The ids of the kernel's subshells. @throws ProductError `unsupported` where the kernel has none */
  async listSubshells(): Promise<readonly string[]> {
    await this.#needSubshells();
    const reply = await this.request("control", "list_subshell_request", {}, listSubshellReplyContent).done;
    return succeeded(reply).subshell_id;
  }

  /** Ends a subshell. @throws ProductError `not-found` where there is no such subshell, `unsupported` where the kernel has none */
  async deleteSubshell(id: string): Promise<void> {
    await this.#needSubshells();
    succeeded(await this.request("control", "delete_subshell_request", { subshell_id: id }, replyContent).done);
  }

  /** Any shell request whose reply has a status. */
  sendShell(type: string, content: JsonObject, handlers: FutureHandlers = {}, options: KernelRequestOptions = {}): KernelFuture<Reply> {
    return this.request("shell", type, content, replyContent, handlers, options);
  }

  /** As `sendShell`, on the control channel: answered while a cell runs. */
  sendControl(type: string, content: JsonObject, handlers: FutureHandlers = {}, options: KernelRequestOptions = {}): KernelFuture<Reply> {
    return this.request("control", type, content, replyContent, handlers, options);
  }

  async #needSubshells(): Promise<void> {
    const { supported_features: features, implementation } = await this.info;
    if (features.includes("kernel subshells")) return;
    throw new ProductError("unsupported", `This kernel (${implementation}) has no subshells.`);
  }
}

function succeeded<R extends Reply>(reply: R): R {
  if (reply.status === "ok") return reply;
  throw new ProductError("not-found", `The kernel refused: ${reply.evalue ?? reply.ename ?? reply.status}`);
}

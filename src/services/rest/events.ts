// The server's event bus: events of its extensions and its own managers, and emitting some oneself.
// https://jupyter-server.readthedocs.io/en/latest/operators/configuring-logging.html, jupyter_server 2
import * as v from "valibot";
import type { Disposable } from "../../base/disposable";
import { ProductError } from "../../base/errors";
import { Emitter } from "../../base/event";
import { parseJsonText } from "../../base/json";
import { megabyte } from "../../transport/body";
import { request } from "../../transport/http";
import type { ServerSettings } from "../../transport/settings";
import type { Abort } from "./abort";
import { LastingSocket, type SocketStatus } from "./lastingSocket";

const serverEvent = v.looseObject({
  /** A URL that names the kind of event. */
  schema_id: v.string(),
  /** ISO 8601. */
  __timestamp__: v.nullish(v.string()),
});

/** An event with the fields of its schema. */
export type ServerEvent = v.InferOutput<typeof serverEvent>;

/** The schema of what happens to kernels. */
export const kernelActionsSchema = "https://events.jupyter.org/jupyter_server/kernel_actions/v1";
/** The schema of what happens to files by way of the server. */
export const contentsSchema = "https://events.jupyter.org/jupyter_server/contents_service/v1";

const kernelAction = v.looseObject({
  schema_id: v.literal(kernelActionsSchema),
  /** `start`, `interrupt`, `shutdown`, `restart` */
  action: v.string(),
  /** Absent where a start failed. */
  kernel_id: v.nullish(v.string()),
  kernel_name: v.nullish(v.string()),
  status: v.nullish(v.string(), "success"),
  msg: v.nullish(v.string(), ""),
});

export type KernelActionEvent = v.InferOutput<typeof kernelAction>;

/** `event` as something that happened to a kernel; undefined where it is of another kind. */
export function asKernelAction(event: ServerEvent): KernelActionEvent | undefined {
  const result = v.safeParse(kernelAction, event);
  return result.success ? result.output : undefined;
}

/**
 * POST /api/events.
 * @param event `version` must be that of the schema as the server knows it
 * @throws ProductError `server-error` (400) with the server's reason for an unknown schema or data that does not follow it
 */
export async function emitEvent(
  settings: ServerSettings,
  event: { readonly schema_id: string; readonly version: string; readonly data: Readonly<Record<string, unknown>> },
  options: Abort = {},
): Promise<void> {
  await request(settings, "api/events", { method: "POST", body: event, ...options });
}

/**
 * The websocket /api/events/subscribe, connected at once and again after every loss. An open one counts as activity
 * for the hub: have it only while somebody looks.
 */
export class EventStream implements Disposable {
  readonly #events: Emitter<ServerEvent>;
  readonly #missed: Emitter<void>;
  readonly #statusChanged: Emitter<SocketStatus>;
  readonly #socket: LastingSocket;
  #connectedBefore = false;

  constructor(settings: ServerSettings) {
    this.#events = new Emitter(settings.log);
    this.#missed = new Emitter(settings.log);
    this.#statusChanged = new Emitter(settings.log);
    this.#socket = new LastingSocket({
      settings,
      path: "api/events/subscribe",
      maxFrame: megabyte,
      message: (frame) => this.#events.fire(readEvent(frame)),
      changed: (status) => this.#statusChanged.fire(status),
      opened: () => {
        if (this.#connectedBefore) this.#missed.fire();
        this.#connectedBefore = true;
      },
    });
  }

  /** `stopped` with `reason.code` `not-found` on servers before jupyter_server 2, which have no events. */
  get status(): SocketStatus {
    return this.#socket.status;
  }

  get reason(): ProductError | undefined {
    return this.#socket.reason;
  }

  get onEvent() {
    return this.#events.event;
  }

  /** Fired after a reconnect: events in between are lost, so ask for the state that they would have reported. */
  get onDidMiss() {
    return this.#missed.event;
  }

  get onDidChangeStatus() {
    return this.#statusChanged.event;
  }

  /** Tries to connect now. */
  reconnect(): void {
    this.#socket.reconnect();
  }

  /** After sleep or a network change: finds out whether the connection still lives. */
  check(): void {
    this.#socket.check();
  }

  dispose(): void {
    this.#socket.dispose();
    for (const emitter of [this.#events, this.#missed, this.#statusChanged]) emitter.dispose();
  }
}

/** @throws ProductError `invalid-message` */
export function readEvent(frame: string | Buffer): ServerEvent {
  let value: unknown;
  try {
    value = parseJsonText(typeof frame === "string" ? frame : frame.toString("utf8"));
  } catch (cause) {
    throw new ProductError("invalid-message", "The server announced something that is not JSON.", { cause });
  }
  const result = v.safeParse(serverEvent, value);
  if (result.success) return result.output;
  throw new ProductError("invalid-message", "The server announced something without the id of its schema.");
}

// Options of a kernel connection.
import type { ServerSettings } from "../../transport/settings";
import type { KernelModel } from "./model";

export interface KernelConnectionOptions {
  readonly settings: ServerSettings;
  readonly model: KernelModel;
  /**
   * The client's id: the websocket's `session_id` and every message's `header.session`. The server replays what a
   * client missed to the same id; two holders of one id would evict each other.
   */
  readonly clientId?: string;
  /** False: the kernel's comms are left to other clients, and none can be made. */
  readonly handleComms?: boolean;
}

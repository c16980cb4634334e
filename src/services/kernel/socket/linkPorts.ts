// Ports of a kernel's link: the functions of its connection that it calls.
import type { ServerSettings } from "../../../transport/settings";
import type { Delivery } from "../delivery/delivery";
import type { Message } from "../messages";
import type { KernelModel } from "../model";
import type { Requests } from "../requests/requests";
import type { KernelState, Replacement } from "./state";

export interface LinkPorts {
  readonly settings: ServerSettings;
  readonly kernelId: string;
  readonly clientId: string;
  readonly requests: Requests;
  /** What has to wait though there is a connection, what is asked after a break, and what becomes of what was lost. */
  readonly delivery: Pick<Delivery, "holdsBack" | "probe" | "mayHaveMissed">;
  /** A message was received. What it throws is logged, and the next one is received all the same. */
  received(message: Message): void;
  /** A message is on its way. */
  sent(message: Message): void;
  changed(before: KernelState, now: KernelState): void;
  /** The server's newest model of the kernel. */
  modelled(model: KernelModel): void;
  /** The kernel's process is another one, without our doing; open requests are settled next. */
  replaced(by: Replacement): void;
}

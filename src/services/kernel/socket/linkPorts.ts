// What a kernel's link needs of its connection, and tells it.
import type { ServerSettings } from "../../../transport/settings";
import type { Gap } from "../delivery/gap";
import type { Asking } from "../delivery/probes";
import type { Message } from "../messages";
import type { KernelModel } from "../model";
import type { Requests } from "../requests/requests";
import type { KernelState, Replacement } from "./state";

export interface LinkPorts {
  readonly settings: ServerSettings;
  readonly kernelId: string;
  readonly clientId: string;
  readonly requests: Requests;
  /** A message was received. What it throws is logged, and the next one is received all the same. */
  received(message: Message): void;
  /** Whether a message has to wait, though there is a connection. */
  holdsBack(message: Message): boolean;
  /** A message is on its way. */
  sent(message: Message): void;
  changed(before: KernelState, now: KernelState): void;
  /** Ask the kernel something: its answer tells what became of the requests sent before. */
  probe(asking: Asking): void;
  /** The server's newest model of the kernel. */
  modelled(model: KernelModel): void;
  missed(gap: Gap): void;
  /** The kernel's process is another one, without our doing; open requests are settled next. */
  replaced(by: Replacement): void;
}

// Output of threads: a kernel gives it to the request that it took last, whichever that was (ipykernel 7.4, iostream.py). So a question of
// ours, such as a completion, would take it away from the cell. It is shown in the cell that ran last, as if nothing had been asked.
import type { Message } from "../../services/kernel/messages";

/** Requests of ours that print nothing themselves, but for an inspection: that may run code of the object's own. */
const questions = [
  "complete_request",
  "inspect_request",
  "is_complete_request",
  "kernel_info_request",
  "comm_info_request",
  "history_request",
];
const outputs = ["stream", "display_data", "update_display_data"];

/** Takes output with a question as its parent to the last run of one notebook. */
export class ThreadOutput {
  #last: { readonly id: string; readonly show: (message: Message) => void } | undefined;
  /** The inspection that the kernel is at. */
  #inspecting: string | undefined;

  /** The kernel has begun with the run `id`; `show` takes messages as if they were its own. */
  began(id: string, show: (message: Message) => void): void {
    this.#last = { id, show };
  }

  /** Nothing more of the run `id` is shown. */
  forget(id: string): void {
    if (this.#last?.id === id) this.#last = undefined;
  }

  /** Shows a message from the kernel if it is output whose parent is a question of this client. @param clientId of the connection */
  receive(message: Message, clientId: string): void {
    const { channel, header, parent_header: parent } = message;
    if (channel !== "iopub" || parent.session !== clientId || !questions.includes(parent.msg_type ?? "")) return;
    if (header.msg_type === "status" && parent.msg_type === "inspect_request") {
      this.#inspecting = message.content["execution_state"] === "busy" ? parent.msg_id : undefined;
    }
    if (outputs.includes(header.msg_type) && parent.msg_id !== this.#inspecting) this.#last?.show(message);
  }
}

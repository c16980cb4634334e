// Messages for the kernel unit tests.
import { createMessage, type Channel, type JsonObject, type Message } from "../../../../src/services/kernel/messages";

/** A request of the client. */
export const requestOf = (type = "execute_request", channel: Channel = "shell"): Message => createMessage("client", channel, type, {});

/** What the kernel says about `request`. */
export const answerTo = (request: Message, channel: Channel, type: string, content: JsonObject = {}): Message =>
  createMessage("kernel", channel, type, content, { parent: request.header });

export const reply = (request: Message): Message => answerTo(request, "shell", "execute_reply", { status: "ok" });
export const idle = (request: Message): Message => answerTo(request, "iopub", "status", { execution_state: "idle" });
export const stream = (request: Message, text: string): Message => answerTo(request, "iopub", "stream", { name: "stdout", text });

/** The next turn of the event loop. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

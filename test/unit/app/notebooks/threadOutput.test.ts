// What threads print while the kernel answers a question: shown in the cell that ran last.
import assert from "node:assert/strict";
import { ThreadOutput } from "../../../../src/app/notebooks/threadOutput";
import { createMessage, type JsonObject, type Message } from "../../../../src/services/kernel/messages";

const client = "us";
const request = (type: string, session = client): Message["header"] => createMessage(session, "shell", type, {}).header;
const from = (parent: Message["header"], type: string, content: JsonObject = {}): Message =>
  createMessage("kernel", "iopub", type, content, { parent });
const printed = (parent: Message["header"]): Message => from(parent, "stream", { name: "stdout", text: "x" });

describe("output of threads", () => {
  let output: ThreadOutput;
  let shown: [string, string][];
  const began = (id: string): void => output.began(id, ({ header }) => void shown.push([id, header.msg_type]));

  beforeEach(() => {
    output = new ThreadOutput();
    shown = [];
  });

  it("goes to the run that the kernel began with last", () => {
    output.receive(printed(request("complete_request")), client);
    began("first");
    began("second");
    const completion = request("complete_request");
    output.receive(printed(completion), client);
    output.receive(from(completion, "display_data"), client);
    output.receive(from(completion, "update_display_data"), client);
    assert.deepEqual(shown, [
      ["second", "stream"],
      ["second", "display_data"],
      ["second", "update_display_data"],
    ]);
  });

  it("is left alone where its parent is other code, another client's request, or a comm's message, and where it is none", () => {
    began("run");
    output.receive(printed(request("execute_request")), client);
    output.receive(printed(request("complete_request", "another")), client);
    output.receive(printed(request("comm_msg")), client);
    output.receive(from(request("complete_request"), "status", { execution_state: "idle" }), client);
    output.receive({ ...printed(request("complete_request")), channel: "shell" }, client);
    output.receive(createMessage("kernel", "iopub", "stream", { name: "stdout", text: "x" }), client);
    assert.deepEqual(shown, []);
  });

  it("is not told from that of the code that an inspection runs, until that is over", () => {
    began("run");
    const inspection = request("inspect_request");
    output.receive(from(inspection, "status", { execution_state: "busy" }), client);
    output.receive(printed(inspection), client);
    assert.deepEqual(shown, []);
    output.receive(from(inspection, "status", { execution_state: "idle" }), client);
    output.receive(printed(inspection), client);
    assert.deepEqual(shown, [["run", "stream"]]);
  });

  it("is not shown in a cell whose run is forgotten", () => {
    began("first");
    began("second");
    output.forget("first");
    output.receive(printed(request("complete_request")), client);
    output.forget("second");
    output.receive(printed(request("complete_request")), client);
    assert.deepEqual(shown, [["second", "stream"]]);
  });
});

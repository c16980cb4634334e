// Comms with the real kernel: behaviours 44–48 of docs/behaviours.md.
import assert from "node:assert/strict";
import { hasCode } from "../../../src/base/errors";
import type { Comm } from "../../../src/services/kernel/requests/comm";
import type { Message } from "../../../src/services/kernel/messages";
import { mayLog } from "../../harness/results/loggedErrors";
import { kernelBench, type KernelBench, event, run, within } from "../support/kernels";

/** In the kernel: a target that keeps what it hears, and answers. */
const target = `
from comm import get_comm_manager, create_comm
heard = []
def opened(comm, message):
  heard.append(message['content']['data'])
  def told(message):
    heard.append(message['content']['data'])
    comm.send({'echo': message['content']['data']}, buffers=[bytes(b) for b in message['buffers']])
  comm.on_msg(told)
  comm.on_close(lambda message: heard.append('closed'))
get_comm_manager().register_target('test', opened)
`;

describe("comms", function () {
  this.timeout(90_000);
  let bench: KernelBench;
  kernelBench((started) => (bench = started));

  it("44: keep a given id, and refuse it a second time", async () => {
    const connection = await bench.ready();
    await run(connection, target).done();
    const comm = connection.comms.create("test", "my-id");
    assert.equal(comm.id, "my-id");
    assert.throws(
      () => connection.comms.create("test", "my-id"),
      (error) => hasCode(error, "conflict"),
    );
    await within(comm.open({}).done, "the opening's end");
    const { comms } = await within(connection.commInfo("test").done, "comm_info");
    assert.deepEqual(Object.keys(comms), ["my-id"]);
  });

  it("45: can be disabled, and the kernel's are left alone then", async () => {
    const connection = await bench.ready({ handleComms: false });
    assert.throws(
      () => connection.comms.create("test"),
      (error) => hasCode(error, "forbidden"),
    );
    let called = 0;
    connection.comms.registerTarget("mine", () => (called += 1));
    const opened = event(connection.onIOPubMessage, "comm_open", ({ header }) => header.msg_type === "comm_open");
    await run(connection, "from comm import create_comm\nc = create_comm(target_name='mine')").done();
    await opened;
    assert.equal(called, 0);
    assert.equal(Object.keys((await within(connection.commInfo("mine").done, "comm_info")).comms).length, 1);
  });

  it("46, 47: the kernel opens one of a registered target, speaks and closes", async () => {
    const connection = await bench.ready();
    const heard: string[] = [];
    const closed = within(
      new Promise<void>((resolve) => {
        connection.comms.registerTarget("mine", (comm: Comm, open: Message) => {
          heard.push(`open ${JSON.stringify(open.content["data"])}`);
          comm.onMessage = ({ content }) => heard.push(`message ${JSON.stringify(content["data"])}`);
          comm.onClose = (message) => {
            heard.push(`close ${JSON.stringify(message?.content["data"])}`);
            resolve();
          };
        });
      }),
      "the close",
    );
    await run(
      connection,
      "from comm import create_comm\nc = create_comm(target_name='mine', data={'a': 1})\nc.send({'b': 2})\nc.close({'c': 3})",
    ).done();
    await closed;
    assert.deepEqual(heard, ['open {"a":1}', 'message {"b":2}', 'close {"c":3}']);
  });

  it("46: those of other clients stay open: of a target that is not registered here, or whose callback fails here", async () => {
    mayLog(/^The target mine of a comm failed: Error: No room for it/);
    const connection = await bench.ready();
    const other = await bench.ready({ model: connection.model });
    const sent: string[] = [];
    connection.onAnyMessage(({ direction, message }) => direction === "send" && sent.push(message.header.msg_type));
    connection.comms.registerTarget("mine", () => {
      throw new Error("No room for it");
    });
    const count = async (target: string): Promise<number> =>
      Object.keys((await within(other.commInfo(target).done, "comm_info")).comms).length;
    const open = (target: string): string => `from comm import create_comm\n${target} = create_comm(target_name='${target}')`;
    for (const target of ["theirs", "mine"]) await run(other, open(target)).done();
    // Where this code's own frontend fails, nobody else has the comm.
    for (const target of ["unknown", "mine"]) await run(connection, open(target)).done();
    await within(connection.requestKernelInfo().done, "what was sent before");
    assert.deepEqual(
      sent.filter((type) => type.startsWith("comm_") && type !== "comm_info_request"),
      ["comm_close"],
    );
    assert.deepEqual([await count("theirs"), await count("unknown"), await count("mine")], [1, 1, 1]);
  });

  it("48: nothing can be sent once closed, and buffers pass both ways", async () => {
    const connection = await bench.ready();
    await run(connection, target).done();
    const comm = connection.comms.create("test");
    comm.open({ hello: 1 });
    const answer = within(new Promise<Message>((resolve) => (comm.onMessage = resolve)), "the echo");
    comm.send({ n: 2 }, { buffers: [new Uint8Array([0, 1, 2, 3]).subarray(1, 3)] });
    const { content, buffers } = await answer;
    assert.deepEqual([content["data"], buffers.map((each) => [...each])], [{ echo: { n: 2 } }, [[1, 2]]]);
    await within(comm.close().done, "the closing's end");
    for (const send of [() => comm.send({}), () => comm.open(), () => comm.close()]) {
      assert.throws(send, (error) => hasCode(error, "disposed"));
    }
    const cell = run(connection, "print(heard)");
    await cell.done();
    assert.equal(cell.text(), "[{'hello': 1}, {'n': 2}, 'closed']\n");
  });
});

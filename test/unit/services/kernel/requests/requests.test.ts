// The requests of a connection: routing, what waits to be sent, and settling.
import assert from "node:assert/strict";
import { ProductError, hasCode } from "../../../../../src/base/errors";
import { nullLogger } from "../../../../../src/base/log";
import { KernelFuture } from "../../../../../src/services/kernel/requests/future";
import { Requests } from "../../../../../src/services/kernel/requests/requests";
import { idle, reply, requestOf, stream } from "../messages";

describe("requests in flight", () => {
  let requests: Requests;
  beforeEach(() => (requests = new Requests()));

  function add(options: { held?: boolean; outlivesDone?: boolean } = {}): KernelFuture<string> {
    const message = requestOf();
    const future: KernelFuture<string> = new KernelFuture<string>(
      message,
      {},
      {
        log: nullLogger,
        read: () => "read",
        sendInput: () => undefined,
        ended: (kept) => {
          requests.remove(future, kept);
          return false;
        },
        ...(options.outlivesDone && { outlivesDone: true }),
      },
    );
    requests.add(future);
    if (options.held) requests.hold(message);
    return future;
  }
  const error = new ProductError("kernel-restarted", "restarted");
  const code = async ({ done }: KernelFuture<string>): Promise<unknown> =>
    done.catch((reason: unknown) => reason instanceof ProductError && reason.code);

  it("are found by their parent's id", () => {
    const [one, two] = [add(), add()];
    assert.equal(requests.find(stream(two.message, "x")), two);
    assert.equal(requests.find({ ...stream(one.message, "x"), parent_header: {} }), undefined);
  });

  it("settle with their reply when the kernel has begun with the next one, should their idle have been dropped", async () => {
    const [one, unanswered, two] = [add(), add(), add()];
    one.handle(reply(one.message));
    requests.begun(one.message.header.msg_id);
    assert.equal(requests.size, 3);
    requests.begun(two.message.header.msg_id);
    assert.equal(await one.done, "read");
    assert.equal(requests.find(stream(unanswered.message, "still open")), unanswered);
    assert.equal(requests.size, 2);
  });

  it("are in the order in which they were sent: one that waited is not over when an earlier one has its turn", async () => {
    const [waited, asked] = [add({ held: true }), add()];
    requests.takeUnsent();
    waited.handle(reply(waited.message));
    requests.begun(asked.message.header.msg_id);
    assert.equal(requests.size, 2);
    asked.handle(reply(asked.message));
    requests.begun(waited.message.header.msg_id);
    assert.equal(await asked.done, "read");
    assert.equal(requests.size, 1);
  });

  it("are forgotten when they are done, unless they outlive it", async () => {
    const [one, kept] = [add(), add({ outlivesDone: true })];
    for (const future of [one, kept]) for (const answer of [reply, idle]) future.handle(answer(future.message));
    assert.deepEqual([requests.size, requests.awaiting], [0, false]);
    assert.equal(requests.find(stream(one.message, "late")), undefined);
    assert.equal(requests.find(stream(kept.message, "late")), kept);
    kept.dispose();
    assert.equal(requests.find(stream(kept.message, "later")), undefined);
    assert.equal(await kept.done, "read");
  });

  it("are awaited once they are sent", () => {
    add({ held: true });
    assert.equal(requests.awaiting, false);
    assert.equal(requests.takeUnsent().length, 1);
    assert.equal(requests.awaiting, true);
  });

  it("wait to be sent in their order", () => {
    const sent = [add({ held: true }), add({ held: true }), add({ held: true })];
    sent[1]?.dispose();
    assert.deepEqual(
      requests.takeUnsent((message) => message === sent[2]?.message).map(({ message }) => message),
      [sent[2]?.message],
    );
    assert.deepEqual(
      requests.takeUnsent().map(({ message }) => message),
      [sent[0]?.message],
    );
    assert.deepEqual(requests.takeUnsent(), []);
  });

  it("fail altogether, or only those that were not sent", async () => {
    const [sent, held] = [add(), add({ held: true })];
    requests.fail(error, "unsent");
    assert.equal(await code(held), "kernel-restarted");
    assert.deepEqual([requests.size, requests.awaiting], [1, true]);
    requests.fail(error);
    assert.equal(await code(sent), "kernel-restarted");
    assert.equal(requests.size, 0);
  });

  it("fail one by one when they have waited too long", async () => {
    const held = add({ held: true });
    const since = requests.unsentSince ?? Number.NaN;
    requests.expire(since - 1, error);
    assert.equal(requests.size, 1);
    requests.expire(since, error);
    assert.equal(await code(held), "kernel-restarted");
    assert.equal(requests.unsentSince, undefined);
  });

  it("wait for ever where that is wanted", () => {
    const patient = add();
    requests.hold(patient.message, true);
    assert.equal(requests.unsentSince, undefined);
    requests.expire(Infinity, error);
    assert.deepEqual(
      requests.takeUnsent().map(({ message, waits }) => [message, waits]),
      [[patient.message, true]],
    );
  });

  it("are bounded while they wait to be sent", () => {
    for (let count = 0; count < 1_000; count++) requests.hold(requestOf());
    assert.throws(
      () => requests.hold(requestOf()),
      (thrown) => hasCode(thrown, "busy"),
    );
  });

  it("are closed when a later one was answered", async () => {
    const [lost, replied] = [add(), add()];
    const earlier = requests.sent;
    const later = add();
    replied.handle(reply(replied.message));
    requests.close(earlier.flatMap((one) => requests.get(one.message.header.msg_id) ?? []));
    assert.deepEqual([await code(lost), await replied.done, requests.size], ["connection-lost", "read", 1]);
    later.dispose();
  });
});

// What is on record of a run when a window is closed before its code could be sent: the next window runs it, and no other twice.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Journals, type Journal } from "../../../../src/app/notebooks/journals";
import { RunRecorder } from "../../../../src/app/notebooks/runRecorder";
import { withTimeout } from "../../../../src/base/async";
import { nullLogger } from "../../../../src/base/log";
import type { ExecuteCallbacks } from "../../../../src/notebook/run/run";
import { KernelConnection } from "../../../../src/services/kernel/connection";
import { KernelServer } from "../../../fakes/kernelServer";
import { failure } from "../../../harness/failure";

const silent: ExecuteCallbacks = {
  onMessage: () => undefined,
  onInput: () => undefined,
  onReply: () => undefined,
  onDropped: () => undefined,
};

describe("the record of a run", () => {
  let folder: string;
  let server: KernelServer;
  let connection: KernelConnection;
  let journal: Journal;
  let recorder: RunRecorder;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "recorder-"));
    server = await KernelServer.start();
    connection = new KernelConnection({ settings: server.settings(), model: server.model });
    journal = new Journals(folder, nullLogger).of("x.ipynb");
    recorder = new RunRecorder(journal);
    recorder.queued("https://hub.example.org/#ana/", [{ id: "run", code: "1", batch: 1, cell: { index: 0 } }]);
  });
  afterEach(async () => {
    recorder.dispose();
    connection.dispose();
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  const execute = (): Promise<unknown> => {
    const { done } = recorder.executing(connection, "run").execute("1", silent, { stopOnError: true });
    done.catch(() => undefined);
    return withTimeout(done, 5_000, "Waited in vain");
  };
  const isSent = (): boolean | undefined => journal.read().runs[0]?.sent;

  it("says that its code was sent before that arrives", async () => {
    let before: boolean | undefined;
    server.onRequest = (message, socket) => {
      before = isSent();
      socket.answer(message);
    };
    await connection.info;
    await execute();
    assert.equal(before, true);
  });

  it("keeps its code from being sent where another window has taken the runs over meanwhile, and sends it itself", async () => {
    let requests = 0;
    server.onRequest = () => void (requests += 1);
    const running = failure(execute(), "evicted");
    const other = new Journals(folder, nullLogger).of("x.ipynb");
    other.begin("https://hub.example.org/#ana/");
    await running;
    other.dispose();
    assert.equal(requests, 0);
  });

  it("does not say so where the code waits for a connection", () => {
    void execute();
    assert.equal(isSent(), false);
  });
});

// Uploads in parts, to servers that take parts and to servers that do not.
import assert from "node:assert/strict";
import * as v from "valibot";
import { hasCode } from "../../../../src/base/errors";
import { RequestSizes } from "../../../../src/services/contents/requestSizes";
import { writeFile } from "../../../../src/services/contents/upload";
import { answering, type Sent } from "../rest/answers";

const part = v.object({ type: v.literal("file"), format: v.literal("base64"), content: v.string(), chunk: v.optional(v.number()) });

/** A file that is written as a server with large files (or, without `parts`, one without) does it. */
class FakeFile {
  bytes = Buffer.alloc(0);
  constructor(
    readonly parts = true,
    readonly told = true,
  ) {}

  take({ body }: Sent): { json: unknown } {
    const { content, chunk } = v.parse(part, body);
    const first = !this.parts || chunk === undefined || chunk === 1;
    this.bytes = Buffer.concat([first ? Buffer.alloc(0) : this.bytes, Buffer.from(content, "base64")]);
    return { json: { name: "f", path: "f", type: "file", size: this.told ? this.bytes.length : null } };
  }
}

const data = Buffer.from(Array.from({ length: 1000 }, (_, index) => index % 251));
const chunks = (sent: readonly Sent[]): (number | undefined)[] => sent.map(({ body }) => v.parse(part, body).chunk);

describe("upload", () => {
  it("sends what fits as it is", async () => {
    const file = new FakeFile();
    const { settings, sent } = answering((request) => file.take(request));
    await writeFile(settings, "f", data, { partSize: 1000 });
    await writeFile(settings, "f", new Uint8Array(0), { partSize: 1000 });
    assert.deepEqual([chunks(sent), file.bytes.length], [[undefined, undefined], 0]);
  });

  it("sends what does not fit in numbered parts, the last one −1, and tells how far it is", async () => {
    const file = new FakeFile();
    const { settings, sent } = answering((request) => file.take(request));
    const progress: number[] = [];
    const model = await writeFile(settings, "f", data, { partSize: 300, onProgress: (written) => progress.push(written) });
    assert.deepEqual(chunks(sent), [1, 2, 3, -1]);
    assert.deepEqual(progress, [300, 600, 900, 1000]);
    assert.deepEqual([model.size, file.bytes], [1000, data]);
  });

  it("sends a view into a larger buffer as what it is", async () => {
    const file = new FakeFile();
    const { settings } = answering((request) => file.take(request));
    await writeFile(settings, "f", data.subarray(100, 900), { partSize: 300 });
    assert.deepEqual(file.bytes, data.subarray(100, 900));
  });

  it("sends smaller parts after a 413, down to 256 KiB, and remembers what is taken", async () => {
    const large = Buffer.alloc(2_000_000, "x");
    for (const [limit, size] of [
      [1024 * 1024, 704 * 1024],
      [360_000, 256 * 1024],
    ] as const) {
      const file = new FakeFile();
      const sizes = new RequestSizes();
      const parts: number[] = [];
      const { settings, sent } = answering((request) => {
        const { content } = v.parse(part, request.body);
        if (content.length > limit) return { status: 413, text: "Too large", type: "text/html" };
        parts.push(Buffer.from(content, "base64").length);
        return file.take(request);
      });
      await writeFile(settings, "f", large, { sizes });
      assert.ok(file.bytes.equals(large));
      assert.equal(Math.max(...parts), size);
      const before = sent.length;
      await writeFile(settings, "f", large, { sizes });
      assert.equal(sent.length - before, Math.ceil(large.length / size), "nothing is refused again");
    }
    const { settings, sent } = answering(() => ({ status: 413, text: "Too large", type: "text/html" }));
    await assert.rejects(writeFile(settings, "f", large), (error) => hasCode(error, "too-large"));
    assert.ok(sent.length <= 6, `${sent.length}`);
  });

  it("begins again where a part was appended twice", async () => {
    const file = new FakeFile();
    let lost = 0;
    const { settings, sent } = answering(
      (request) => {
        const answer = file.take(request);
        if (v.parse(part, request.body).chunk === 2 && lost++ === 0) return { status: 502, text: "Bad gateway" };
        return answer;
      },
      { timeouts: { retry: 1 } },
    );
    await writeFile(settings, "f", data, { partSize: 300 });
    assert.deepEqual(chunks(sent), [1, 2, 2, 1, 2, 3, -1]);
    assert.deepEqual(file.bytes, data);
  });

  it("gives up where the file keeps growing", async () => {
    const file = new FakeFile();
    const { settings } = answering((request) => {
      file.take(request);
      return file.take({ ...request, body: { type: "file", format: "base64", content: "AAAA", chunk: 2 } });
    });
    await assert.rejects(writeFile(settings, "f", data, { partSize: 300 }), (error) => hasCode(error, "conflict"));
  });

  for (const file of [new FakeFile(false), new FakeFile(false, false)]) {
    it(`says too large where a server ${file.told ? "takes no parts" : "does not say what it has"}`, async () => {
      const { settings, sent } = answering((request) => file.take(request));
      await assert.rejects(writeFile(settings, "f", data, { partSize: 300 }), (error) => hasCode(error, "too-large"));
      assert.ok(sent.length <= 2);
    });
  }

  it("ends between two parts when it is aborted", async () => {
    const file = new FakeFile();
    const { settings, sent } = answering((request) => file.take(request));
    const abort = new AbortController();
    const writing = writeFile(settings, "f", data, { partSize: 300, signal: abort.signal, onProgress: () => abort.abort() });
    await assert.rejects(writing, (error) => hasCode(error, "aborted"));
    assert.deepEqual(chunks(sent), [1]);
  });
});

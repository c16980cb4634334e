// Files that are larger than what a proxy takes in one request: saved all the same, as a whole, with few refusals.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { ProductError } from "../../../../src/base/errors";
import { FileReplacement } from "../../../../src/app/files/fileReplacement";
import { RequestSizes } from "../../../../src/services/contents/requestSizes";
import type { ServerSettings } from "../../../../src/transport/settings";
import { FakeContents } from "../../../fakes/contents";
import { failure } from "../../../harness/failure";
import { answering, type Sent } from "../../services/rest/answers";

describe("a file behind a proxy with a limit", function () {
  this.timeout(20_000);
  let contents: FakeContents;
  let replacement: FileReplacement;
  let settings: ServerSettings;
  let refused: number;
  /** Bytes of the bodies that went through. */
  let taken: number[];

  /** As nginx refuses, by what a request's body has. */
  const limit = (bytes: number, more: FakeContents["refuse"] = () => undefined): void => {
    contents.refuse = (sent: Sent) => {
      const size = sent.body === undefined ? 0 : Buffer.byteLength(JSON.stringify(sent.body));
      if (size > bytes) {
        refused++;
        return { status: 413, text: "<html><head><title>413 Request Entity Too Large</title></head></html>", type: "text/html" };
      }
      if (sent.method === "PUT") taken.push(size);
      return more(sent);
    };
  };
  const replace = (bytes: Buffer, path = "work/nb.ipynb"): Promise<unknown> =>
    replacement.replace(settings, path, bytes, contents.files.has(path));

  beforeEach(() => {
    contents = new FakeContents();
    contents.directories.add("work");
    replacement = new FileReplacement(new RequestSizes());
    ({ settings } = answering(contents.reply, { timeouts: { retry: 1 } }));
    [refused, taken] = [0, []];
  });

  for (const [what, bytes] of [
    ["1 MB, nginx's own", 1024 * 1024],
    ["a million", 1_000_000],
    ["2 MB", 2_000_000],
    ["10 MB", 10_000_000],
    ["512 KB", 512_000],
    ["384 KB", 384 * 1024],
  ] as const) {
    it(`of ${what} is saved, whatever its size, and the limit is remembered`, async () => {
      limit(bytes);
      for (const size of [0, 1, 250_000, 700_000, 800_000, 1_000_000, 3_000_000, 13_000_000]) {
        for (const content of [randomBytes(size), randomBytes(size)]) {
          await replace(content);
          assert.ok(contents.files.get("work/nb.ipynb")?.bytes.equals(content), `${size}`);
        }
      }
      assert.deepEqual([...contents.files.keys()], ["work/nb.ipynb"]);
      assert.ok(refused <= 5, `${refused} refusals`);
      assert.ok(Math.max(...taken) > bytes / 2, "parts are not needlessly small");
    });
  }

  it("is learned for that server only", async () => {
    limit(1024 * 1024);
    await replace(randomBytes(2_000_000));
    const before = refused;
    const other = answering(contents.reply, { baseUrl: "http://hub.example.org/user/bob/" }).settings;
    await replacement.replace(other, "work/other", randomBytes(2_000_000), false);
    assert.ok(refused > before);
  });

  it("of next to nothing is told in words, of the file that is meant, which stays as it is", async () => {
    contents.put("work/nb.ipynb", "old");
    limit(300 * 1024);
    const error = await failure(replace(randomBytes(900_000)), "too-large");
    assert.match(
      error.message,
      /^“work\/nb\.ipynb” cannot be saved: ana @ hub.*256 KB.*413.*as it was.*administrator.*client_max_body_size/,
    );
    limit(50 * 1024);
    assert.match((await failure(replace(randomBytes(100_000)), "too-large")).message, /97\.7 KB/);
    assert.deepEqual([[...contents.files.keys()], contents.text("work/nb.ipynb")], [["work/nb.ipynb"], "old"]);
  });

  for (const [what, refusal, name] of [
    ["has no space left", { status: 507, json: { message: "No space left on device" } }, "work/50 % #1.ipynb"],
    ["may not write", { status: 403, json: { message: "Permission denied: work" } }, "work/nb.ipynb"],
  ] as const) {
    it(`and a server that ${what}: the words are about the file that is meant`, async () => {
      contents.put(name, "old");
      limit(1024 * 1024, ({ method, body }) => (method === "PUT" && (body as { chunk?: number }).chunk === 2 ? refusal : undefined));
      const error = await replace(randomBytes(2_000_000), name).then(
        () => assert.fail("It was saved"),
        (reason: unknown) => reason,
      );
      assert.ok(error instanceof ProductError);
      assert.doesNotMatch(error.message, /\.new|\.old/);
      assert.deepEqual([[...contents.files.keys()], contents.text(name)], [[name], "old"]);
    });
  }

  it("and a server that takes no parts is told so; the file stays as it is", async () => {
    contents.put("work/nb.ipynb", "old");
    limit(1024 * 1024, ({ method, path, body }) => {
      if (method !== "PUT") return undefined;
      contents.put(decodeURIComponent(path.replace("api/contents/", "")), Buffer.from((body as { content: string }).content, "base64"));
      return { status: 201, json: { name: "f", path: "f", type: "file", size: 1 } };
    });
    const error = await failure(replace(randomBytes(2_000_000)), "too-large");
    assert.match(error.message, /“work\/nb\.ipynb” is larger.*no files in parts.*as it was/);
    assert.equal(contents.text("work/nb.ipynb"), "old");
  });

  it("with a name as long as names can be is saved", async () => {
    limit(1024 * 1024);
    const name = `work/${"ä😀".repeat(35)}.ipynb`;
    const names: string[] = [];
    const { reply } = contents;
    ({ settings } = answering((sent) => {
      names.push(
        decodeURIComponent(sent.path.split("?")[0] ?? "")
          .split("/")
          .at(-1) ?? "",
      );
      return reply(sent);
    }));
    await replace(randomBytes(2_000_000), name);
    assert.ok(contents.files.has(name));
    assert.ok(names.every((one) => Buffer.byteLength(one) <= 255));
  });
});

// Files, notebooks, directories and checkpoints on real servers, with awkward names and large files.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { createCheckpoint, deleteCheckpoint, listCheckpoints, restoreCheckpoint } from "../../src/services/contents/checkpoints";
import {
  copyContents,
  deleteContents,
  getContents,
  getFile,
  getNotebook,
  listDirectory,
  newUntitled,
  renameContents,
  saveContents,
  trustNotebook,
} from "../../src/services/contents/client";
import { ContentsError, type ContentsReason } from "../../src/services/contents/errors";
import { fileBytes, type ContentsSave } from "../../src/services/contents/model";
import { writeFile } from "../../src/services/contents/upload";
import type { ServerSettings } from "../../src/transport/settings";
import { onOldestStack } from "../harness/hub/shared";
import { RequestRecord } from "./support/restRecord";
import { restSettings } from "./support/restServer";

const people = ["ana", "alice@example.org", "zoë müller"];
const awkward = ["a b", "50 % #1", "what?", "a&b=c;d", "zoë 日本 👩‍👩‍👧", "%41", "checkpoints", "trust", "+plus", "'quote\"", "c:d"];
const text = (content: string): ContentsSave => ({ type: "file", format: "text", content });

describe("contents", function () {
  this.timeout(120_000);
  let settings: ServerSettings;
  let home: string;
  const refused = async (answer: Promise<unknown>, reason: ContentsReason): Promise<void> => {
    await assert.rejects(answer, (error) => {
      assert.ok(error instanceof ContentsError, String(error));
      assert.equal(error.reason, reason, error.message);
      return true;
    });
  };

  before(async () => void (settings = await restSettings("ana")));
  beforeEach(async () => void (home = (await newUntitled(settings, "", { type: "directory" })).path));
  afterEach(() => empty(settings, home));

  for (const name of people) {
    it(`keeps files with awkward names in awkward places apart, for ${name}`, async () => {
      const own = await restSettings(name);
      const { path: root } = await newUntitled(own, "", { type: "directory" });
      for (const each of awkward) {
        const directory = `${root}/${each}`;
        await saveContents(own, directory, { type: "directory" });
        const saved = await saveContents(own, `${directory}/${each}`, text(each));
        assert.deepEqual([saved.path, saved.name], [`${directory}/${each}`, each]);
        const file = await getFile(own, saved.path, { format: "text" });
        assert.deepEqual([file.path, file.content], [saved.path, each]);
        assert.deepEqual(
          (await listDirectory(own, directory)).map((entry) => entry.name),
          [each],
        );
        const moved = await renameContents(own, saved.path, `${directory}/moved ${each}`);
        const copy = await copyContents(own, moved.path, directory);
        assert.equal((await getFile(own, copy.path, { format: "text" })).content, each);
        assert.equal((await createCheckpoint(own, moved.path)).id, (await listCheckpoints(own, moved.path))[0]?.id);
      }
      assert.deepEqual((await listDirectory(own, root)).map((entry) => entry.name).sort(), [...awkward].sort());
      await empty(own, root);
    });
  }

  it("reaches deep folders", async () => {
    let path = home;
    for (let depth = 1; depth <= 30; depth++) {
      path += `/ebene ${depth}`;
      await saveContents(settings, path, { type: "directory" });
    }
    await saveContents(settings, `${path}/unten`, text("x"));
    assert.equal((await getFile(settings, `${path}/unten`)).content, "x");
  });

  it("reads files as text, as bytes, without content and with their hash", async () => {
    const bytes = randomBytes(1000);
    await writeFile(settings, `${home}/b`, bytes);
    assert.deepEqual(Buffer.from(fileBytes(await getFile(settings, `${home}/b`))), bytes);
    await refused(getFile(settings, `${home}/b`, { format: "text" }), "not-text");
    await saveContents(settings, `${home}/t`, text("é\r\n"));
    const asBytes = await getFile(settings, `${home}/t`, { format: "base64", hash: true });
    assert.equal(Buffer.from(fileBytes(asBytes)).toString("utf8"), "é\r\n");
    const { hash, hash_algorithm: algorithm } = asBytes;
    // Old servers give no hash, asked or not.
    assert.equal(
      hash,
      onOldestStack
        ? null
        : createHash(algorithm ?? "")
            .update("é\r\n")
            .digest("hex"),
    );
    const bare = await getContents(settings, `${home}/t`, { content: false });
    assert.deepEqual([bare.content, bare.format, bare.size, bare.writable], [null, null, 4, true]);
    assert.ok(Math.abs(Date.parse(bare.last_modified ?? "") - Date.now()) < 600_000);
  });

  it("keeps notebooks as they are", async () => {
    const { path } = await newUntitled(settings, home, { type: "notebook" });
    const { content } = await getNotebook(settings, path);
    assert.deepEqual([content.nbformat, content.cells], [4, []]);
    const cell = { cell_type: "code", id: "one", source: "1 + 1", metadata: { tags: ["ä"] }, outputs: [], execution_count: null };
    await saveContents(settings, path, { type: "notebook", format: "json", content: { ...content, cells: [cell] } });
    await trustNotebook(settings, path);
    const [kept] = (await getNotebook(settings, path)).content.cells;
    assert.deepEqual(kept, { ...cell, metadata: { ...cell.metadata, trusted: true } });
  });

  it("names new files by their kind", async () => {
    const file = await newUntitled(settings, home, { type: "file", ext: ".md" });
    assert.match(file.name, /\.md$/);
    assert.deepEqual((await newUntitled(settings, home, { type: "directory" })).type, "directory");
  });

  it("goes back to a checkpoint, and forgets it", async () => {
    const path = `${home}/a`;
    await saveContents(settings, path, text("before"));
    const { id } = await createCheckpoint(settings, path);
    await saveContents(settings, path, text("after"));
    await restoreCheckpoint(settings, path, id);
    assert.equal((await getFile(settings, path)).content, "before");
    await deleteCheckpoint(settings, path, id);
    assert.deepEqual(await listCheckpoints(settings, path), []);
  });

  it("says in words and reasons what is refused", async () => {
    const [a, b, d] = ["a", "b", "d"].map((name) => `${home}/${name}`) as [string, string, string];
    await saveContents(settings, a, text("1"));
    await saveContents(settings, d, { type: "directory" });
    await saveContents(settings, `${d}/x`, text("2"));
    await refused(getContents(settings, `${home}/gone`), "missing");
    await refused(deleteContents(settings, `${home}/gone`), "missing");
    await refused(renameContents(settings, `${home}/gone`, b), "missing");
    await refused(saveContents(settings, `${home}/no/where`, text("")), "missing");
    await refused(renameContents(settings, a, d), "exists");
    await refused(getFile(settings, d), "wrong-type");
    await refused(listDirectory(settings, a), "wrong-type");
    await refused(saveContents(settings, a, { type: "directory" }), "wrong-type");
    await refused(saveContents(settings, `${home}/.hidden`, text("")), "hidden");
    // Whether a directory that is not empty may be deleted is for the server to decide.
    await deleteContents(settings, d).catch((error: unknown) => assert.ok(error instanceof ContentsError && error.reason === "not-empty"));
    assert.equal((await getFile(settings, a)).content, "1");
  });

  it("writes large files in parts, and larger ones than a proxy may take", async () => {
    const record = new RequestRecord();
    const bytes = randomBytes(14 * 1024 * 1024);
    const progress: number[] = [];
    const model = await writeFile(record.of(settings), `${home}/large`, bytes, { onProgress: (written) => progress.push(written) });
    assert.deepEqual([model.size, record.answered.length, progress.at(-1)], [bytes.length, 3, bytes.length]);
    assert.deepEqual(Buffer.from(fileBytes(await getFile(settings, `${home}/large`, { format: "base64" }))), bytes);
  });
});

/** Deletes a directory with all that is in it, deepest first: servers may refuse the others. */
async function empty(settings: ServerSettings, path: string): Promise<void> {
  for (const entry of await listDirectory(settings, path)) {
    if (entry.type === "directory") await empty(settings, entry.path);
    else await deleteContents(settings, entry.path);
  }
  await deleteContents(settings, path);
}

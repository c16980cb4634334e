// Contents models: what they need, fill in and keep.
import assert from "node:assert/strict";
import * as v from "valibot";
import { contentsModel, fileBytes, notebookModel, readEntry } from "../../../../src/services/contents/model";

const entry = { name: "a.txt", path: "d/a.txt", type: "file" };

describe("contents model", () => {
  it("fills in what old servers and own contents managers leave out", () => {
    assert.deepEqual(v.parse(contentsModel, entry), {
      ...entry,
      ...{ writable: true, created: null, last_modified: null, size: null, mimetype: null, format: null, content: null },
      ...{ hash: null, hash_algorithm: null },
    });
  });

  it("keeps unknown fields, unknown types and dates as they are", () => {
    const given = { ...entry, type: "drive", last_modified: "2026-11-23T23:07:26.572267Z", colour: "red" };
    const model = v.parse(contentsModel, given);
    assert.deepEqual([model.type, model.last_modified, model["colour"]], [given.type, given.last_modified, "red"]);
  });

  it("takes what is no date for no date", () => {
    assert.equal(v.parse(contentsModel, { ...entry, created: "yesterday" }).created, null);
  });

  it("leaves out an entry without name or path", () => {
    for (const faulty of [null, 7, {}, { ...entry, path: undefined }, { ...entry, name: 1 }, { ...entry, size: "1" }]) {
      assert.equal(readEntry(faulty), undefined);
    }
    assert.equal(readEntry(entry)?.path, "d/a.txt");
  });

  it("reads bytes of both formats, line breaks in base64 included", () => {
    assert.deepEqual([...fileBytes({ format: "base64", content: "//4A\ngA==\n" })], [255, 254, 0, 128]);
    assert.deepEqual([...fileBytes({ format: "text", content: "é" })], [195, 169]);
  });

  it("takes notebooks with sources in lines and cells of unknown types, and keeps all that is in them", () => {
    const cells = [
      { cell_type: "code", source: ["a\n", "b"], metadata: {}, outputs: [], execution_count: null, id: "x" },
      { cell_type: "novel", source: "", metadata: { deep: { er: 1 } } },
    ];
    const content = { nbformat: 4, nbformat_minor: 5, metadata: { kernelspec: { name: "python3" } }, cells };
    const model = v.parse(notebookModel, { ...entry, type: "notebook", format: "json", content });
    assert.deepEqual(model.content, content);
  });
});

// Outputs follow the contract of VS Code's ipynb serializer.
import assert from "node:assert/strict";
import { displayOutput, errorOutput, streamOutput } from "../../../../src/notebook/outputs/output";
import { textOf } from "../../../../src/notebook/outputs/outputItem";
import { mimeItems } from "../../../../src/notebook/outputs/mimeItems";

const only = (mime: string, value: unknown): Uint8Array => {
  const [item] = mimeItems({ [mime]: value });
  assert.equal(item?.mime, mime);
  return item.data;
};
const text = (mime: string, value: unknown): string => new TextDecoder().decode(only(mime, value));

describe("outputs", () => {
  it("put the richest representation first and keep what nobody knows", () => {
    const mimes = ["x/y", "text/plain", "image/png", "text/html", "application/vnd.vega.v5+json", "application/json"];
    const items = mimeItems(Object.fromEntries(mimes.map((mime) => [mime, mime])));
    assert.deepEqual(
      items.map((item) => item.mime),
      ["application/vnd.vega.v5+json", "text/html", "image/png", "application/json", "text/plain", "x/y"],
    );
  });

  it("put vendored data that is empty behind the HTML beside it", () => {
    const items = mimeItems({ "application/vnd.holoviews_load.v0+json": "", "text/html": "<p>" });
    assert.deepEqual(
      items.map((item) => item.mime),
      ["text/html", "application/vnd.holoviews_load.v0+json"],
    );
    assert.equal(text("application/vnd.holoviews_load.v0+json", ""), "");
  });

  it("leave out what is no mime type, which VS Code would refuse together with all the rest", () => {
    const items = mimeItems({ custom: "x", "": "x", "/plain": "x", "text/": "x", "text/html; charset=utf-8": "<p>", "text/plain": "p" });
    assert.deepEqual(
      items.map((item) => item.mime),
      ["text/plain", "text/html; charset=utf-8"],
    );
  });

  it("hold images as bytes, and SVG as text", () => {
    assert.deepEqual([...only("image/png", "iVBO\nRw==\n")], [0x89, 0x50, 0x4e, 0x47]);
    assert.equal(text("image/svg+xml", ["<svg>", "</svg>"]), "<svg></svg>");
  });

  it("hold any value of a JSON mime type so that parsing gives it back", () => {
    for (const value of [{ a: [1] }, [1, "x"], ["a", "b"], "text", 0, false, null]) {
      assert.deepEqual(JSON.parse(text("application/json", value)), value);
      assert.deepEqual(JSON.parse(text("application/vnd.plotly.v1+JSON", value)), value);
    }
  });

  it("join text that comes as lines", () => {
    assert.equal(text("text/plain", ["a\n", "b"]), "a\nb");
    assert.equal(text("text/html", null), "");
    assert.equal(text("application/vnd.custom", { a: 1 }), '{"a":1}');
  });

  it("carry type, count, metadata and display id of a result", () => {
    const bundle = { data: { "text/plain": "1" }, metadata: { a: 1 }, transient: { display_id: "d" } };
    assert.deepEqual(displayOutput("o", "execute_result", bundle, 7).metadata, {
      outputType: "execute_result",
      executionCount: 7,
      metadata: { a: 1 },
      transient: { display_id: "d" },
    });
    assert.deepEqual(displayOutput("o", "display_data", { ...bundle, transient: {} }, null).metadata, {
      outputType: "display_data",
      metadata: { a: 1 },
    });
  });

  it("hold an error as VS Code's error item, and as nbformat beside it", () => {
    const { items, metadata } = errorOutput("o", "ValueError", "no", ["a", "b"]);
    const [item, ...more] = items;
    assert.ok(item && more.length === 0);
    assert.equal(item.mime, "application/vnd.code.notebook.error");
    assert.deepEqual(JSON.parse(textOf(item)), { name: "ValueError", message: "no", stack: "a\nb" });
    const originalError = { output_type: "error", ename: "ValueError", evalue: "no", traceback: ["a", "b"] };
    assert.deepEqual(metadata, { outputType: "error", originalError });
  });

  it("hold a stream under its own mime type", () => {
    const { items, metadata } = streamOutput("o", "stderr", "é");
    assert.equal(items[0]?.mime, "application/vnd.code.notebook.stderr");
    assert.deepEqual([...items[0].data], [0xc3, 0xa9]);
    assert.deepEqual(metadata, { outputType: "stream" });
  });
});

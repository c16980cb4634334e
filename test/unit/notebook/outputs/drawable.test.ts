// What VS Code draws, and what people are told to do about what it does not.
import assert from "node:assert/strict";
import { DrawnMimeTypes, drawingHint } from "../../../../src/notebook/outputs/drawable";

describe("mime types that are drawn", () => {
  const drawn = new DrawnMimeTypes([
    { mimeTypes: ["image/png", "application/JSON"] },
    { mimeTypes: ["application/geo+json", "model/*", "audio/?3"] },
  ]);

  it("are those of the installed renderers, and any text", () => {
    for (const mime of ["image/png", "IMAGE/PNG", "application/json", "application/geo+json", "model/stl", "audio/m3", "text/x-unknown"])
      assert.ok(drawn.has(mime), mime);
    for (const mime of ["image/pn", "application/vnd.plotly.v1+json", "model/a/b", "audio/mp3", "application/geoo+json"])
      assert.ok(!drawn.has(mime), mime);
  });
});

describe("a hint about what is not drawn", () => {
  it("has the line that helps with plotly", () => {
    const { code, words } = drawingHint(["application/vnd.plotly.v1+json"]);
    assert.match(code ?? "", /^import plotly\.io as pio; pio\.renderers\.default = "\w+"$/);
    assert.ok(words.includes("application/vnd.plotly.v1+json") && words.includes(code ?? "-"));
  });

  it("names the mime types of anything else", () => {
    const { code, words } = drawingHint(["application/pdf", "application/x-thing"]);
    assert.equal(code, undefined);
    assert.match(words, /application\/pdf, application\/x-thing/);
  });
});

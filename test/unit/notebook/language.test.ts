// Names of programming languages.
import assert from "node:assert/strict";
import { isSameLanguage, languageId, supportedLabels } from "../../../src/notebook/language";

describe("a language", () => {
  it("has one id, however its kernel writes it", () => {
    const written = ["python", "R", "bash", "C++17", "c++", "C#", "julia", "Octave"];
    assert.deepEqual(written.map(languageId), ["python", "r", "shellscript", "cpp", "cpp", "csharp", "julia", "octave"]);
  });

  it("is the same under each of its names, and no other", () => {
    assert.ok(isSameLanguage("R", "r"));
    assert.ok(isSameLanguage("bash", "shellscript"));
    assert.ok(isSameLanguage("C++11", "cpp"));
    assert.ok(!isSameLanguage("python", "r"));
  });

  it("is the first of the labels that its kernel runs, and others are among them, each once", () => {
    assert.deepEqual(supportedLabels("bash", ["html", "bash", "sos"]), ["shellscript", "bash", "raw", "html", "sos"]);
    assert.deepEqual(supportedLabels("python", []), ["python", "raw"]);
  });
});

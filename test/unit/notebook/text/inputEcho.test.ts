// What stays to be seen of input() in a cell's output.
import assert from "node:assert/strict";
import { inputEcho } from "../../../../src/notebook/text/inputEcho";

describe("the echo of an input", () => {
  it("is the question with its answer in a line", () => {
    assert.equal(inputEcho({ prompt: "Name? ", password: false }, "Zoë"), "Name? Zoë\n");
    assert.equal(inputEcho({ prompt: "", password: false }, ""), "\n");
  });

  it("tells nothing of a secret, not even its length", () => {
    const echo = inputEcho({ prompt: "Password: ", password: true }, "let me in");
    assert.equal(echo, inputEcho({ prompt: "Password: ", password: true }, "x"));
    assert.ok(echo.startsWith("Password: ") && !echo.includes("let me in"));
  });
});

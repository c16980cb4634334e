// Messages of a terminal's websocket.
import assert from "node:assert/strict";
import fc from "fast-check";
import { hasCode } from "../../../../src/base/errors";
import { readTerminalMessage, sizeMessage, stdinMessages } from "../../../../src/services/terminal/model";

describe("terminal messages", () => {
  it("reads what servers send, in text and binary frames", () => {
    assert.deepEqual(readTerminalMessage('["stdout", "é\\u001b[0m"]'), { type: "stdout", text: "é\u001b[0m" });
    assert.deepEqual(readTerminalMessage(Buffer.from('["setup", {}]')), { type: "setup" });
    assert.deepEqual(readTerminalMessage('["disconnect", 1]'), { type: "disconnect" });
  });

  it("passes on kinds that it does not know", () => {
    assert.deepEqual(readTerminalMessage('["bell", {"loud": true}]'), { type: "other", name: "bell" });
  });

  it("refuses what is none", () => {
    for (const frame of ["", "x", "{}", "[]", "[1]", '["stdout"]', '["stdout", 7]', '"stdout"', "null"]) {
      assert.throws(
        () => readTerminalMessage(frame),
        (error) => hasCode(error, "invalid-message"),
        frame,
      );
    }
  });

  it("says our size", () => assert.equal(sizeMessage(24, 80), '["set_size",24,80]'));

  it("types nothing for nothing", () => assert.deepEqual(stdinMessages(""), []));

  it("cuts a long paste into messages that are whole characters", () => {
    const text = fc
      .tuple(fc.nat(3), fc.constantFrom("é", "😀", "x", "👩‍👩‍👧"))
      .map(([shift, unit]) => "a".repeat(shift) + unit.repeat(200_000));
    fc.assert(
      fc.property(text, (paste) => {
        const texts = stdinMessages(paste).map((message) => (JSON.parse(message) as [string, string])[1]);
        assert.ok(texts.length > 0 && texts.join("") === paste && texts.every((part) => !/\p{Surrogate}/u.test(part)));
      }),
      { numRuns: 20 },
    );
  }).timeout(20_000);
});

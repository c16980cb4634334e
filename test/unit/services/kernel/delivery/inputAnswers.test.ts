// Answers to input requests: said again where they may be lost, and only there.
import assert from "node:assert/strict";
import { InputAnswers } from "../../../../../src/services/kernel/delivery/inputAnswers";
import { createMessage, type Message } from "../../../../../src/services/kernel/messages";

describe("input answers", () => {
  const cell = createMessage("client", "shell", "execute_request", {});
  const about = (type: string, parent: Message): Message => createMessage("kernel", "iopub", type, {}, { parent: parent.header });
  const question = about("input_request", cell);
  const answer = about("input_reply", question);
  let answers: InputAnswers;

  beforeEach(() => {
    answers = new InputAnswers();
    answers.received(question);
    answers.sent(answer);
  });

  it("are said again, once, when nothing has come since", () => {
    answers.lost();
    assert.equal(answers.takeLost(), answer);
    assert.equal(answers.takeLost(), undefined);
  });

  it("are not said again once the kernel has gone on, before or after the loss", () => {
    answers.received(about("stream", cell));
    answers.lost();
    assert.equal(answers.takeLost(), undefined);
  });

  it("are not said again when what was missed shows that the kernel has gone on", () => {
    answers.lost();
    answers.received(about("stream", cell));
    assert.equal(answers.takeLost(), undefined);
  });

  it("are kept though others' messages come", () => {
    answers.received(about("stream", createMessage("other", "shell", "execute_request", {})));
    answers.lost();
    assert.equal(answers.takeLost(), answer);
  });

  it("are forgotten with the kernel that asked", () => {
    answers.lost();
    answers.clear();
    assert.equal(answers.takeLost(), undefined);
  });
});

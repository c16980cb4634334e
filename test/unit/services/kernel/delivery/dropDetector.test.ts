// Output that was dropped though the connection held shows by numbers that are missing in a row.
import assert from "node:assert/strict";
import { IOPubDropDetector } from "../../../../../src/services/kernel/delivery/dropDetector";

describe("drops", () => {
  let drops: IOPubDropDetector;
  let number = 0;
  let idles: Map<string | undefined, number>;
  const say = (request: string | undefined, state?: string): void => {
    if (state === "idle") idles.set(request, number);
    drops.received(number);
    drops.receivedOnIOPub(number++, request, state);
  };
  const lose = (count: number): void => void (number += count);
  const begin = (request: string | undefined): void => say(request, "busy");
  const end = (request: string | undefined): void => {
    drops.received(number++); // the reply
    say(request, "idle");
  };
  const dropped = (request: string, isRun = true): boolean => drops.ended(request, idles.get(request), isRun);

  beforeEach(() => {
    drops = new IOPubDropDetector();
    idles = new Map();
    number = 40;
    begin("cell");
  });

  it("are told at the end of the cell, and not of the next one", () => {
    for (let times = 0; times < 30; times++) {
      lose(20);
      say("cell");
    }
    end("cell");
    assert.equal(dropped("cell"), true);
    begin("next");
    end("next");
    assert.equal(dropped("next"), false);
  });

  it("are not told of a few, which may be for others", () => {
    lose(18);
    end("cell");
    assert.equal(dropped("cell"), false);
  });

  it("are told where the end of the cell is among them, and all of the next one", () => {
    say("cell");
    lose(60);
    begin("third");
    assert.deepEqual([dropped("cell"), dropped("next")], [true, true]);
    end("third");
    assert.equal(dropped("third"), false);
  });

  it("are told of the cell that they belong to, whatever ends before it", () => {
    lose(60);
    say("cell");
    begin("completion");
    end("completion");
    assert.equal(dropped("completion", false), false);
    end("cell");
    assert.equal(dropped("cell"), true);
  });

  it("are none where the messages come after all, overtaken by another thread's", () => {
    number += 30;
    say("cell");
    number -= 31;
    for (let late = 0; late < 30; late++) say("cell");
    number += 1;
    end("cell");
    assert.equal(dropped("cell"), false);
  });

  it("are not told of what the server says itself that it holds back, but again of the next cell", () => {
    drops.rateLimited();
    lose(500);
    end("cell");
    assert.equal(dropped("cell"), false);
    begin("next");
    lose(500);
    end("next");
    assert.equal(dropped("next"), true);
  });

  it("are not told of what is said to others", () => {
    lose(50);
    begin(undefined);
    lose(50);
    end(undefined);
    lose(50);
    end("cell");
    assert.equal(dropped("cell"), false);
  });

  it("are not told of what came while there was no connection", () => {
    lose(50);
    drops.interrupted();
    end("cell");
    assert.equal(dropped("cell"), false);
  });
});

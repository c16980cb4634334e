// The notification of a cell that runs on though it was interrupted: its words and its links.
import assert from "node:assert/strict";
import { commandLink, stuckText } from "../../../src/ui/notebook/stuckText";

describe("the words for a cell that cannot be interrupted", () => {
  it("name the cell, what was tried, and what a restart costs", () => {
    const text = stuckText({ attempts: 1, failure: undefined }, 3, ["again", "restart"]);
    assert.match(text, /^Cell 3 still runs: again · restart · It was interrupted; .*variables\.$/);
    assert.match(stuckText({ attempts: 2, failure: undefined }, undefined, []), /^The cell still runs.* interrupted 2 times; /);
  });

  it("say why an interrupt did not get through", () => {
    const text = stuckText({ attempts: 1, failure: "No network." }, 3, ["again"]);
    assert.equal(text, "Cell 3 still runs: again · The interrupt did not get through. No network.");
  });

  it("have links that VS Code takes for such, whatever the notebook is called", () => {
    const argument = { notebook: "file:///a b/c (1) 'd' \"e\" [f].ipynb" };
    const link = commandLink("Again", "x.again", argument);
    // The pattern by which VS Code finds links in notifications.
    const [, label, href = ""] = /^\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)\)$/.exec(link) ?? [];
    assert.equal(label, "Again");
    assert.deepEqual(JSON.parse(decodeURIComponent(href.replace("command:x.again?", ""))), [argument]);
  });
});

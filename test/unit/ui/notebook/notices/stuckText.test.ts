// The notification of a cell that runs on though it was interrupted: its words and its links.
import assert from "node:assert/strict";
import { stuckText } from "../../../../../src/ui/notebook/notices/stuckText";
import { markup, shown, type CommandLink } from "../../../../../src/ui/say/linked";

const again: CommandLink = { label: "Again", command: "jupyterhubConnect.interruptKernel" };
const restart: CommandLink = { label: "Restart", command: "jupyterhubConnect.restartKernel" };
const [againText, restartText] = [
  "[Again](command:jupyterhubConnect.interruptKernel)",
  "[Restart](command:jupyterhubConnect.restartKernel)",
];

/** The links that VS Code finds in a notification, and where they lead (src/vs/base/common/linkedText.ts). */
function linksIn(text: string): readonly (readonly [label: string, href: string])[] {
  const all = text.matchAll(/\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/gi);
  return [...all].map(([, label = "", href = ""]) => [label, href] as const);
}

describe("the words for a cell that cannot be interrupted", () => {
  it("name the cell, what was tried, and what a restart costs", () => {
    const text = shown(stuckText({ attempts: 1, failure: undefined }, 3, [again, restart]));
    assert.ok(
      text.startsWith(`Cell 3 still runs: ${againText} · ${restartText} · It was interrupted; `) && text.endsWith("variables."),
      text,
    );
    assert.match(shown(stuckText({ attempts: 2, failure: undefined }, undefined, [])), /^The cell still runs.* interrupted 2 times; /);
  });

  it("say why an interrupt did not get through", () => {
    const text = stuckText({ attempts: 1, failure: "No network." }, 3, [again]);
    assert.equal(shown(text), `Cell 3 still runs: ${againText} · The interrupt did not get through. No network.`);
  });

  it("have links that VS Code takes for such, whatever the notebook is called", () => {
    const argument = { notebook: "file:///a b/c (1) 'd' \"e\" [f].ipynb" };
    const found = linksIn(markup({ ...again, argument }));
    assert.deepEqual(
      found.map(([label]) => label),
      ["Again"],
    );
    assert.deepEqual(JSON.parse(decodeURIComponent((found[0]?.[1] ?? "").replace("command:jupyterhubConnect.interruptKernel?", ""))), [
      argument,
    ]);
  });

  it("have no links but ours, whatever the reason", () => {
    const failure = "[Sign in](command:workbench.action.terminal.new) [more](https://evil.example)";
    const text = shown(stuckText({ attempts: 1, failure }, 3, [again, restart]));
    assert.deepEqual(linksIn(text), [
      ["Again", "command:jupyterhubConnect.interruptKernel"],
      ["Restart", "command:jupyterhubConnect.restartKernel"],
    ]);
  });
});

describe("links of our own", () => {
  it("keep their words, whatever stands before them", () => {
    const text = shown({ lead: "Everything is [fine, see", links: [again], text: "[x" });
    assert.deepEqual(linksIn(text), [["Again", "command:jupyterhubConnect.interruptKernel"]]);
    assert.deepEqual(linksIn(shown({ lead: "", links: [{ ...again, label: "a](command:evil) [b" }], text: "" })), [
      ["a\u2060(command:evil) b", "command:jupyterhubConnect.interruptKernel"],
    ]);
  });

  it("are none of a text that is no such type", () => {
    assert.deepEqual(linksIn(shown(againText)), []);
  });
});

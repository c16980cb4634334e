// Commands and context keys that code knows, held against those of package.json, both ways.
import assert from "node:assert/strict";
import { commandNames } from "../../../../src/ui/contributed/commands";
import { contextKeys } from "../../../../src/ui/contributed/contextKeys";
import { manifest, manifestText, prefix } from "../../support/manifest";
import { parseWhen } from "../../support/when";

const { commands, keybindings, menus, viewsWelcome, walkthroughs } = manifest.contributes;

describe("commands", () => {
  // That each of these names has a handler, and each handler one of these names, is for the compiler: ui/commands.ts.
  it("are the same in code and in package.json", () => {
    assert.deepEqual([...commandNames].map((name) => prefix + name).sort(), commands.map(({ command }) => command).sort());
  });

  it("of keys are ours or known ones of VS Code", () => {
    const ofVsCode = ["notebook.cell.execute"];
    const known = new Set([...commandNames.map((name) => prefix + name), ...ofVsCode]);
    assert.deepEqual(
      keybindings.map(({ command }) => command).filter((command) => !known.has(command)),
      [],
    );
  });
});

describe("context keys", () => {
  const clauses = [
    ...Object.values(menus).flatMap((items) => items.flatMap(({ when }) => when ?? [])),
    ...commands.flatMap(({ enablement }) => enablement ?? []),
    ...[...keybindings, ...viewsWelcome].map(({ when }) => when),
  ];
  const events = walkthroughs.flatMap(({ steps }) => steps.flatMap(({ completionEvents }) => completionEvents));
  const used = new Set([
    ...clauses.flatMap((when) => [...parseWhen(when).keys]),
    ...events.flatMap((event) => (event.startsWith("onContext:") ? [event.slice("onContext:".length)] : [])),
  ]);

  it("that package.json asks for are set by the extension or by VS Code", () => {
    const ofVsCode = [
      ...["view", "viewItem", "listMultiSelection", "resourceScheme", "isWorkspaceTrusted", "inputFocus", "inlineChatFocused"],
      ...["notebookKernel", "notebookType", "notebookCellListFocused", "notebookEditorFocused", "notebookOutputInputFocused"],
    ];
    const known = new Set([...contextKeys.map((key) => prefix + key), ...ofVsCode]);
    assert.deepEqual(
      [...used].filter((key) => !known.has(key)),
      [],
    );
  });

  it("that the extension sets are asked for", () => {
    assert.deepEqual(
      contextKeys.filter((key) => !used.has(prefix + key)),
      [],
    );
  });

  it("are looked for in every clause of package.json", () => {
    const written = [...manifestText.matchAll(/"(?:when|enablement)": "((?:\\.|[^"\\])*)"/g)].map(
      ([, text]) => JSON.parse(`"${text ?? ""}"`) as string,
    );
    assert.deepEqual([...clauses].sort(), written.sort());
  });
});

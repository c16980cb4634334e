// package.json, as VS Code and people read it: commands well named, drawn and shown where they can work.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import path from "node:path";
import { root } from "../harness/paths";
import { manifest, manifestText as text } from "./support/manifest";

describe("the manifest", () => {
  const { capabilities, contributes } = manifest;
  const { commands, menus, walkthroughs } = contributes;

  it("says nothing twice: the first would be lost without a word", () => {
    const keys = [...text.matchAll(/^ {4}"(\w+)":/gm)].map(([, key]) => key);
    const twice = keys.filter((key, index) => keys.indexOf(key) !== index);
    // `type` and the like are further in; what `contributes` and its neighbours hold stands at this depth.
    assert.deepEqual(
      twice.filter((key) => key !== undefined && key in (JSON.parse(text) as { contributes: object }).contributes),
      [],
    );
    assert.deepEqual(new Set(commands.map((each) => each.command)).size, commands.length);
  });

  for (const { command: name, title, category, icon } of commands) {
    it(`has a name, a category and a picture for ${name}`, () => {
      assert.match(title, /^[A-Z]/);
      assert.equal(category, "JupyterHub Connect");
      assert.match(icon ?? "", /^\$\([a-z-]+\)$/);
    });
  }

  it("shows in the palette what can work at the time", () => {
    const always = ["signIn", "showLog"].map((name) => `jupyterhubConnect.${name}`);
    const ruled = new Set((menus["commandPalette"] ?? []).filter(({ when }) => when !== undefined).map((each) => each.command));
    assert.deepEqual(
      commands.map((each) => each.command).filter((name) => !ruled.has(name) && !always.includes(name)),
      [],
    );
  });

  it("has keys for notebooks on a hub's kernel only: others have theirs from whoever runs them", () => {
    const { keybindings } = contributes;
    assert.deepEqual(
      keybindings.map(({ key }) => key),
      ["ctrl+enter", "i i", "0 0"],
    );
    for (const { key, when } of keybindings) assert.match(when, /^notebookKernel =~ \/\^jupyterhub-connect\\\.\/ && /, key);
  });

  it("lets a folder's settings say nothing but hubs, and that only once it is trusted", () => {
    const settings = Object.entries(contributes.configuration.properties);
    const free = settings.filter(([, { scope }]) => scope !== "application" && scope !== "machine").map(([name]) => name);
    assert.deepEqual(free, ["jupyterhubConnect.hubs"]);
    // Of the computer, and so trusted with its files: also should one of them be opened to folders.
    const ofTheComputer = settings.filter(([, { scope }]) => scope?.startsWith("machine")).map(([name]) => name);
    assert.deepEqual(capabilities.untrustedWorkspaces.restrictedConfigurations, ofTheComputer);
  });

  it("names in menus and walkthroughs only commands that there are", () => {
    const known = new Set(commands.map((each) => each.command));
    const descriptions = walkthroughs.flatMap(({ steps }) => steps.map(({ description }) => description));
    const named = [
      ...Object.values(menus)
        .flat()
        .map((each) => each.command),
      ...contributes.keybindings.map((each) => each.command),
      ...descriptions.flatMap((each) => each.match(/jupyterhubConnect\.\w+(?=\))/g) ?? []),
    ];
    assert.deepEqual(
      named.filter((name) => name.startsWith("jupyterhubConnect.") && !known.has(name)),
      [],
    );
  });

  it("has the walkthrough's pictures, with words for whoever does not see them", () => {
    for (const { media } of walkthroughs.flatMap(({ steps }) => steps)) {
      assert.ok(existsSync(path.join(root, media.svg)), media.svg);
      assert.ok(media.altText.length > 10);
    }
  });
});

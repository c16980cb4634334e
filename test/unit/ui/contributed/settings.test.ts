// The settings that code knows, held against those of package.json.
import assert from "node:assert/strict";
import { settings } from "../../../../src/ui/contributed/settings";
import { manifest, prefix } from "../../support/manifest";

describe("settings", () => {
  const contributed = manifest.contributes.configuration.properties;

  it("are the same in code and in package.json, with the same defaults", () => {
    const inCode = Object.entries(settings).map(([name, setting]) => [prefix + name, setting.default]);
    const inManifest = Object.entries(contributed).map(([name, setting]) => [name, setting.default]);
    assert.deepEqual(Object.fromEntries(inCode), Object.fromEntries(inManifest));
  });

  for (const [name, { default: value, usable }] of Object.entries(settings)) {
    it(`accept as ${name} what package.json lets people set, and nothing of another type`, () => {
      const { type, enum: choices = [], minimum, maximum } = contributed[prefix + name] ?? {};
      const settable = [value, ...choices, ...[minimum, maximum].flatMap((bound) => bound ?? [])];
      assert.deepEqual(
        settable.filter((each) => !usable(each)),
        [],
      );
      const samples = {
        boolean: true,
        number: 1,
        string: "some text",
        array: ["some text"],
        object: { some: "text" },
        null: null,
        nothing: undefined,
      };
      assert.deepEqual(
        Object.entries(samples).filter(([kind, sample]) => kind !== type && usable(sample)),
        [],
      );
    });
  }
});

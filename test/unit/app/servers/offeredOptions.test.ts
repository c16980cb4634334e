// What of a server's options may be kept and shown: values that the hub's page offers, and nothing that somebody typed.
import assert from "node:assert/strict";
import * as fc from "fast-check";
import {
  keptOptions,
  noOffers,
  offersIn,
  offersOf,
  offersRecord,
  optionsText,
  shownOptions,
} from "../../../../src/app/servers/offeredOptions";
import type { SpawnForm } from "../../../../src/hub/pages/spawnForm";

const freeText = { displayName: "Other…", pattern: undefined, hint: undefined };
const form: SpawnForm = {
  profiles: [
    { slug: "cpu", displayName: "CPU", description: "", isDefault: true, options: [] },
    {
      ...{ slug: "gpu", displayName: "GPU", description: "", isDefault: false },
      options: [
        { name: "image", displayName: "Image", choices: [{ value: "py3", displayName: "Python 3" }], preselected: "py3", freeText },
      ],
    },
  ],
  hasUnknownFields: false,
};

describe("options of a server", () => {
  const offers = offersOf(form);

  it("are kept and shown with the values that the page offers", () => {
    const options = { profile: "gpu", image: "py3" };
    assert.deepEqual(keptOptions(options, offers), { offered: options, others: [] });
    assert.equal(optionsText(shownOptions(options, offers)), "profile: gpu, image: py3");
  });

  it("are names only where the value is another, or of another kind", () => {
    const options = { profile: "mine", image: ["py3"], "image--unlisted-choice": "py3", constructor: "x", toString: "gpu" };
    assert.deepEqual(keptOptions(options, offers), { offered: {}, others: Object.keys(options) });
  });

  it("keep no value of a page that nobody has seen, nor one that is offered for another option", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.constantFrom("gpu", "py3"), fc.object())), (options) => {
        assert.deepEqual(keptOptions(options, noOffers), { offered: {}, others: Object.keys(options) });
        for (const { name, value } of shownOptions(options, offers)) assert.ok(value === undefined || offers.get(name)?.includes(value));
      }),
    );
  });

  it("are offered as they were noted, and by nothing else", () => {
    assert.deepEqual(offersIn(JSON.parse(JSON.stringify(offersRecord(offers)))), offers);
    for (const other of [true, undefined, {}, [["profile", "gpu"]], "x"]) assert.equal(offersIn(other).size, 0);
  });

  it("are noted of so many values only", () => {
    const choices = Array.from({ length: 2_000 }, (_, index) => ({ value: `${index}`, displayName: "" }));
    const large = offersOf({
      profiles: [
        {
          slug: "x".repeat(1_000),
          displayName: "",
          description: "",
          isDefault: true,
          options: [{ name: "n", displayName: "", choices, preselected: undefined, freeText: undefined }],
        },
      ],
      hasUnknownFields: false,
    });
    assert.deepEqual([large.get("n")?.length, large.has("profile")], [499, false]);
  });
});

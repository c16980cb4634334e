// Names of new servers: what people type, on hubs with slugs and on older ones.
import assert from "node:assert/strict";
import fc from "fast-check";
import { serverNameFor } from "../../../../src/hub/api/serverName";

describe("server names", () => {
  it("are what was typed where the hub takes that", () => {
    assert.deepEqual(serverNameFor(" gpu ", 6, []), { name: "gpu" });
    assert.deepEqual(serverNameFor("My GPU", 5, []), { name: "My GPU" });
  });

  it("are slugs beside a display name from hub 6 on", () => {
    assert.deepEqual(serverNameFor("My  GPU", 6, []), { name: "my-gpu", displayName: "My GPU" });
    assert.deepEqual(serverNameFor("Zoë's 2nd – Run", 6, []), { name: "zoe-s-2nd-run", displayName: "Zoë's 2nd – Run" });
    assert.deepEqual(serverNameFor("2nd", 6, []), { name: "server-2nd", displayName: "2nd" });
    assert.deepEqual(serverNameFor("研究", 6, []), { name: "server", displayName: "研究" });
  });

  it("are kept apart by a number where the slug is taken, and refused where the name itself is", () => {
    assert.deepEqual(serverNameFor("GPU!", 6, ["gpu", "gpu-2"]), { name: "gpu-3", displayName: "GPU!" });
    assert.match(JSON.stringify(serverNameFor("gpu", 5, ["gpu"])), /already/);
  });

  it("say what is wrong", () => {
    for (const text of ["", "  ", "a/b", ".."]) assert.ok("problem" in serverNameFor(text, 5, []), text);
  });

  it("follow the rule of hub 6 whatever is typed", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.array(fc.string()), (text, taken) => {
        const result = serverNameFor(text, 6, taken);
        if ("problem" in result) return text.trim() === "";
        return /^[a-z](?!.*--)[a-z0-9-]{0,28}[a-z0-9]$|^[a-z]$/.test(result.name) && !taken.includes(result.name);
      }),
    );
  });
});

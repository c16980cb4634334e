// The environment of an inner npm: nothing of the outer one's own project and Node.
import assert from "node:assert/strict";
import { npmEnvironment } from "../../harness/install/npm";

describe("npm's environment", () => {
  it("keeps a person's registry and drops what the outer npm said of itself", () => {
    const before = { ...process.env };
    Object.assign(process.env, {
      npm_config_registry: "https://registry.example.org/",
      npm_config_user_agent: "npm/11 node/v20",
      npm_lifecycle_event: "start",
    });
    try {
      const inner = npmEnvironment();
      assert.equal(inner["npm_config_registry"], "https://registry.example.org/");
      assert.equal(inner["npm_config_user_agent"], undefined);
      assert.equal(inner["npm_lifecycle_event"], undefined);
    } finally {
      process.env = before;
    }
  });
});

// Options of a server's start: given, remembered without secrets, or left to the hub.
import assert from "node:assert/strict";
import { SpawnForms } from "../../../../src/app/servers/spawnForms";
import type { SpawnForm, SpawnOption } from "../../../../src/hub/pages/spawnForm";
import { ServersBench } from "./bench";

const image: SpawnOption = {
  name: "image",
  displayName: "Image",
  choices: [{ value: "py3", displayName: "Python 3" }],
  preselected: "py3",
  freeText: undefined,
};
const form: SpawnForm = {
  profiles: [{ slug: "gpu", displayName: "GPU", description: "", isDefault: true, options: [image] }],
  hasUnknownFields: false,
};

describe("servers", () => {
  let bench: ServersBench;
  beforeEach(async () => void (bench = await ServersBench.start()));
  afterEach(() => bench.stop());

  it("starts with given options, and remembers them for the next window", async () => {
    bench.takeStarts();
    await bench.servers.ensureRunning(bench.server, { start: { userOptions: { profile: "gpu" } } });
    assert.equal(bench.hub.received.find(({ method }) => method === "POST")?.body, '{"profile":"gpu"}');
    const next = bench.open().get(bench.account, "");
    assert.deepEqual([bench.server.lastOptions, next.lastOptions, next.otherOptions], [{ profile: "gpu" }, {}, ["profile"]]);
  });

  it("remembers values of what the hub's page offers, of other options the names", async () => {
    await new SpawnForms(bench.ports).note({ account: bench.account }, form);
    bench.takeStarts();
    const secrets = {
      git_pat: "s3cret-1",
      access_key_id: "s3cret-2",
      pwd: "s3cret-3",
      env: { TOKEN: "s3cret-4" },
      "image--unlisted-choice": "s3cret-5",
      constructor: "s3cret-6",
    };
    const userOptions = { profile: "gpu", image: "py3", ...secrets };
    await bench.servers.ensureRunning(bench.server, { start: { userOptions } });
    assert.deepEqual(bench.server.lastOptions, userOptions, "this window knows them");
    const next = bench.open().get(bench.account, "");
    assert.deepEqual([next.lastOptions, next.otherOptions], [{ profile: "gpu", image: "py3" }, Object.keys(secrets)]);
    for (const { shownOptions = [] } of [bench.server, next]) {
      assert.deepEqual(shownOptions, [
        { name: "profile", value: "gpu" },
        { name: "image", value: "py3" },
        ...Object.keys(secrets).map((name) => ({ name })),
      ]);
    }
    assert.doesNotMatch(JSON.stringify([...bench.ports.values]), /s3cret/);
  });

  it("takes the values out of what versions before have remembered", () => {
    bench.ports.values.set(`options:${bench.server.id}`, { profile: "gpu", git_pat: "s3cret" });
    bench.ports.values.set("options:https://gone.example/ eve/", { pwd: "s3cret" });
    const next = bench.open().get(bench.account, "");
    assert.deepEqual([next.lastOptions, next.otherOptions], [{}, ["profile", "git_pat"]]);
    assert.doesNotMatch(JSON.stringify([...bench.ports.values]), /s3cret/);
  });

  it("starts as the last time where no options are given: the hub remembers", async () => {
    bench.takeStarts();
    await bench.servers.ensureRunning(bench.server);
    assert.equal(bench.hub.received.find(({ method }) => method === "POST")?.body, "");
  });

  it("takes over what the hub says of the last options and of the name for people", async () => {
    bench.hub.servers.set("gpu", { ready: false, pending: null, display_name: "My GPU", user_options: { image: "x" } });
    await bench.servers.refresh(bench.account);
    const gpu = bench.servers.get(bench.account, "gpu");
    assert.deepEqual([gpu.displayName, gpu.label, gpu.lastOptions], ["My GPU", `${bench.account.label} · My GPU`, { image: "x" }]);
  });
});

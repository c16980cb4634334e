// Whether a hub's spawn page can be read, and whether that starts something.
import assert from "node:assert/strict";
import { Hubs } from "../../../../src/app/hubs/hubs";
import { SpawnForms } from "../../../../src/app/servers/spawnForms";
import type { Account } from "../../../../src/hub/account/account";
import type { SpawnForm } from "../../../../src/hub/pages/spawnForm";
import { FakeHub } from "../../../fakes/hub";
import { MemoryPorts, signIn } from "../doubles";

const form: SpawnForm = { profiles: [], hasUnknownFields: true };

describe("spawn forms", () => {
  let hub: FakeHub;
  let ports: MemoryPorts;
  let hubs: Hubs;
  let account: Account;
  beforeEach(async () => {
    hub = await FakeHub.start();
    ports = new MemoryPorts();
    hubs = new Hubs(ports);
    account = await signIn(hubs, hub);
  });
  afterEach(async () => {
    hubs.dispose();
    await hub.stop();
  });

  it("are remembered for the hub once they were seen, and forgotten when they are gone", async () => {
    const forms = new SpawnForms(ports);
    assert.equal(forms.isKnown({ account }), false);
    await forms.note({ account }, form);
    assert.equal(new SpawnForms(ports).isKnown({ account }), true);
    await forms.note({ account }, undefined);
    assert.equal(forms.isKnown({ account }), false);
    assert.ok(![...ports.values.keys()].some((key) => key.startsWith("spawnForm")));
  });

  it("are known where a version before has noted them", () => {
    ports.values.set(`spawnForm:${account.hub.href}`, true);
    assert.equal(new SpawnForms(ports).isKnown({ account }), true);
  });
});

// Whether a hub's spawn page can be read, and whether that starts something.
import assert from "node:assert/strict";
import { Hubs } from "../../../src/app/hubs";
import { SpawnForms } from "../../../src/app/spawnForms";
import type { Account } from "../../../src/hub/account";
import { FakeHub } from "../../fakes/hub";
import { MemoryPorts, signIn } from "./doubles";

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
    await forms.note({ account }, true);
    assert.equal(new SpawnForms(ports).isKnown({ account }), true);
    await forms.note({ account }, false);
    assert.equal(forms.isKnown({ account }), false);
    assert.ok(![...ports.values.keys()].some((key) => key.startsWith("spawnForm")));
  });

});

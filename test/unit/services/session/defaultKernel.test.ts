// Which kernel a client starts without being asked: behaviour 63. And what people are told of a kernel.
import assert from "node:assert/strict";
import type { KernelSpecs } from "../../../../src/services/kernelspec/model";
import { defaultKernelName, type KernelPreference } from "../../../../src/services/session/defaultKernel";
import { friendlyStatus } from "../../../../src/services/session/friendlyStatus";
import { ProductError } from "../../../../src/base/errors";

describe("63 the default kernel", () => {
  const spec = (name: string, language: string) => ({
    name,
    language,
    displayName: name,
    argv: [],
    interruptMode: "signal",
    metadata: {},
    resources: {},
  });
  const specs: KernelSpecs = { default: "python3", specs: [spec("python3", "python"), spec("py-gpu", "python"), spec("ir", "R")] };
  const cases: [string, KernelPreference, string | undefined][] = [
    ["is the one of that name", { name: "py-gpu" }, "py-gpu"],
    ["is the one of that name, whatever the language", { name: "ir", language: "python" }, "ir"],
    ["is the only one of the language, however that is written", { language: "r" }, "ir"],
    ["is the only one of the language where the name is unknown", { name: "ir-4.1", language: "R" }, "ir"],
    ["is none where several have the language", { language: "python" }, undefined],
    ["is none where the name is unknown", { name: "julia" }, undefined],
    ["is none where nothing is preferred", {}, undefined],
    ["is the server's own where that is wanted", { autoStartDefault: true }, "python3"],
    ["is the server's own only where nothing else decides", { language: "R", autoStartDefault: true }, "ir"],
    ["is the server's own where several have the language", { language: "python", autoStartDefault: true }, "python3"],
  ];
  for (const [name, preference, expected] of cases) {
    it(name, () => assert.equal(defaultKernelName(specs, preference), expected));
  }

  it("is none on a server without kernels", () => {
    assert.equal(defaultKernelName({ default: "", specs: [] }, { name: "python3", autoStartDefault: true }), undefined);
  });
});

describe("the friendly status", () => {
  const kernel = { status: "idle", connectionStatus: "connected", ended: undefined } as const;
  it("says what is being done, else what the kernel does, else why it does not", () => {
    const told = [
      friendlyStatus({ pending: undefined, kernel: null }),
      friendlyStatus({ pending: "starting", kernel }),
      friendlyStatus({ pending: undefined, kernel }),
      friendlyStatus({ pending: undefined, kernel: { ...kernel, status: "unknown", connectionStatus: "disconnected" } }),
      friendlyStatus({ pending: undefined, kernel: { ...kernel, status: "dead", ended: new ProductError("server-stopped", "") } }),
      friendlyStatus({ pending: undefined, kernel: { ...kernel, status: "autorestarting" } }),
    ];
    assert.deepEqual(told, ["No kernel", "Starting", "Idle", "Disconnected", "Server stopped", "Restarting after a crash"]);
  });
});

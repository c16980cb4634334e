// Every operation of the installed server's own api.yaml is done by a client of ours on a real server, and answered.
import assert from "node:assert/strict";
import { createCheckpoint, deleteCheckpoint, listCheckpoints, restoreCheckpoint } from "../../src/services/contents/checkpoints";
import * as contents from "../../src/services/contents/client";
import * as kernels from "../../src/services/kernel/client";
import { listKernelSpecs } from "../../src/services/kernelspec/client";
import { getConfig, updateConfig } from "../../src/services/rest/config";
import { me } from "../../src/services/rest/identity";
import { resolvePath } from "../../src/services/rest/resolvePath";
import { apiSpec } from "../../src/services/rest/spec";
import { serverStatus } from "../../src/services/rest/status";
import { serverVersion } from "../../src/services/rest/version";
import * as sessions from "../../src/services/session/client";
import * as terminals from "../../src/services/terminal/client";
import type { ServerSettings } from "../../src/transport/settings";
import { operationsOf, RequestRecord, unanswered, type Answered } from "./support/restRecord";
import { restSettings } from "./support/restServer";

describe("api.yaml", function () {
  this.timeout(120_000);

  it("has no operation that no client does or that the server did not answer", async () => {
    const record = new RequestRecord();
    const settings = await restSettings("ana", record);
    const operations = operationsOf(await apiSpec(settings));
    // The oldest supported server has 29, the newest 32 or more.
    assert.ok(operations.length >= 29, `only ${operations.length} operations were read`);
    const offered = (template: string): boolean => operations.some((each) => each.template === template);
    await useContents(settings);
    await useKernels(settings);
    if (offered("/api/resolvePath")) await resolvePath(settings, "");
    if (offered("/api/me")) await me(settings);
    await useTerminals(settings);
    await serverVersion(settings);
    await serverStatus(settings);
    await listKernelSpecs(settings);
    await updateConfig(settings, "jupyterhub_connect_test", { used: true });
    await getConfig(settings, "jupyterhub_connect_test");

    const missing = unanswered(operations, record.answered);
    assert.deepEqual(
      missing.map(({ method, template }) => `${method} ${template}`),
      [],
    );
  });

  describe("its check", () => {
    const yaml = `
paths:
  /api/:
    get: {}
  /api/contents/{path}:
    parameters: []
    get: {}
    delete: {}
  /api/contents/{path}/checkpoints:
    get: {}
  /api/kernels/{kernel_id}:
    get: {}
  /api/spec.yaml:
    get: {}`;
    const ok = (path: string, method = "GET"): Answered => ({ method, path, status: 200 });
    const missing = (...answered: Answered[]): string[] =>
      unanswered(operationsOf(yaml), answered).map(({ method, template }) => `${method} ${template}`);
    const all = [
      ...["GET /api/", "GET /api/contents/{path}", "DELETE /api/contents/{path}", "GET /api/contents/{path}/checkpoints"],
      ...["GET /api/kernels/{kernel_id}", "GET /api/spec.yaml"],
    ];

    it("names every operation that was not done", () => assert.deepEqual(missing(), all));

    it("counts a request for the operation that fits best, and for no other", () => {
      assert.deepEqual(
        missing(ok("/api/contents/a/b/checkpoints")),
        all.filter((each) => !each.endsWith("checkpoints")),
      );
      assert.deepEqual(
        missing(ok("/api/contents/a/%63heckpoints")),
        all.filter((each) => each !== all[1]),
      );
      assert.deepEqual(missing(ok("/api")), all.slice(1));
      assert.deepEqual(missing(ok("/api/kernels/1/restart"), ok("/api/specXyaml"), ok("/api/contents"), ok("/user/api")), all);
    });

    it("does not count refusals", () => {
      const refusals = [302, 403, 404, 405, 500].map((status) => ({ ...ok("/api/spec.yaml"), status }));
      assert.deepEqual(missing(...refusals), all);
    });
  });
});

async function useContents(settings: ServerSettings): Promise<void> {
  const directory = await contents.newUntitled(settings, "", { type: "directory" });
  const path = `${directory.path}/a.txt`;
  await contents.saveContents(settings, path, { type: "file", format: "text", content: "x" });
  await contents.getFile(settings, path);
  const copy = await contents.copyContents(settings, path, directory.path);
  await contents.deleteContents(settings, copy.path);
  const { id } = await createCheckpoint(settings, path);
  assert.deepEqual(
    (await listCheckpoints(settings, path)).map((each) => each.id),
    [id],
  );
  await restoreCheckpoint(settings, path, id);
  await deleteCheckpoint(settings, path, id);
  const renamed = await contents.renameContents(settings, path, `${directory.path}/b.txt`);
  await contents.deleteContents(settings, renamed.path);
  await contents.deleteContents(settings, directory.path);
}

async function useKernels(settings: ServerSettings): Promise<void> {
  const kernel = await kernels.startKernel(settings, "python3");
  await kernels.listKernels(settings);
  await kernels.getKernel(settings, kernel.id);
  await kernels.interruptKernel(settings, kernel.id);
  await kernels.restartKernel(settings, kernel.id);
  const start = { path: "coverage.ipynb", name: "coverage.ipynb", type: "notebook", kernel: { name: "python3" } };
  const { id } = await sessions.startSession(settings, start);
  await sessions.listSessions(settings);
  await sessions.getSession(settings, id);
  assert.equal((await sessions.changeSession(settings, id, { path: "moved.ipynb" })).path, "moved.ipynb");
  await sessions.shutdownSession(settings, id);
  await kernels.shutdownKernel(settings, kernel.id);
}

async function useTerminals(settings: ServerSettings): Promise<void> {
  const { name } = await terminals.createTerminal(settings);
  assert.ok((await terminals.listTerminals(settings)).some((each) => each.name === name));
  await terminals.getTerminal(settings, name);
  await terminals.deleteTerminal(settings, name);
}

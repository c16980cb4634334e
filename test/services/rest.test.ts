// The server's other endpoints on real servers: events, nbconvert, JupyterLab's settings and workspaces, and the rest.
import assert from "node:assert/strict";
import { hasCode } from "../../src/base/errors";
import { next } from "../../src/base/event";
import { deleteContents, newUntitled, saveContents } from "../../src/services/contents/client";
import { shutdownKernel, startKernel } from "../../src/services/kernel/client";
import { listKernelSpecs } from "../../src/services/kernelspec/client";
import { getConfig, setConfig, updateConfig } from "../../src/services/rest/config";
import { asKernelAction, contentsSchema, emitEvent, EventStream, type ServerEvent } from "../../src/services/rest/events";
import { me, updateMe } from "../../src/services/rest/identity";
import { getKernelSpec, kernelSpecResource } from "../../src/services/rest/kernelSpec";
import { getLabSetting, listLabSettingIds, listLabSettings, setLabSetting } from "../../src/services/rest/labSettings";
import { convertFile, convertNotebook, listExporters } from "../../src/services/rest/nbconvert";
import { resourceUsage } from "../../src/services/rest/resourceUsage";
import { resolvePath } from "../../src/services/rest/resolvePath";
import { shutdownServer } from "../../src/services/rest/shutdown";
import { apiSpec } from "../../src/services/rest/spec";
import { serverStatus } from "../../src/services/rest/status";
import { serverVersion } from "../../src/services/rest/version";
import { deleteWorkspace, getWorkspace, listWorkspaces, saveWorkspace } from "../../src/services/rest/workspaces";
import type { ServerSettings } from "../../src/transport/settings";
import { onOldestStack, sharedHub, stackVersion } from "../harness/hub/shared";
import { faulty, restSettings } from "./support/restServer";

const people = ["ana", "alice@example.org", "zoë müller"];
const bound = 30_000;
const textOf = ({ bytes }: { bytes: Uint8Array }): string => Buffer.from(bytes).toString("utf8");

describe("rest", function () {
  this.timeout(90_000);
  let settings: ServerSettings;
  before(async () => void (settings = await restSettings("ana")));

  /** Defines a test of what came with jupyter_server 2. */
  const itSince2 = onOldestStack ? (): void => undefined : it;

  it("tells version and description of its API", async () => {
    const version = await serverVersion(settings);
    assert.match(version, /^\d+\.\d+\.\d+/);
    assert.match(await apiSpec(settings), /^swagger:/);
  });

  it("tells how busy it is", async () => {
    const before = await serverStatus(settings);
    const { id } = await startKernel(settings, "python3");
    const during = await serverStatus(settings);
    await shutdownKernel(settings, id);
    assert.equal(during.kernels, before.kernels + 1);
    assert.ok(Date.parse(during.started ?? "") <= Date.parse(during.last_activity ?? ""));
  });

  it("tells what it uses, where it has jupyter-resource-usage", async () => {
    // In the environment of the newest hub alone.
    if (stackVersion !== 6) return assert.rejects(resourceUsage(settings), (error) => hasCode(error, "not-found"));
    const { memory } = await resourceUsage(settings);
    assert.ok(memory > 10 * 2 ** 20, `${memory} bytes`);
  });

  for (const name of people) {
    itSince2(`knows ${name}, and what they may do`, async () => {
      const own = await restSettings(name);
      const { identity, permissions } = await me(own, { contents: ["read", "write"], kernels: ["execute"] });
      assert.equal(identity.username, name);
      assert.deepEqual([permissions["contents"], permissions["kernels"]], [["read", "write"], ["execute"]]);
    });

    it(`has the kernel specs of ${name} with their logos`, async () => {
      const own = await restSettings(name);
      const { specs } = await listKernelSpecs(own);
      const [spec] = specs;
      assert.ok(spec);
      assert.deepEqual(await getKernelSpec(own, spec.name), spec);
      const { bytes, mimetype } = await kernelSpecResource(own, spec.resources["logo-64x64"] ?? "");
      assert.deepEqual([mimetype, [...bytes.subarray(1, 4)].map((each) => String.fromCharCode(each)).join("")], ["image/png", "PNG"]);
    });
  }

  it("says which kernel spec or logo it does not have", async () => {
    await assert.rejects(getKernelSpec(settings, "no pe"), (error) => hasCode(error, "not-found"));
    const logo = `${settings.baseUrl.pathname}kernelspecs/python3/nope.png`;
    await assert.rejects(kernelSpecResource(settings, logo), (error) => hasCode(error, "not-found"));
  });

  itSince2("lets one change of oneself what it says it lets", async () => {
    const { permissions } = await me(settings);
    assert.deepEqual(permissions["updatable_fields"], ["color"]);
    await assert.rejects(updateMe(settings, { display_name: "Ana" }), /not updatable/);
  });

  it("merges and replaces configuration", async () => {
    const section = "jupyterhub_connect_rest";
    await setConfig(settings, section, { a: { b: 1, c: 2 } });
    assert.deepEqual(await updateConfig(settings, section, { a: { b: null }, d: "ä" }), { a: { c: 2 }, d: "ä" });
    await setConfig(settings, section, { e: [1] });
    assert.deepEqual(await getConfig(settings, section), { e: [1] });
    await setConfig(settings, section, {});
    assert.deepEqual(await getConfig(settings, "never_written"), {});
  });

  itSince2("resolves paths", async () => {
    const { path } = await newUntitled(settings, "", { type: "file", ext: ".txt" });
    const { resolved } = await resolvePath(settings, path);
    assert.deepEqual(
      resolved.map((each) => [each.scope, each.path]),
      [["server", path]],
    );
    const nowhere = await resolvePath(settings, "no/where", "00000000-0000-4000-8000-000000000000");
    assert.deepEqual([nowhere.resolved, nowhere.unresolved.map(({ scope }) => scope)], [[], ["kernel"]]);
    await deleteContents(settings, path);
  });

  it("keeps JupyterLab's settings", async () => {
    const id = "@jupyterlab/apputils-extension:themes";
    const ids = await listLabSettingIds(settings);
    assert.ok(ids.includes(id));
    assert.equal((await listLabSettings(settings)).length, ids.length);
    await setLabSetting(settings, id, '{ "theme": "JupyterLab Dark" } // ä');
    const setting = await getLabSetting(settings, id);
    assert.deepEqual([setting.settings, setting.raw], [{ theme: "JupyterLab Dark" }, '{ "theme": "JupyterLab Dark" } // ä']);
    await setLabSetting(settings, id, "{}");
    await assert.rejects(getLabSetting(settings, "no:pe"), (error) => hasCode(error, "not-found"));
  });

  it("keeps JupyterLab's workspaces", async () => {
    const id = "zoë's #1 & 50 %";
    await saveWorkspace(settings, id, { "layout:x": { data: [1] } });
    const kept = await getWorkspace(settings, id);
    assert.deepEqual([kept.metadata.id, kept.data], [id, { "layout:x": { data: [1] } }]);
    assert.ok((await listWorkspaces(settings)).some(({ metadata }) => metadata.id === id));
    await deleteWorkspace(settings, id);
    assert.deepEqual((await getWorkspace(settings, id)).data, {});
    await assert.rejects(deleteWorkspace(settings, id), (error) => hasCode(error, "not-found"));
  });

  it("converts notebooks, its own and others", async () => {
    const cells = [{ cell_type: "markdown", id: "a", source: "# Größe\n\n<script>x()</script>", metadata: {} }];
    const content = { nbformat: 4, nbformat_minor: 5, metadata: {}, cells };
    assert.equal((await listExporters(settings))["html"]?.output_mimetype, "text/html");
    const name = "50 % #1?.ipynb";
    const { path } = await saveContents(settings, name, { type: "notebook", format: "json", content });
    const page = await convertFile(settings, "html", path, { sanitizeHtml: true });
    assert.equal(page.mimetype, "text/html");
    assert.match(textOf(page), /Größe/);
    assert.equal(textOf(page).includes("<script>x()"), onOldestStack, "old servers sanitize nothing");
    assert.match(textOf(await convertFile(settings, "markdown", path)), /^# Größe/);
    const script = await convertNotebook(settings, "python", { name: "a.ipynb", content });
    assert.match(textOf(script), /# # Größe/);
    await assert.rejects(convertFile(settings, "html", "gone.ipynb"), (error) => hasCode(error, "not-found"));
    await deleteContents(settings, path);
  });

  it("ends when it is told to", async () => {
    const ending = await restSettings("ana", undefined, "ending");
    await shutdownServer(ending);
    await sharedHub().stopServer("ana", "ending", true);
  });

  if (onOldestStack) {
    it("says of what it does not have yet that it is missing", async () => {
      const missing = (asked: Promise<unknown>): Promise<void> => assert.rejects(asked, (error) => hasCode(error, "not-found"));
      await missing(me(settings));
      await missing(updateMe(settings, { color: "red" }));
      await missing(resolvePath(settings, "x"));
      await missing(emitEvent(settings, { schema_id: contentsSchema, version: "1", data: {} }));
      const stream = new EventStream(settings);
      await next(stream.onDidChangeStatus, (status) => status === "stopped", AbortSignal.timeout(bound));
      assert.equal(stream.reason?.code, "not-found");
      stream.dispose();
    });
    return;
  }

  describe("events", () => {
    let stream: EventStream;
    const open = async (of: ServerSettings): Promise<void> => {
      stream = new EventStream(of);
      if (stream.status !== "connected") {
        await next(stream.onDidChangeStatus, (status) => status === "connected", AbortSignal.timeout(bound));
      }
    };
    const event = (accept: (event: ServerEvent) => boolean): Promise<ServerEvent> =>
      next(stream.onEvent, accept, AbortSignal.timeout(bound));
    afterEach(() => stream.dispose());

    it("tell of a kernel's start and end", async () => {
      await open(settings);
      const started = event((each) => asKernelAction(each)?.action === "start");
      const { id } = await startKernel(settings, "python3");
      const action = asKernelAction(await started);
      assert.deepEqual([action?.kernel_id, action?.kernel_name, action?.status], [id, "python3", "success"]);
      const ended = event((each) => asKernelAction(each)?.action === "shutdown");
      await shutdownKernel(settings, id);
      assert.equal(asKernelAction(await ended)?.kernel_id, id);
    });

    it("tell of files, and what others announce", async () => {
      await open(settings);
      const created = event((each) => each.schema_id === contentsSchema && each["action"] === "save");
      const { path } = await newUntitled(settings, "", { type: "file" });
      assert.equal((await created)["path"], path);
      await deleteContents(settings, path);
      const announced = event((each) => each["path"] === "announced ä");
      await emitEvent(settings, { schema_id: contentsSchema, version: "1", data: { action: "copy", path: "announced ä" } });
      assert.equal((await announced).schema_id, contentsSchema);
    });

    it("come again after a loss, which is told", async () => {
      const { proxy, settings: lossy } = await faulty(settings);
      try {
        await open(lossy);
        const missed = next(stream.onDidMiss, () => true, AbortSignal.timeout(bound));
        proxy.cut();
        await missed;
        const announced = event((each) => each["path"] === "after");
        await emitEvent(settings, { schema_id: contentsSchema, version: "1", data: { action: "copy", path: "after" } });
        await announced;
      } finally {
        proxy.close();
      }
    });

    it("say why an announcement is refused", async () => {
      await open(settings);
      const wrong = { schema_id: "https://example.org/none", version: "1", data: {} };
      await assert.rejects(emitEvent(settings, wrong), /none, was not found/);
      const faulty = { schema_id: contentsSchema, version: "1", data: { path: "x" } };
      await assert.rejects(emitEvent(settings, faulty), /action/);
    });
  });
});

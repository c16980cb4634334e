// What the small clients send, and what they make of answers that no test server gives on demand.
import assert from "node:assert/strict";
import { hasCode } from "../../../../src/base/errors";
import { requestBytes } from "../../../../src/services/rest/bytes";
import { updateConfig } from "../../../../src/services/rest/config";
import { asKernelAction, EventStream, kernelActionsSchema, type ServerEvent } from "../../../../src/services/rest/events";
import { me } from "../../../../src/services/rest/identity";
import { getKernelSpec, kernelSpecResource } from "../../../../src/services/rest/kernelSpec";
import { getLabSetting } from "../../../../src/services/rest/labSettings";
import { convertFile } from "../../../../src/services/rest/nbconvert";
import { resourceUsage } from "../../../../src/services/rest/resourceUsage";
import { resolvePath } from "../../../../src/services/rest/resolvePath";
import { serverStatus } from "../../../../src/services/rest/status";
import { serverVersion } from "../../../../src/services/rest/version";
import { getWorkspace, saveWorkspace } from "../../../../src/services/rest/workspaces";
import { next } from "../../../../src/base/event";
import { answering } from "./answers";
import { SocketServer } from "./socketServer";

describe("rest clients", () => {
  it("ask for a version without the slash that servers redirect, and without a token", async () => {
    let token: unknown = "none yet";
    const { settings, sent } = answering(() => ({ json: { version: "2.21.1", extra: 1 } }));
    const fetch: typeof settings.fetch = (url, init) => {
      token = (init.headers as Record<string, string> | undefined)?.["Authorization"];
      return settings.fetch(url, init);
    };
    assert.equal(await serverVersion({ ...settings, fetch }), "2.21.1");
    assert.deepEqual([sent[0]?.path, token], ["api", undefined]);
  });

  it("fill in what old servers leave out", async () => {
    const { settings } = answering(({ path }) => ({ json: path === "api/status" ? {} : { identity: { username: "ana" } } }));
    assert.deepEqual(await serverStatus(settings), { connections: 0, kernels: 0 });
    const { identity, permissions } = await me(settings);
    assert.deepEqual([identity.username, identity.display_name, permissions], ["ana", null, {}]);
  });

  it("tell what a server uses, as every version of jupyter-resource-usage says it", async () => {
    const none = { memoryLimit: undefined, cores: undefined, coreLimit: undefined };
    for (const [json, expected] of [
      [
        { rss: 100, limits: {} },
        { memory: 100, ...none },
      ],
      [
        { rss: 100, pss: 60, limits: { memory: { rss: 0, pss: 0 } } },
        { memory: 60, ...none },
      ],
      [
        { rss: 100, limits: { memory: { rss: 400, warn: false } } },
        { memory: 100, ...none, memoryLimit: 400 },
      ],
      [
        { rss: 1, limits: { cpu: { cpu: 2 } }, cpu_percent: 150, cpu_count: 4 },
        { memory: 1, ...none, cores: 1.5, coreLimit: 2 },
      ],
    ] as const) {
      const { settings, sent } = answering(() => ({ json }));
      assert.deepEqual(await resourceUsage(settings), expected);
      assert.equal(sent[0]?.path, "api/metrics/v1");
    }
    const { settings } = answering(() => ({ status: 404, json: { message: "Not Found" } }));
    await assert.rejects(resourceUsage(settings), (error) => hasCode(error, "not-found"));
  });

  it("put questions into queries", async () => {
    const { settings, sent } = answering(() => ({ json: { identity: { username: "ana" }, resolved: [] } }));
    await me(settings, { contents: ["read"] });
    await resolvePath(settings, "a b&c", "k");
    await resolvePath(settings, "a");
    const queries = sent.map(({ path }) => Object.fromEntries(new URL(path, "http://x").searchParams));
    assert.deepEqual(queries, [{ permissions: '{"contents":["read"]}' }, { path: "a b&c", kernel: "k" }, { path: "a" }]);
  });

  it("percent-encode names", async () => {
    const { settings, sent } = answering(() => ({ json: { id: "x", data: {}, metadata: { id: "x" } } }));
    await updateConfig(settings, "a/b", { x: null });
    await getLabSetting(settings, "@jupyterlab/a:b c");
    await getWorkspace(settings, "a b/c?");
    await saveWorkspace(settings, "a b/c?", { y: 1 });
    await convertFile(settings, "html", "d/a b.ipynb", { sanitizeHtml: true });
    assert.deepEqual(
      sent.map(({ path }) => path),
      [
        "api/config/a%2Fb",
        "lab/api/settings/%40jupyterlab/a%3Ab%20c",
        "lab/api/workspaces/a%20b/c%3F",
        "lab/api/workspaces/a%20b/c%3F",
        "nbconvert/html/d/a%20b.ipynb?download=true&sanitize_html=true",
      ],
    );
    assert.deepEqual(sent[3]?.body, { data: { y: 1 }, metadata: { id: "a b/c?" } });
  });

  it("give a page that was asked for as data, and an error page as an error", async () => {
    const page = "<html><title>Nö</title></html>";
    const { settings } = answering(({ path }) => ({ status: path === "good" ? 200 : 404, text: page, type: "text/html; charset=utf-8" }));
    const { bytes, mimetype } = await requestBytes(settings, "good");
    assert.deepEqual([Buffer.from(bytes).toString("utf8"), mimetype], [page, "text/html"]);
    await assert.rejects(requestBytes(settings, "bad"), (error) => hasCode(error, "not-found") && /Nö/.test(error.message));
  });

  it("send the token to no other place for a kernel's logo", async () => {
    const { settings, sent } = answering(() => ({ text: "png", type: "image/png" }));
    assert.equal((await kernelSpecResource(settings, "/user/ana/kernelspecs/x/logo%20a.png?v=1")).mimetype, "image/png");
    assert.equal(sent[0]?.path, "kernelspecs/x/logo%20a.png?v=1");
    const inside = ["/user/ana/http://evil.example.org/logo.png", "/user/ana///evil.example.org/logo.png"];
    for (const resource of inside) await kernelSpecResource(settings, resource);
    assert.deepEqual(
      sent.slice(1).map(({ path }) => path),
      ["http://evil.example.org/logo.png", "//evil.example.org/logo.png"],
    );
    for (const other of ["//evil.example.org/user/ana/x", "http://evil.example.org/", "/user/bob/x", "/user/ana/../bob/x", "http://"]) {
      await assert.rejects(kernelSpecResource(settings, other), (error) => hasCode(error, "address"), other);
    }
    assert.equal(sent.length, 3);
  });

  it("refuse a kernel spec that is none", async () => {
    const { settings } = answering(() => ({ json: { name: "x" } }));
    await assert.rejects(getKernelSpec(settings, "x"), (error) => hasCode(error, "invalid-response"));
  });
});

describe("server events", () => {
  it("are read one by one, and a loss is told", async () => {
    const event = { schema_id: kernelActionsSchema, action: "start", kernel_id: "k", more: 1 };
    const server = await SocketServer.start((attempt) => (ws) => {
      for (const frame of ["x", "{}", JSON.stringify({ ...event, msg: `${attempt}` })]) ws.send(frame);
      if (attempt === 0) ws.close(1001);
    });
    const stream = new EventStream(server.settings());
    try {
      const events: ServerEvent[] = [];
      let missed = 0;
      stream.onEvent((each) => events.push(each));
      stream.onDidMiss(() => missed++);
      await next(stream.onEvent, (each) => each["msg"] === "1", AbortSignal.timeout(5_000));
      assert.deepEqual([events.map(({ msg }) => msg), missed], [["0", "1"], 1]);
      assert.equal(events[0] && asKernelAction(events[0])?.action, "start");
    } finally {
      stream.dispose();
      await server.stop();
    }
  });

  it("are kernel actions only by their schema", () => {
    assert.equal(asKernelAction({ schema_id: "https://example.org/other", action: "start" }), undefined);
    assert.equal(asKernelAction({ schema_id: kernelActionsSchema }), undefined);
  });
});

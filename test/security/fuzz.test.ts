// Every reader of what a peer sends: it gives something or one of our errors, and takes little time and memory.
import assert from "node:assert/strict";
import fc from "fast-check";
import { ProductError } from "../../src/base/errors";
import { Redactor, redactingLogger } from "../../src/base/log";
import { parseAddress } from "../../src/hub/signIn/address";
import { HubClient } from "../../src/hub/api/client";
import { findHub } from "../../src/hub/signIn/findHub";
import { logIn, readSpawnForm } from "../../src/hub/pages/pages";
import { authenticatePlainServer, findPlainServer } from "../../src/hub/api/plainServer";
import { readSecret, secretsIn } from "../../src/hub/account/tokenRecord";
import { parseSpawnForm, preselecting, problemOn, userOptionsOf } from "../../src/hub/pages/spawnForm";
import { readLoginPage } from "../../src/hub/signIn/loginMethods";
import { callAt, signatureOf } from "../../src/notebook/help/callSignature";
import { completionsOf } from "../../src/notebook/help/completions";
import { DisplayIds } from "../../src/notebook/outputs/displayIds";
import { inspectionMarkdown } from "../../src/notebook/help/inspection";
import { decodeRecords, encodeRecord, journaledStateOf } from "../../src/notebook/run/journal";
import { OutputModel } from "../../src/notebook/outputs/outputModel";
import { nextInputOf, pageOf } from "../../src/notebook/run/payloads";
import { rateLimitNotice } from "../../src/notebook/run/rateLimit";
import { StreamText } from "../../src/notebook/text/streamText";
import { listCheckpoints } from "../../src/services/contents/checkpoints";
import { getContents, getFile, getNotebook, listDirectory } from "../../src/services/contents/client";
import { fileBytes } from "../../src/services/contents/model";
import { decode, encode, v1Protocol } from "../../src/services/kernel/codec";
import { listKernels } from "../../src/services/kernel/client";
import { LossDetector } from "../../src/services/kernel/delivery/lossDetector";
import {
  completeReplyContent,
  contentOf,
  createMessage,
  executeReplyContent,
  inspectReplyContent,
  kernelInfoContent,
  weightOf,
  type Message,
} from "../../src/services/kernel/messages";
import { listKernelSpecs } from "../../src/services/kernelspec/client";
import { getConfig } from "../../src/services/rest/config";
import { asKernelAction, readEvent } from "../../src/services/rest/events";
import { me } from "../../src/services/rest/identity";
import { getKernelSpec, kernelSpecResource } from "../../src/services/rest/kernelSpec";
import { listLabSettings } from "../../src/services/rest/labSettings";
import { resourceUsage } from "../../src/services/rest/resourceUsage";
import { serverStatus } from "../../src/services/rest/status";
import { listWorkspaces } from "../../src/services/rest/workspaces";
import { listSessions } from "../../src/services/session/client";
import { listTerminals } from "../../src/services/terminal/client";
import { readTerminalMessage } from "../../src/services/terminal/model";
import { eventsIn } from "../../src/transport/eventStream";
import { retryAfterMs } from "../../src/transport/http";
import { reasonIn, statusError } from "../../src/transport/httpErrors";
import { serverSettings, type ServerSettings } from "../../src/transport/settings";
import { heldNow, peakNow, timeOf } from "./support/cost";
import { faulty, faultyJson, textOf } from "./support/hostile";

const cases = 10_000;
/** Milliseconds for one case. */
const patience = 100;
/** MB for one case, and to be held after all of them. */
const room = 50;

/** Fails for anything thrown that is none of ours. */
function ours(error: unknown): undefined {
  if (!(error instanceof ProductError)) throw error;
  return undefined;
}

/** Runs `read` on 10,000 inputs. */
async function fuzz<T>(input: fc.Arbitrary<T>, read: (input: T) => unknown): Promise<void> {
  const attempt = async (value: T): Promise<void> => {
    try {
      const result = read(value);
      if (result instanceof Promise) await result;
    } catch (error) {
      ours(error);
    }
  };
  const before = await heldNow();
  const property = fc.asyncProperty(input, async (value) => {
    const [start, peak] = [performance.now(), peakNow()];
    await attempt(value);
    const grown = peakNow() - peak;
    assert.ok(grown < room, `${grown} MB`);
    if (performance.now() - start < patience) return;
    // The machine is busy, or the reader slow.
    const took = timeOf(() => void attempt(value), patience);
    assert.ok(took < patience, `${took} ms`);
  });
  await fc.assert(property, { numRuns: cases });
  const held = (await heldNow()) - before;
  assert.ok(held < room, `${held} MB are held`);
}

/** A server that answers everything with this. */
function answering(text: string, status = 200, headers: Record<string, string | string[]> = {}): ServerSettings {
  const get = (name: string): string | null => headers[name.toLowerCase()]?.toString() ?? null;
  const cookies = [headers["set-cookie"] ?? []].flat();
  return serverSettings({
    baseUrl: "http://127.0.0.1/hub/",
    label: "ana @ hub",
    token: "good",
    timeouts: { retry: 0 },
    fetch: async () => ({
      status,
      ok: status >= 200 && status < 300,
      headers: { get, getSetCookie: () => cookies },
      body: [Buffer.from(text)] as never,
    }),
  });
}

const statuses = fc.constantFrom(200, 201, 202, 204, 302, 400, 401, 403, 404, 407, 409, 410, 413, 424);
const server = {
  name: "",
  ready: true,
  pending: null,
  url: "/user/ana/",
  full_url: null,
  user_options: { profile: "gpu" },
  started: "2026-01-01T00:00:00Z",
};
const user = {
  name: "ana",
  kind: "user",
  admin: false,
  groups: ["g"],
  servers: { "": server, gpu: server },
  scopes: ["s"],
  token_id: "a1",
};
const kernel = { id: "k1", name: "python3", last_activity: "2026-01-01T00:00:00Z", execution_state: "idle", connections: 1 };
const spec = {
  name: "python3",
  spec: { display_name: "Python", language: "python", argv: ["python"], metadata: {} },
  resources: { "logo-svg": "/user/ana/kernelspecs/python3/logo.svg" },
};
const entry = {
  name: "a.txt",
  path: "a.txt",
  type: "file",
  writable: true,
  created: "2026-01-01T00:00:00Z",
  last_modified: "2026-01-01T00:00:00Z",
  size: 3,
  mimetype: null,
  format: "text",
  content: "abc",
};
const cell = { cell_type: "code", source: ["1"], metadata: {}, outputs: [] };
const notebook = { ...entry, type: "notebook", format: "json", content: { nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [cell] } };

/** Answers of the REST APIs: what is good, and who reads it. */
const answers: readonly (readonly [what: string, good: unknown, read: (settings: ServerSettings) => unknown])[] = [
  [
    "which hub it is",
    { version: "6.1.0" },
    async (at) => [await new HubClient(at).info(), await findHub(parseAddress(at.baseUrl.href), { fetch: at.fetch })],
  ],
  ["a hub's user and servers", user, async (at) => [await new HubClient(at).user(), await new HubClient(at).getServers("ana")]],
  [
    "shares of a hub",
    { items: [{ server: { ...server, user: { name: "bob" } }, scopes: [] }] },
    (at) => new HubClient(at).sharedServers("ana"),
  ],
  [
    "tokens of a hub",
    { api_tokens: [{ id: "a1", note: "x", scopes: [], created: "", expires_at: null }] },
    (at) => new HubClient(at).getTokens("ana"),
  ],
  ["a new token of a hub", { id: "a1", token: "t", user: "ana", scopes: [] }, (at) => new HubClient(at).createToken("ana", { note: "x" })],
  [
    "a server that is no hub's",
    { version: "2.17", started: "", last_activity: "" },
    (at) => findPlainServer(parseAddress(at.baseUrl.href), { fetch: at.fetch }),
  ],
  ["kernels", [kernel, kernel], (at) => listKernels(at)],
  ["sessions", [{ id: "s1", path: "a.ipynb", name: "", type: "notebook", kernel }], (at) => listSessions(at)],
  ["kernel specs", { default: "python3", kernelspecs: { python3: spec, r: spec } }, (at) => listKernelSpecs(at)],
  ["a kernel spec", spec, async (at) => kernelSpecResource(at, (await getKernelSpec(at, "python3")).resources["logo-svg"] ?? "")],
  ["terminals", [{ name: "1", last_activity: "" }], (at) => listTerminals(at)],
  ["a file", entry, async (at) => [fileBytes(await getFile(at, "a.txt")), await getContents(at, "a.txt")]],
  ["a notebook", notebook, (at) => getNotebook(at, "a.ipynb")],
  ["a directory", { ...entry, type: "directory", content: [entry, entry] }, (at) => listDirectory(at, "")],
  ["checkpoints", [{ id: "c", last_modified: "2026-01-01T00:00:00Z" }], (at) => listCheckpoints(at, "a.txt")],
  [
    "the rest of a server",
    { started: "", kernels: 1, identity: { username: "a" }, permissions: {}, rss: 1, limits: { memory: { rss: 1 } } },
    async (at) => [await serverStatus(at), await me(at), await resourceUsage(at)],
  ],
  [
    "what JupyterLab keeps",
    { settings: [{ id: "a", raw: "{}", settings: {}, schema: {} }], workspaces: { values: [{ data: {}, metadata: { id: "a" } }] } },
    async (at) => [await getConfig(at, "a"), await listLabSettings(at), await listWorkspaces(at)],
  ],
];

const html = textOf(
  ..."<form |<form id=spawn_form>|<form id=spawn_form action=/spawn>|</form>|<input |<input name=username>|<input type=password name=password>|<input name=profile type=radio value=gpu>|<select name=image>|<select name=profile-option-gpu--x>|</select>".split(
    "|",
  ),
  ..."<option value=1>|<option selected>|<label for=x>|<label>|</label>|<p>|<h3>|</h3>|<a href=/login>|id=x|type=hidden|name=_xsrf|pattern=(a+)+b|data-name=x--unlisted-choice|class=spawn-error-msg|>|<!--|-->|<![CDATA[|<script>|</script>|<svg>|&amp;|&#x41;|action=//evil.example.org/|action=http://[|<title>|</title>|<br/>|</p>".split(
    "|",
  ),
);
const output = textOf(
  ..."\r|\b|\n|\t|\x1b[A|\x1b[999B|\x1b[999C|\x1b[D|\x1b[500G|\x1b[K|\x1b[1K|\x1b[2K|\x1b[0m|\x1b[31m|\x1b[38;5;9m|\x1b[1;2;3;4;5m|\x1b[?25l|\x1b[|\x1b]8;;http://x\x07|é|e\u0301|\u200d".split(
    "|",
  ),
);

const message = (type: string, content: Message["content"], channel: Message["channel"] = "iopub"): Message =>
  createMessage("kernel", channel, type, content, { parent: { msg_id: "p", msg_type: "execute_request" } });
const bundle = {
  data: { "text/plain": ["a", "b"], "text/html": "<b>", "application/json": { a: [1] }, "image/png": "aGk=" },
  metadata: { "image/png": { width: 1 } },
  transient: { display_id: "d" },
};
const outputs: readonly Message[] = [
  message("stream", { name: "stdout", text: "IOPub data rate exceeded.\nServerApp.iopub_data_rate_limit=1000" }),
  message("display_data", bundle),
  message("update_display_data", bundle),
  message("execute_result", { ...bundle, execution_count: 1 }),
  message("error", { ename: "E", evalue: "v", traceback: ["t"] }),
  message("clear_output", { wait: true }),
  message("status", { execution_state: "busy" }),
];
const inspect = {
  status: "ok",
  found: true,
  data: { "text/plain": "\x1b[31mSignature:\x1b[0m f(a, *, b=',', **c)\n\x1b[31mDocstring:\x1b[0m x" },
  metadata: {},
};
const complete = {
  status: "ok",
  matches: ["a.b"],
  cursor_start: 0,
  cursor_end: 1,
  metadata: { _jupyter_types_experimental: [{ text: "a.b", start: 0, end: 1, type: "function", signature: "(x)" }] },
};
const executed = {
  status: "ok",
  execution_count: 1,
  payload: [
    { source: "page", data: { "text/plain": "x" } },
    { source: "set_next_input", text: "x", replace: false },
  ],
};
const info = {
  status: "ok",
  protocol_version: "5.3",
  implementation: "x",
  banner: "",
  language_info: { name: "python", version: "3", codemirror_mode: { name: "x" } },
  supported_features: [],
};

/** Good frames with wrong numbers in them. */
const frames = fc
  .tuple(fc.nat(outputs.length - 1), fc.boolean(), fc.array(fc.tuple(fc.nat(600), fc.nat(255)), { maxLength: 3 }), fc.nat(700))
  .map(([index, withBuffers, changes, cut]) => {
    const good = encode(
      { ...(outputs[index] ?? message("x", {})), buffers: withBuffers ? [Buffer.from("buffer"), Buffer.alloc(3)] : [] },
      v1Protocol,
    );
    const bytes = Buffer.from(good);
    for (const [at, value] of changes) bytes[at % bytes.length] = value;
    return cut < 100 ? bytes.subarray(0, cut) : bytes;
  });
const record = { kind: "queued", id: "a", cell: { id: "c", index: 0 }, code: "1", batch: 1 } as const;

describe("10,000 inputs of a peer", function () {
  this.timeout(120_000);

  for (const [what, good, read] of answers) {
    it(`for ${what}`, () => fuzz(fc.tuple(faultyJson(good), statuses), ([text, status]) => read(answering(text, status))));
  }

  it("for errors", () =>
    fuzz(
      fc.tuple(
        fc.oneof(html, faultyJson({ message: "no", reason: "x" }), textOf("<title>", "</title>", " ", "server is not running")),
        statuses,
        textOf("/hub/user", "/login", "?"),
      ),
      ([text, status, location]) => {
        const headers = { get: (name: string): string | null => (name === "location" ? location : null) };
        assert.ok(reasonIn(text).length <= 300);
        assert.ok(statusError(answering(""), "api/x", { status, headers, text }).message.length < 1_000);
      },
    ));

  it("for what a start was answered", () =>
    fuzz(
      fc.tuple(faultyJson({ message: "x is pending" }), fc.constantFrom(201, 202, 400, 429, 500), textOf("1", "-", "e9", "Jan 2026")),
      async ([text, status, after]) => {
        const answer = await new HubClient(answering(text, status, { "retry-after": after })).startServer("ana", "gpu");
        await new HubClient(answering(text, status)).stopServer("ana", "gpu");
        return answer;
      },
    ));

  it("for pauses", () =>
    fuzz(textOf("1", "-", "e9", "Infinity", "Jan 2026", "NaN", "0x1"), (text) => {
      const ms = retryAfterMs(text) ?? 0;
      assert.ok(ms >= 0 && ms <= 30_000);
    }));

  it("for sign-in and spawn pages", () =>
    fuzz(html, (text) => {
      readLoginPage(text);
      problemOn(text);
      const form = parseSpawnForm(text);
      for (const profile of form ? preselecting(form, { profile: "gpu", image: "1" }).profiles : []) userOptionsOf(profile, new Map());
    }));

  it("for cookies, places and forms of pages", () =>
    fuzz(
      fc.tuple(
        html,
        fc.constantFrom(200, 302, 403),
        textOf("_xsrf=1", ";", "=", " Max-Age=0", " expires=", "jupyterhub-hub-login=x"),
        textOf("/hub/", "//", "http://[", "login", "user/", ":", "@"),
      ),
      async ([text, status, cookie, location]) => {
        const at = answering(text, status, { "set-cookie": [cookie, cookie], location });
        for (const read of [
          () => logIn(at, "ana", "secret"),
          () => readSpawnForm(at, cookie, "ana", "gpu"),
          () => authenticatePlainServer(at, "secret"),
          () => findHub(parseAddress("http://127.0.0.1/"), { fetch: at.fetch }),
        ]) {
          await read().catch(ours);
        }
      },
    ));

  it("for events of a spawn", () =>
    fuzz(
      fc.oneof(
        textOf("data:", "data: {}", "\n\n", "\r\n", "event: x", "id: \0", "retry: 1", ":"),
        faultyJson({ progress: 1, message: "x", ready: false }).map((text) => `data: ${text}\n\n`),
      ),
      async (text) => {
        for await (const event of new HubClient(answering(text)).progress("ana", "")) assert.equal(typeof event.message, "string");
        for await (const data of eventsIn(chunks(text), "It answered")) assert.ok(data.length <= 65_536);
      },
    ));

  it("for frames of a kernel", () =>
    fuzz(
      fc.oneof(
        frames,
        frames.map((bytes) => bytes.toString("latin1")),
        fc.uint8Array({ maxLength: 80 }),
      ),
      (frame) => {
        for (const protocol of [v1Protocol, ""]) {
          try {
            const read = decode(frame, protocol);
            weightOf(read);
            encode(read, protocol);
          } catch (error) {
            ours(error);
          }
        }
      },
    ));

  it("for messages as JSON", () =>
    fuzz(faultyJson({ ...message("stream", { name: "stdout", text: "x" }), buffers: [] }), (text) => weightOf(decode(text, ""))));

  it("for outputs", () =>
    fuzz(
      fc.array(
        fc.nat(outputs.length - 1).chain((index) => faulty(outputs[index]?.content).map((content) => ({ ...outputs[index], content }))),
        { maxLength: 4 },
      ),
      (messages) => {
        const model = new OutputModel({ cell: "c", replace: () => undefined }, new DisplayIds());
        for (const each of messages) {
          try {
            const received = decode(JSON.stringify(each), "");
            rateLimitNotice(received);
            for (const change of model.apply(received))
              if ("output" in change) for (const { data } of change.output.items) assert.ok(data.byteLength >= 0);
          } catch (error) {
            ours(error);
          }
        }
      },
    ));

  it("for text of outputs", () =>
    fuzz(fc.array(output, { maxLength: 3 }), (texts) => {
      const stream = new StreamText();
      for (const text of texts) stream.append(text);
      assert.ok(stream.text.length <= 300_000 + 10 * texts.join("").length);
    }));

  it("for documentation and signatures", () =>
    fuzz(
      fc.tuple(faulty(inspect), textOf("\x1b[31m", "Signature:", "\x1b[0m", "f(", ")", ",", "=", "*", "\x08", "`", "::")),
      ([content, text]) => {
        for (const each of [content, { ...inspect, data: { "text/plain": text } }]) {
          try {
            const reply = contentOf(message("inspect_reply", each as Message["content"], "shell"), inspectReplyContent);
            inspectionMarkdown(reply, "python");
            signatureOf(reply, { callee: "f", index: 1, keyword: "b" });
          } catch (error) {
            ours(error);
          }
        }
      },
    ));

  it("for the code around a cursor", () =>
    fuzz(fc.tuple(textOf("f(", ")", ",", "::", '"""', "'", "#", "//", "[", "]", "{", "}", "=", "ä", "𝑥"), fc.nat(200)), ([code, cursor]) =>
      callAt(code, cursor, "python"),
    ));

  it("for suggestions", () =>
    fuzz(fc.tuple(faulty(complete), textOf("a.b", "😀", ".")), ([content, code]) =>
      completionsOf(contentOf(message("complete_reply", content as Message["content"], "shell"), completeReplyContent), code, code.length),
    ));

  it("for replies and what a kernel is", () =>
    fuzz(fc.tuple(faulty(executed), faulty(info)), ([reply, about]) => {
      try {
        contentOf(message("kernel_info_reply", about as Message["content"], "shell"), kernelInfoContent);
      } catch (error) {
        ours(error);
      }
      const read = contentOf(message("execute_reply", reply as Message["content"], "shell"), executeReplyContent);
      return [pageOf(read), nextInputOf(read)];
    }));

  it("for numbers of messages", () =>
    fuzz(
      fc.array(fc.tuple(textOf("s_1_", "_", "1", "9007199254740993", "0"), fc.constantFrom("busy", "idle"), fc.boolean()), {
        maxLength: 8,
      }),
      (received) => {
        const continuity = new LossDetector({ clientId: "c", isOwn: (id) => id === "own", missed: () => undefined });
        continuity.connectionLost();
        continuity.reconnected();
        for (const [id, state, own] of received) {
          const status = message("status", { execution_state: state });
          continuity.received({ ...status, header: { ...status.header, msg_id: id }, parent_header: { msg_id: own ? "own" : "other" } });
        }
        continuity.ended({ ...message("execute_request", {}).header, msg_id: "own" });
        continuity.dispose();
      },
    ));

  it("for events of a server", () =>
    fuzz(
      faultyJson({ schema_id: "https://events.jupyter.org/jupyter_server/kernel_actions/v1", action: "start", kernel_id: "k" }),
      (text) => asKernelAction(readEvent(text)),
    ));

  it("for messages of terminals", () =>
    fuzz(fc.oneof(faultyJson(["stdout", "x"]), faultyJson(["disconnect", 1]), textOf("[", '"stdout"', ",")), (text) =>
      readTerminalMessage(text),
    ));

  it("for records of journals", () =>
    fuzz(fc.tuple(fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 4 }), frames, faultyJson(record)), ([changes, frame, json]) => {
      const good = [
        encodeRecord(record),
        encodeRecord({ kind: "message", at: 1, message: outputs[0] ?? message("x", {}) }),
        frameOf(1, Buffer.concat([Buffer.alloc(8), frame])),
        frameOf(0, Buffer.from(json)),
      ];
      const bytes = Buffer.concat(good);
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      journaledStateOf(decodeRecords(bytes), () => undefined);
    }));

  it("for addresses", () =>
    fuzz(
      textOf(
        "https://",
        "http://",
        "hub.example.org",
        "/hub/",
        "/user/ana",
        "?token=x",
        "#",
        "@",
        "//",
        "\\",
        ":",
        "[::1]",
        "%2e",
        "(",
        "»",
        "&next=%2Fuser%2F",
      ),
      (text) => {
        const { candidates } = parseAddress(text);
        assert.ok(candidates.length <= 9);
      },
    ));

  it("for stored secrets", () =>
    fuzz(faultyJson({ token: "t", origin: "minted", scopes: [], createdAt: 1 }), (text) => [readSecret(text), secretsIn(text)]));

  it("for the log", () => {
    const redactor = new Redactor();
    redactor.add("hush-hush");
    const log = redactingLogger(redactor, (_, line) => assert.ok(line.length <= 8_300 && !line.includes("hush-hush")));
    const text = textOf("authorization", ":", "bearer ", "token=", "hush-hush", "hush-", "://a:", "@", '"token": "', "'", "[");
    return fuzz(fc.tuple(text, faulty({ text: "hush-hush", why: [1] })), ([line, detail]) => log.info(line.repeat(20), detail));
  });
});

async function* chunks(text: string): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += 7) yield text.slice(at, at + 7);
}

/** A journal's record, whatever is in it. */
function frameOf(kind: number, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32LE(body.length + 1);
  head.writeUInt8(kind, 4);
  return Buffer.concat([head, body]);
}

// Words of strangers: certificates, hubs, errors and log lines. None becomes a link, hides anything, or forges a line.
import assert from "node:assert/strict";
import { Agent, createServer as createTlsServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { createSecureContext, type TLSSocket } from "node:tls";
import { ProductError, messageOf, type ErrorCode } from "../../src/base/errors";
import { Redactor, redactingLogger } from "../../src/base/log";
import { request } from "../../src/transport/http";
import { openSocket } from "../../src/transport/socket";
import { serverSettings, type ServerSettings, type ServerSettingsOptions } from "../../src/transport/settings";
import { makeAuthority, type Certificate } from "../harness/certificates";
import { failure } from "../harness/failure";
import { Loopback } from "../unit/transport/loopback";

const command = '[Show it](command:workbench.action.createTerminalEditor?{"config":{"executable":"/bin/sh"}})';
const turned = "\u202Egro.elpmaxe.buh\u2066";
const deaf = { message: () => undefined, closed: () => undefined };

/** What VS Code takes for a link or an icon, and what nobody sees. */
const dangerous = /\]\(|\$\(|[\p{Cc}\p{Bidi_Control}\u200B\uFEFF]/u;

async function refusal(settings: ServerSettings, code: ErrorCode): Promise<string> {
  const { message } = await failure(request(settings, "api"), code);
  assert.doesNotMatch(message, dangerous);
  return message;
}

describe("a certificate that is refused", () => {
  const servers: Server[] = [];
  /** Whether each connection has shown a certificate of the client. */
  const shown: boolean[] = [];
  afterEach(async () => {
    shown.length = 0;
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve).closeAllConnections());
  });

  const serve = async (certificate: Certificate, options: Partial<ServerSettingsOptions> = {}): Promise<ServerSettings> => {
    // With this version the server knows of the client's certificate before the client can leave.
    const server = createTlsServer({ ...certificate, maxVersion: "TLSv1.2", requestCert: true, rejectUnauthorized: false }, (_, response) =>
      response.end("[]"),
    );
    server.on("secureConnection", (socket: TLSSocket) => shown.push(Object.keys(socket.getPeerCertificate()).length > 0));
    servers.push(server);
    await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
    const { port } = server.address() as AddressInfo;
    return serverSettings({ baseUrl: `https://127.0.0.1:${port}/`, label: "hub.example.org", timeouts: { retry: 1 }, ...options });
  };

  it("has names of letters and digits only, whatever it says", async () => {
    const settings = await serve(makeAuthority(`${command}${turned}`).issue({ name: command, hosts: [command, "hub.example.org"] }));
    const message = await refusal(settings, "certificate");
    assert.match(message, /made out to “Show itcommand:workbench[^”]*”, “hub\.example\.org”, signed by “Show itcommand:workbench[^”]*”/);
    for (const [, name = ""] of message.matchAll(/“([^”]*)”/g)) assert.ok(name.length <= 64, name);
    assert.equal((await failure(openSocket(settings, "api/x", deaf), "certificate")).message, message);
  });

  it("has names in any script, as they are", async () => {
    const settings = await serve(makeAuthority("Université d’Été – जामिया جامعة 大学 CA-2").issue({ name: "hub" }));
    assert.match(await refusal(settings, "certificate"), /made out to “hub”, signed by “Université dÉté जामिया جامعة 大学 CA-2”/);
  });

  it("has few names of many, and short ones of long", async () => {
    const hosts = Array.from({ length: 500 }, (_, index) => `${"x".repeat(100)}${index}.example.org`);
    const settings = await serve(makeAuthority("y".repeat(5_000)).issue({ name: "hub", hosts }));
    const message = await refusal(settings, "certificate");
    assert.equal(message.match(/“x{63}…”/g)?.length, 5);
    assert.match(message, /, \d+ more, signed by “y{63}…” and valid.*caFile of this hub/);
    assert.ok(message.length < 1_000);
  });

  it("says that there is something where nothing can be shown of a name", async () => {
    assert.match(await refusal(await serve(makeAuthority("()[]“”").issue({ name: "(" })), "certificate"), /made out to “…”, signed by “…”/);
  });

  it("is looked at without showing a certificate of ours", async () => {
    const ana = makeAuthority("Clients").issue({ name: "ana" });
    const unknown = makeAuthority("Unknown").issue({ name: "hub", hosts: ["127.0.0.1"] });
    for (const extra of [{}, { ca: makeAuthority("Another").cert }]) {
      const options = { ...ana, ...extra };
      const settings = await serve(unknown, { tls: () => Promise.resolve({ ...options, secureContext: createSecureContext(options) }) });
      const first = await refusal(settings, "certificate");
      assert.match(first, /made out to “127\.0\.0\.1”/);
      assert.equal((await failure(openSocket(settings, "api/x", deaf), "certificate")).message, first);
      // The request itself shows it: a client's certificate goes out before Node has looked at the server's.
      assert.deepEqual(shown.splice(0), [true, false, true, false]);
    }
  });

  it("is not looked at through an agent that shows a certificate with every request", async () => {
    const ana = makeAuthority("Clients").issue({ name: "ana" });
    const settings = await serve(makeAuthority("Unknown").issue({ name: "hub" }), { agent: new Agent(ana) });
    assert.doesNotMatch(await refusal(settings, "certificate"), /made out to/);
    assert.equal(shown.length, 1);
  });
});

describe("what a hub gives as its reason", () => {
  let hub: Loopback;
  before(async () => (hub = await Loopback.start()));
  after(() => hub.stop());

  const reasons: readonly (readonly [what: string, body: string])[] = [
    ["a message", JSON.stringify({ message: `${command}${turned}\u0007` })],
    ["a page's title", `<title>${command}</title>`],
    ["text", `${command}\n${turned}\u001B[2J`],
    ["an icon", JSON.stringify({ message: "$(error) $(sync~spin)" })],
  ];
  for (const [what, body] of reasons) {
    it(`is no link where it is ${what}`, async () => {
      for (const status of [400, 403, 404, 409, 413, 429, 500, 503]) {
        hub.on({ status, body, headers: { "content-type": body.startsWith("<") ? "text/html" : "application/json" } });
        const settings = hub.settings({ timeouts: { retry: 1 } });
        const error = await request(settings, "hub/api/user").then(
          () => assert.fail("it has failed"),
          (reason: unknown) => reason,
        );
        assert.ok(error instanceof ProductError);
        assert.doesNotMatch(error.message, dangerous);
        assert.doesNotMatch(String(error.stack).replaceAll(/\n\s+at .*/g, ""), dangerous);
      }
    });
  }
});

describe("an error", () => {
  it("of ours holds no link, whatever it is made of, also for VS Code to show", () => {
    const error = new ProductError("not-found", `“${command}” is not on ${turned}.\n$(error)`);
    for (const text of [error.message, messageOf(error), String(error)]) assert.doesNotMatch(text, dangerous);
    assert.match(error.message, /Show it.*createTerminalEditor.*is not on gro\.elpmaxe\.buh\. \$\u2060\(error\)$/);
  });
});

describe("a record of the log", () => {
  const records: string[] = [];
  const log = redactingLogger(new Redactor(), (_, text) => records.push(text));
  const forged =
    "all is well\r\n2026-11-30 09:00:00.000 [info] Signed in\u2028[info] forged\u0085\u000B\u001B[1A\u001B[2K\u202Edesrever\u200B";
  beforeEach(() => void records.splice(0));

  it("is one, and shows what is in it, whoever said it", () => {
    log.info(forged);
    log.warn("The hub said", forged);
    log.error("It failed", Object.assign(new Error(forged), { cause: new ProductError("aborted", forged) }));
    log.debug("It said", { message: forged });
    assert.equal(records.length, 4);
    for (const record of records) {
      const [, ...further] = record.split("\n");
      for (const line of further) assert.match(line, /^ {4}/);
      assert.doesNotMatch(record.replaceAll("\n", ""), /[\p{Cc}\p{Bidi_Control}\u200B\u2028]/u);
    }
    assert.match(
      records[0] ?? "",
      /^all is well\n {4}2026.*Signed in\n {4}\[info\] forged\n {4}\n {4}\\u\{1b\}\[1A.*\\u\{202e\}desrever\\u\{200b\}$/,
    );
  });

  it("keeps ordinary text, and the lines of a stack", () => {
    log.info("ana @ hub.example.org: “Übung 1.ipynb”\tحفظ");
    log.error("It failed", new Error("so"));
    assert.equal(records[0], "ana @ hub.example.org: “Übung 1.ipynb”\tحفظ");
    assert.match(records[1] ?? "", /^It failed: Error: so\n {8}at /);
  });
});

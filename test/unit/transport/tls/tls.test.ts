// Private authorities and client certificates, over HTTP and websockets, against real TLS servers on loopback.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createTlsServer, type ServerOptions } from "node:https";
import { tmpdir } from "node:os";
import path from "node:path";
import { request, streamText } from "../../../../src/transport/http";
import { openSocket } from "../../../../src/transport/socket";
import { serverSettings, type ServerSettings } from "../../../../src/transport/settings";
import { TlsFiles, type TlsFileNames } from "../../../../src/transport/tls/tls";
import { makeAuthority } from "../../../harness/certificates";
import { failure } from "../../../harness/failure";
import { Loopback } from "../loopback";

const authority = makeAuthority("Example University CA");
const hosts = ["127.0.0.1", "localhost"];
const good = authority.issue({ name: "hub", hosts });
const ana = authority.issue({ name: "ana" });
const deaf = { message: () => undefined, closed: () => undefined };

describe("TLS", () => {
  let folder: string;
  const servers: Loopback[] = [];
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), "jupyterhub-connect-tls-"))));
  afterEach(async () => {
    rmSync(folder, { recursive: true });
    for (const server of servers.splice(0)) await server.stop();
  });

  const file = (name: string, content: string): string => {
    const where = path.join(folder, name);
    writeFileSync(where, content);
    return where;
  };
  const serve = async (options: ServerOptions): Promise<Loopback> => {
    const server = await Loopback.start((listener) => createTlsServer(options, listener));
    server.on({ body: "[]" });
    server.sockets(() => undefined);
    servers.push(server);
    return server;
  };
  const settingsOf = (server: Loopback, names: TlsFileNames = {}): ServerSettings => {
    const files = new TlsFiles(names, "hub.example.org", true);
    return serverSettings({
      baseUrl: `https://127.0.0.1:${server.port}/`,
      label: "ana @ hub",
      tls: () => files.options(),
      timeouts: { retry: 1 },
    });
  };
  /** A request, a stream and a websocket. */
  const everything = async (settings: ServerSettings): Promise<void> => {
    assert.equal((await request(settings, "api")).text, "[]");
    for await (const text of streamText(settings, "api/stream")) assert.equal(text, "[]");
    (await openSocket(settings, "api/x", deaf)).close();
  };

  it("trusts a configured authority, for requests, streams and websockets", async () => {
    const server = await serve(good);
    await everything(settingsOf(server, { caFile: file("ca.pem", `Our authority:\n${authority.cert}`) }));
  });

  it("goes on trusting the known authorities beside it", async () => {
    const { secureContext, ca } = await new TlsFiles({ caFile: file("ca.pem", authority.cert) }, "hub", false).options();
    assert.ok(secureContext);
    assert.deepEqual(ca, [authority.cert.trim()]);
  });

  it("shows the client's certificate, for requests, streams and websockets", async () => {
    const server = await serve({ ...good, ca: authority.cert, requestCert: true, rejectUnauthorized: true });
    const names = {
      caFile: file("ca.pem", authority.cert),
      clientCertificateFile: file("ana.pem", ana.cert),
      clientKeyFile: file("ana.key", ana.key),
    };
    await everything(settingsOf(server, names));
    const inOneFile = { caFile: names.caFile, clientCertificateFile: file("both.pem", ana.key + ana.cert) };
    await everything(settingsOf(server, inOneFile));
  });

  it("says that the hub wants a certificate of the client", async () => {
    for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
      const server = await serve({ ...good, ca: authority.cert, requestCert: true, rejectUnauthorized: true, maxVersion });
      const settings = settingsOf(server, { caFile: file("ca.pem", authority.cert) });
      const error = await failure(request(settings, "api"), "certificate");
      assert.match(error.message, /ana @ hub has refused the connection: it wants to see a certificate of yours.*clientCertificateFile/);
      await failure(openSocket(settings, "api/x", deaf), "certificate");
    }
  });

  describe("says of a certificate that it refuses", () => {
    const refused = async (certificate: { cert: string; key: string }, names: TlsFileNames = {}): Promise<string> => {
      const server = await serve(certificate);
      const settings = settingsOf(server, names);
      const { message } = await failure(request(settings, "api"), "certificate");
      assert.equal((await failure(openSocket(settings, "api/x", deaf), "certificate")).message, message);
      assert.deepEqual(server.asked, [], "nothing may be sent to a server that is not trusted");
      return message;
    };

    it("that its authority is unknown, its name, and what to do", async () => {
      assert.match(
        await refused(good),
        /^The certificate of ana @ hub was refused: its authority is not known to this computer\. It is made out to “127\.0\.0\.1”, “localhost”, signed by “Example University CA” and valid from \d+ \w+ \d{4} to \d+ \w+ \d{4}\. .*caFile of this hub in the setting jupyterhubConnect\.hubs\.$/,
      );
    });

    it("that it has expired, and when", async () => {
      const old = authority.issue({ name: "hub", hosts, from: new Date("2020-01-01"), until: new Date("2021-02-03") });
      const message = await refused(old, { caFile: file("ca.pem", authority.cert) });
      assert.match(message, /it has expired\. .*valid from 1 Jan 2020 to 3 Feb 2021\. The hub's administrator has to renew it\./);
    });

    it("that it is another host's, and which", async () => {
      const other = authority.issue({ name: "other", hosts: ["other.example.org"] });
      const message = await refused(other, { caFile: file("ca.pem", authority.cert) });
      assert.match(message, /made out to another host\. It is made out to “other\.example\.org”.*Check the address/);
    });

    it("that it is another authority's than the configured one", async () => {
      const message = await refused(good, { caFile: file("ca.pem", makeAuthority("Another").cert) });
      assert.match(message, /authority is not known.*signed by “Example University CA”/);
    });
  });

  it("accepts any certificate only where that is wanted", async () => {
    const server = await serve(good);
    const lax = { ...settingsOf(server), tls: () => Promise.resolve({ rejectUnauthorized: false }) };
    await everything(lax);
    // What was opened without a check serves no request that wants one.
    await failure(request(settingsOf(server), "api"), "certificate");
  });

  it("reads its files again when they have changed", async () => {
    const server = await serve(good);
    const caFile = file("ca.pem", makeAuthority("The old one").cert);
    const settings = settingsOf(server, { caFile });
    await failure(request(settings, "api"), "certificate");
    file("ca.pem", `The new one\n${authority.cert}`);
    await request(settings, "api");
  });

  describe("names a file that cannot be used", () => {
    const cases: [string, () => TlsFileNames, RegExp][] = [
      [
        "missing",
        () => ({ caFile: path.join(folder, "none.pem") }),
        /caFile of hub\.example\.org \(.*none\.pem\) cannot be read: there is no such file\. Check/,
      ],
      ["a folder", () => ({ caFile: folder }), /it is a folder/],
      ["no certificate", () => ({ caFile: file("ca.pem", "hello") }), /holds no certificate in PEM form/],
      [
        "a broken certificate",
        () => ({ caFile: file("ca.pem", `${authority.cert.slice(0, 200)}\n-----END CERTIFICATE-----`) }),
        /certificate that cannot be read/,
      ],
      [
        "a certificate without key",
        () => ({ clientCertificateFile: file("ana.pem", ana.cert) }),
        /clientKeyFile of hub\.example\.org \(.*ana\.pem\) holds no private key/,
      ],
      [
        "a locked key",
        () => ({
          clientCertificateFile: file("a.pem", ana.cert),
          clientKeyFile: file("a.key", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAA\n-----END ENCRYPTED PRIVATE KEY-----"),
        }),
        /locked by a passphrase/,
      ],
      [
        "a broken key",
        () => ({
          clientCertificateFile: file("a.pem", ana.cert),
          clientKeyFile: file("a.key", "-----BEGIN PRIVATE KEY-----\nAA\n-----END PRIVATE KEY-----"),
        }),
        /private key that cannot be read/,
      ],
      [
        "another's key",
        () => ({ clientCertificateFile: file("a.pem", ana.cert), clientKeyFile: file("a.key", good.key) }),
        /is not the key of the certificate/,
      ],
    ];
    for (const [what, names, words] of cases) {
      it(what, async () => {
        const server = await serve(good);
        const { message } = await failure(request(settingsOf(server, names()), "api"), "certificate");
        assert.match(message, words);
        assert.match(message, /Check the hub's entry in your settings\.$/);
        assert.doesNotMatch(message, /BEGIN.*KEY-----\n/);
        await failure(openSocket(settingsOf(server, names()), "api/x", deaf), "certificate");
      });
    }
  });
});

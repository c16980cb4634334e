// A search for passwords, tokens and sessions in everything that is written: log, memory, errors, addresses.
import assert from "node:assert/strict";
import { inspect } from "node:util";
import { Hubs } from "../../src/app/hubs/hubs";
import { Servers } from "../../src/app/servers/servers";
import { Redactor, redactingLogger, type Logger } from "../../src/base/log";
import { readSecret, secretsIn, writeSecret } from "../../src/hub/account/tokenRecord";
import type { TokenTerms } from "../../src/hub/account/mint";
import type { TokenStore } from "../../src/hub/account/account";
import { startFaultProxy, type FaultProxy } from "../harness/faultProxy";
import { startPlainServer } from "../harness/hub/plainServer";
import { sharedHub, stackVersion } from "../harness/hub/shared";
import { waitFor } from "../harness/processes/wait";
import { MemoryPorts, nobody } from "../unit/app/doubles";

const terms: TokenTerms = { note: "JupyterHub Connect in a test", lifetime: 14 * 86_400 };

/** As the extension's ports, but everything is kept to be searched; the log knows no secret that it could take out. */
class WatchedPorts extends MemoryPorts {
  readonly lines: string[] = [];
  readonly remembered: string[] = [];
  readonly secret = new Set<string>();
  override readonly log: Logger = redactingLogger(new Redactor(), (level, line) => void this.lines.push(`${level} ${line}`));
  override readonly tokens: TokenStore = watched(this);

  constructor() {
    super(terms);
    const set = this.memory.set.bind(this.memory);
    this.memory.set = async (key, value) => {
      this.remembered.push(`${key} ${JSON.stringify(value)}`);
      await set(key, value);
    };
  }
}

/** Notes every secret that is stored. */
function watched(ports: WatchedPorts): TokenStore {
  const inner = new MemoryPorts().tokens;
  return {
    ...inner,
    set: async (id, record) => {
      for (const secret of secretsIn(record)) ports.secret.add(secret);
      await inner.set(id, record);
    },
  };
}

describe("secrets", function () {
  this.timeout(180_000);
  let ports: WatchedPorts;
  let hubs: Hubs;
  let servers: Servers;
  let proxy: FaultProxy;
  let errors: string[];

  beforeEach(() => {
    ports = new WatchedPorts();
    hubs = new Hubs(ports);
    servers = new Servers(hubs, ports);
    errors = [];
  });
  afterEach(() => {
    servers.dispose();
    hubs.dispose();
    proxy.close();
  });

  const before = async (url: string): Promise<string> => {
    const { hostname, port } = new URL(url);
    proxy = await startFaultProxy({ host: hostname, port: Number(port) });
    return proxy.through(url);
  };
  /** What must fail; how it does is searched too. */
  const fails = async (work: Promise<unknown>): Promise<void> => {
    const error: unknown = await work.then(
      () => assert.fail("It was to fail"),
      (reason: unknown) => reason,
    );
    errors.push(inspect(error, { depth: 10 }));
  };
  const search = (...more: string[]): void => {
    const secrets = [...ports.secret, ...more].filter((secret) => secret.length > 5);
    const places = { log: ports.lines, memory: ports.remembered, errors, addresses: proxy.requests.map(({ line }) => line) };
    for (const [place, texts] of Object.entries(places)) {
      for (const secret of secrets) {
        const found = texts.filter((text) => text.includes(secret) || text.includes(encodeURIComponent(secret)));
        assert.deepEqual(found, [], `a secret in: ${place}`);
      }
    }
    assert.ok(secrets.length > more.length && proxy.requests.length > 10, "there was something to search");
  };

  it("of a hub are nowhere but in the store and in headers", async () => {
    const hub = sharedHub();
    const url = await before(hub.url);
    const { password, token } = hub.user("zoë müller");
    await fails(hubs.signIn({ address: url, userName: "zoë müller", password: "a wrong password" }, nobody));
    await fails(
      hubs.signIn(
        { address: `${url}hub/home?token=0123456789abcdef0123456789abcdef` },
        { ...nobody, askToken: () => Promise.resolve(undefined), askPassword: () => Promise.resolve(undefined) },
      ),
    );
    const first = await hubs.signIn({ address: `${url}user/zo%C3%AB/lab?token=${token}` }, nobody);
    const { account } = await hubs.signIn({ address: url, userName: "zoë müller", password }, nobody);
    assert.equal(first.account, account);

    await servers.refresh(account);
    const server = servers.get(account, "");
    const services = await servers.ensureRunning(server);
    const kernel = await services.kernels.startNew("python3");
    assert.equal((await kernel.execute({ code: "print(1)" }).done).status, "ok");
    await kernel.shutdown();
    await fails(account.client.getServers("admin"));

    const secret = readSecret((await ports.tokens.get(account.id)) ?? "");
    const gone = 10 * 86_400_000;
    await ports.tokens.set(
      account.id,
      writeSecret({ ...secret, createdAt: (secret.createdAt ?? 0) - gone, expiresAt: (secret.expiresAt ?? 0) - gone }),
    );
    await account.client.user();
    await waitFor("another token", async () => (await account.current()) !== secret.token, 10_000);
    await hub.api(
      `users/${encodeURIComponent("zoë müller")}/tokens/${readSecret((await ports.tokens.get(account.id)) ?? "").tokenId}`,
      { method: "DELETE" },
      [204],
    );
    await fails(account.client.user());
    await hub.stopHubProcess();
    try {
      await fails(hubs.signIn({ address: url, userName: "zoë müller", password }, nobody));
    } finally {
      await hub.startHubProcess();
    }
    assert.equal(await hubs.signOut(account), false, "the token that revokes the server's is gone");
    await hubs.signOut((await hubs.signIn({ address: url, userName: "zoë müller", password }, nobody)).account);
    const left = await (await hub.api(`users/${encodeURIComponent("zoë müller")}/tokens`, {}, [200])).text();
    assert.ok(!left.includes(terms.note), "the next sign-in has revoked what was left");
    await hub.stopServer("zoë müller");
    assert.ok(ports.lines.length > 0);
    search(password, token, "a wrong password", "0123456789abcdef0123456789abcdef");
  });

  it("of a server without a hub are nowhere but in the store and in headers", async () => {
    const password = "open sesame, please";
    const plain = await startPlainServer({ password, version: stackVersion });
    try {
      const url = await before(plain.url);
      await fails(hubs.signIn({ address: url, password: "a wrong password" }, nobody));
      const { account } = await hubs.signIn({ address: url, password }, nobody);
      await servers.refresh(account);
      const services = await servers.ensureRunning(servers.get(account, ""));
      const kernel = await services.kernels.startNew("python3");
      assert.equal((await kernel.execute({ code: "print(1)" }).done).status, "ok");
      await kernel.shutdown();
      await fails(servers.stop(servers.get(account, "")));
      await hubs.signOut(account);
      search(password, "a wrong password");
    } finally {
      await plain.stop();
    }
  });
});

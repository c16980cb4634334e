// Jupyter servers without a hub, by their token, by their password, and open ones: signed in to, and a cell run.
import assert from "node:assert/strict";
import { Hubs } from "../../src/app/hubs/hubs";
import { Servers } from "../../src/app/servers/servers";
import { hasCode } from "../../src/base/errors";
import { readSecret } from "../../src/hub/account/tokenRecord";
import type { SignInPort, TokenQuestion } from "../../src/hub/signIn/signIn";
import { startPlainServer, type PlainServer } from "../harness/hub/plainServer";
import { stackVersion } from "../harness/hub/shared";
import { MemoryPorts, nobody } from "../unit/app/doubles";

const token = "abcdefabcdefabcdefabcdefabcdefab";
const password = "open sesame, please";

describe("a Jupyter server without a hub", function () {
  this.timeout(120_000);
  let ports: MemoryPorts;
  let hubs: Hubs;
  let servers: Servers;
  let server: PlainServer | undefined;

  beforeEach(() => {
    ports = new MemoryPorts({ note: "Test", lifetime: 3600 });
    hubs = new Hubs(ports);
    servers = new Servers(hubs, ports);
  });
  afterEach(async () => {
    servers.dispose();
    hubs.dispose();
    await server?.stop();
    server = undefined;
  });

  const start = (options: Parameters<typeof startPlainServer>[0] = {}): Promise<PlainServer> =>
    startPlainServer({ ...options, version: stackVersion });
  /** Answers in turn what is asked. */
  const person = (...answers: string[]): SignInPort & { asked: TokenQuestion[] } => {
    const asked: TokenQuestion[] = [];
    return {
      ...nobody,
      asked,
      askToken: (question) => {
        asked.push(question);
        return Promise.resolve(answers.shift());
      },
    };
  };
  /** Runs code on the account's one server, by REST and websocket. */
  const runsCode = async (): Promise<void> => {
    const [account] = hubs.accounts;
    assert.ok(account);
    await servers.refresh(account);
    const [only, ...more] = servers.of(account);
    assert.ok(only);
    assert.deepEqual([only.state, only.label, more], ["running", new URL(account.hub).host + account.hub.pathname.replace(/\/$/, ""), []]);
    const services = await servers.ensureRunning(only);
    const kernel = await services.kernels.startNew("python3");
    let printed = "";
    const future = kernel.execute(
      { code: "print(6 * 7)" },
      { onIOPub: ({ content }) => void (printed += typeof content.text === "string" ? content.text : "") },
    );
    assert.equal((await future.done).status, "ok");
    assert.equal(printed, "42\n");
    await kernel.shutdown();
    await assert.rejects(servers.stop(only), (error) => hasCode(error, "unsupported") && /where you started it/.test(error.message));
  };

  it("is used with the token in the address that it prints, from any of its pages", async () => {
    server = await start({ token, prefix: "/jupyter/lab-7/" });
    const { account } = await hubs.signIn({ address: `${server.url}lab/tree/x.ipynb?token=${token}` }, nobody);
    assert.deepEqual([account.hub.href, account.userName, account.isOnHub], [server.url, "", false]);
    await runsCode();
    assert.ok(!server.log().includes(token.slice(4)), "the token was in no address");
  });

  it("is used with a token that is asked for, after one that does not hold", async () => {
    server = await start({ token });
    const port = person("0123456789abcdef0123456789abcdef", token);
    await hubs.signIn({ address: server.url }, port);
    assert.deepEqual(
      port.asked.map(({ tokenPage, problem }) => [tokenPage, problem !== undefined]),
      [
        [undefined, false],
        [undefined, true],
      ],
    );
    await runsCode();
  });

  it("is used with its password, of which nothing is kept but the session", async () => {
    server = await start({ password });
    await hubs.signIn({ address: server.url }, person(password));
    await runsCode();
    const kept = JSON.stringify([...ports.secrets, ...ports.values]);
    assert.ok(!kept.includes(password) && !kept.includes(encodeURIComponent(password)));
  });

  it("that is open to all asks for nothing", async () => {
    server = await start();
    await hubs.signIn({ address: server.url }, nobody);
    await runsCode();
  });

  it("refuses a wrong password in clear words, three times at most, and leaves nothing", async () => {
    server = await start({ password });
    const port = person("one", "two two", "three", "four");
    await assert.rejects(
      hubs.signIn({ address: server.url }, port),
      (error) => hasCode(error, "signed-out") && /does not accept this token or password/.test(error.message),
    );
    assert.deepEqual([port.asked.length, hubs.accounts, ports.secrets.size], [3, [], 0]);
    await assert.rejects(hubs.signIn({ address: server.url, token: "wrong" }, nobody), (error) => hasCode(error, "signed-out"));
  });

  it("is signed out of when its session is over, and in again", async () => {
    server = await start({ token });
    const { account } = await hubs.signIn({ address: server.url, token }, nobody);
    assert.equal(await account.check(token), "valid");
    await ports.tokens.set(account.id, "some other token");
    await assert.rejects(servers.refresh(account), (error) => hasCode(error, "signed-out"));
    assert.equal(account.state, "signed-out");
    await hubs.signIn({ address: server.url, token }, nobody);
    assert.deepEqual([account.state, readSecret(ports.secrets.get(account.id) ?? "").origin], ["signed-in", "given"]);
    assert.equal(await hubs.signOut(account), true);
  });
});

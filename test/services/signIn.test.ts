// Ways in to a real hub, and the tokens that they leave there, as the hub's own list of tokens shows them.
import assert from "node:assert/strict";
import nodeFetch from "node-fetch";
import { hasCode } from "../../src/base/errors";
import { abandon, signIn, type SignInPort } from "../../src/hub/signIn/signIn";
import { partsOfCookies } from "../../src/transport/credential";
import type { TestHub } from "../harness/hub/hub";
import { waitFor } from "../harness/processes/wait";
import type { MemoryPorts } from "../unit/app/doubles";
import { nobody } from "../unit/app/doubles";
import { people, SignInBench, terms } from "./support/signIn";

describe("signing in to a hub", () => {
  let bench: SignInBench;
  let hub: TestHub;
  let ports: MemoryPorts;
  beforeEach(() => {
    bench = new SignInBench();
    ({ hub, ports } = bench);
  });
  afterEach(() => bench.close());

  for (const name of people) {
    it(`leaves exactly one token of ours, with the least scopes and an end, for ${name} with a password`, async () => {
      const { account } = await bench.withPassword(bench.open(), name);
      const [token, ...more] = await bench.ours(name);
      assert.ok(token);
      assert.deepEqual(more, []);
      assert.deepEqual(token.scopes.toSorted(), await bench.expanded(name));
      const life = Date.parse(`${token.expires_at}`) - Date.parse(token.created);
      assert.ok(Math.abs(life - terms.lifetime * 1000) < 10_000, `it holds for ${life} ms`);
      assert.equal(bench.stored(account).tokenId, token.id);
      assert.equal((await account.client.user()).name, name);
      assert.ok(!JSON.stringify([...ports.secrets, ...ports.values]).includes(hub.user(name).password));
    });
  }

  it("leaves exactly one token of ours with a token that was given, and that one alone", async () => {
    const before = await bench.tokensOf("ana");
    const { account, notice } = await bench.withToken(bench.open(), "ana");
    assert.equal(notice, undefined);
    assert.equal((await bench.ours("ana")).length, 1);
    assert.deepEqual((await bench.ours("ana"))[0]?.scopes.toSorted(), await bench.expanded("ana"));
    assert.notEqual(bench.stored(account).token, hub.user("ana").token);
    const rest = (await bench.tokensOf("ana")).filter(({ id }) => id !== bench.stored(account).tokenId);
    assert.deepEqual(
      rest.map(({ id }) => id),
      before.map(({ id }) => id),
    );
  });

  it("takes a name as people type it", async () => {
    const { account } = await bench.withPassword(bench.open(), "zoë müller", " Zoë Müller ");
    assert.equal(account.userName, "zoë müller");
  });

  it("keeps the session of the hub's pages in memory, for the spawn form, and nowhere else", async () => {
    const hubs = bench.open();
    const { account } = await bench.withPassword(hubs, "ana");
    assert.match(account.pageSession.cookies ?? "", /jupyterhub-hub-login=/);
    const kept = JSON.stringify([[...ports.secrets], [...ports.values]]);
    for (const part of partsOfCookies(account.pageSession.cookies ?? "")) assert.ok(!kept.includes(part));
    await hubs.signOut(account);
    assert.equal(account.pageSession.cookies, undefined);
  });

  it("signs in who has never been on the hub before", async () => {
    const { password } = hub.user("ana");
    const { account } = await bench.open().signIn({ address: hub.url, userName: "newcomer", password }, nobody);
    assert.equal(account.userName, "newcomer");
    await hub.api("users/newcomer", { method: "DELETE" }, [204]);
    ports.secrets.clear();
  });

  it("refuses a wrong password in clear words, and leaves nothing", async () => {
    const hubs = bench.open();
    const attempt = hubs.signIn({ address: hub.url, userName: "ana", password: "not this" }, nobody);
    await assert.rejects(
      attempt,
      (error) =>
        hasCode(error, "signed-out") &&
        /does not accept this user name and password/.test(error.message) &&
        !/not this/.test(error.message),
    );
    assert.deepEqual([hubs.accounts, ports.secrets.size, ports.values.size], [[], 0, 0]);
  });

  it("asks for what the hub's page asks for: name and password", async () => {
    const asked: unknown[] = [];
    const port: SignInPort = {
      ...nobody,
      askPassword: (question) => {
        asked.push(question);
        return Promise.resolve({ userName: "ana", password: hub.user("ana").password });
      },
    };
    await bench.open().signIn({ address: new URL("user/ana/lab", hub.url).href }, port);
    assert.deepEqual(asked, [{ hub: new URL(hub.url), further: [], user: "ana" }]);
  });

  it("leaves no token where it is cancelled at any request", async () => {
    const port: SignInPort = { ...nobody, askPassword: () => Promise.resolve({ userName: "ana", password: hub.user("ana").password }) };
    let after = 0;
    for (let requests = 0; after <= requests; after++) {
      requests = 0;
      const abort = new AbortController();
      const fetch = ((...request: Parameters<typeof nodeFetch>) => {
        if (requests++ === after) setImmediate(() => abort.abort()); // it is on its way by then
        return nodeFetch(...request);
      }) as typeof nodeFetch; // all that `request` uses of it
      const signing = signIn({ address: hub.url }, port, { terms, fetch, signal: abort.signal });
      if (after < 4) await assert.rejects(signing, (error) => hasCode(error, "aborted"), `at request ${after}`);
      else await abandon(await signing);
      await waitFor(`no token after request ${after}`, async () => (await bench.ours("ana")).length === 0, 10_000);
    }
    assert.equal(after, 5, "there are four requests to cancel");
  });

  describe("with a token", () => {
    it("that is revoked is told from one that is of another's hub by nobody: both are not accepted", async () => {
      const { id, token } = await bench.mintAsHarness("ana", { note: "to be revoked" });
      await hub.api(`users/ana/tokens/${id}`, { method: "DELETE" }, [204]);
      for (const dead of [token, "0123456789abcdef0123456789abcdef"]) {
        await assert.rejects(
          bench.withToken(bench.open(), "ana", dead),
          (error) => hasCode(error, "signed-out") && /does not accept this token/.test(error.message),
        );
      }
    });

    it("that may only read is refused with the remedy", async () => {
      const { id, token } = await bench.mintAsHarness("ana", { note: "read only", scopes: ["read:users!user"] });
      await assert.rejects(
        bench.withToken(bench.open(), "ana", token),
        (error) => hasCode(error, "forbidden") && /may not use servers/.test(error.message),
      );
      await hub.api(`users/ana/tokens/${id}`, { method: "DELETE" }, [204]);
    });

    it("that may mint none is used itself, is said to be, and is left on the hub at sign-out", async () => {
      const scopes = ["access:servers!user", "servers!user", "read:users!user"];
      const { id, token } = await bench.mintAsHarness("ana", { note: "no minting", scopes });
      const hubs = bench.open();
      const { account, notice } = await bench.withToken(hubs, "ana", token);
      assert.match(notice ?? "", /lets no token be made with the one that you gave/);
      const { family, ...secret } = bench.stored(account);
      assert.deepEqual([secret, family?.length], [{ token, origin: "given" }, 10]);
      await hubs.signOut(account);
      assert.ok((await bench.tokensOf("ana")).some((each) => each.id === id));
      await hub.api(`users/ana/tokens/${id}`, { method: "DELETE" }, [204]);
    });

    it("of somebody else signs in as that one", async () => {
      const { account } = await bench
        .open()
        .signIn({ address: new URL("user/ana/lab", hub.url).href, token: hub.user("zoë müller").token }, nobody);
      assert.equal(account.userName, "zoë müller");
    });
  });
});

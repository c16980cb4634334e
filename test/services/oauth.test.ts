// Signing in through an OAuth client that a real hub has registered: its pages, its codes, its list of tokens.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import * as v from "valibot";
import { Hubs } from "../../src/app/hubs/hubs";
import { hasCode } from "../../src/base/errors";
import type { OAuthClient } from "../../src/hub/signIn/configuration";
import { hubScopes } from "../../src/hub/account/mint";
import type { OAuthFlow } from "../../src/hub/oauth/oauth";
import type { SignInPort } from "../../src/hub/signIn/signIn";
import { startHub, type TestHub } from "../harness/hub/hub";
import { onOldestStack, stackVersion } from "../harness/hub/shared";
import { MemoryPorts, nobody } from "../unit/app/doubles";
import { PageVisitor } from "./support/pageVisitor";

const terms = { note: "JupyterHub Connect in a test", lifetime: 14 * 86_400 };
const redirectUri = "http://127.0.0.1:9/oauth/callback";
const secret = randomBytes(20).toString("hex");
const tokens = v.object({
  api_tokens: v.array(v.looseObject({ id: v.string(), note: v.nullish(v.string()), oauth_client: v.nullish(v.string()) })),
});

describe("signing in with OAuth", function () {
  this.timeout(120_000);
  let hub: TestHub;
  before(async () => {
    const common = { secret, redirectUri };
    hub = await startHub({
      version: stackVersion,
      prefix: "/jupyter/",
      oauthClients: [
        { ...common, name: "vscode", clientId: "service-vscode", scopes: hubScopes },
        { ...common, name: "narrow", clientId: "service-narrow", scopes: ["access:servers!user", "servers!user", "read:users!user"] },
      ],
    });
  });
  after(() => hub.stop());

  /** Someone whose browser goes through the hub's pages; `secret` is what the client's file holds. */
  const person = (given: string, password = hub.user("ana").password): SignInPort => ({
    ...nobody,
    openOAuth: (client: OAuthClient) => {
      const flow: OAuthFlow = {
        clientId: client.clientId,
        clientSecret: given,
        redirectUri,
        visit: (page) => new PageVisitor(new URL(hub.url)).leave(page, { username: "ana", password }),
      };
      return Promise.resolve({ ...flow, dispose: () => undefined });
    },
    askToken: () => Promise.resolve(undefined),
  });
  const open = (clientId: string): Hubs => {
    const network = {
      configuredHubs: [{ url: hub.url, oauth: { clientId, redirectUri } }],
      ...{ verifyCertificates: true, systemCertificates: true },
      onDidChangeHubs: () => ({ dispose: () => undefined }),
    };
    return new Hubs(Object.assign(new MemoryPorts(terms), { network }));
  };
  const list = async () => v.parse(tokens, await (await hub.api("users/ana/tokens", {}, [200])).json()).api_tokens;

  it("leaves one token of ours, and none of the flow where the hub says which it is", async () => {
    const before = await list();
    const hubs = open("service-vscode");
    const { account, notice } = await hubs.signIn({ address: new URL("hub/home", hub.url).href }, person(secret));
    assert.deepEqual([account.userName, notice], ["ana", undefined]);
    assert.equal((await account.client.user()).name, "ana");
    const added = (await list()).filter(({ id }) => !before.some((known) => known.id === id));
    const ours = added.filter(({ note }) => note?.startsWith(terms.note));
    assert.equal(ours.length, 1);
    const flow = added.filter((token) => !ours.includes(token));
    assert.deepEqual(
      flow.map(({ oauth_client: client }) => client),
      onOldestStack ? flow.map(() => flow[0]?.oauth_client) : [],
    );
    await hubs.signOut(account);
    hubs.dispose();
  });

  it("uses the flow's token where the client may mint none, and says so", async () => {
    const hubs = open("service-narrow");
    const { account, notice } = await hubs.signIn({ address: hub.url }, person(secret));
    assert.match(notice ?? "", /lets no token be made/);
    assert.equal((await account.client.user()).name, "ana");
    await hubs.signOut(account);
    hubs.dispose();
  });

  it("offers a token instead where the client's secret is wrong; nothing is left", async () => {
    const before = await list();
    const hubs = open("service-vscode");
    await assert.rejects(hubs.signIn({ address: hub.url }, person("not the secret")), (error) => hasCode(error, "aborted"));
    assert.deepEqual([hubs.accounts, await list()], [[], before]);
    hubs.dispose();
  });
});

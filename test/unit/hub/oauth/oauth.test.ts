// The OAuth code flow: what the hub's page is asked, what counts as its answer, what is left when it is over.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { Disposable } from "../../../../src/base/disposable";
import { ProductError, hasCode, type ErrorCode } from "../../../../src/base/errors";
import { LoopbackRedirect } from "../../../../src/hub/oauth/loopbackRedirect";
import { oauthToken, type OAuthFlow } from "../../../../src/hub/oauth/oauth";
import { signIn, type SignInPort, type TokenQuestion } from "../../../../src/hub/signIn/signIn";
import { serverSettings } from "../../../../src/transport/settings";
import { FakeHub } from "../../../fakes/hub";
import { freePort } from "../../../harness/processes/ports";

const redirectUri = "http://127.0.0.1:8765/callback";

describe("the OAuth flow", () => {
  let hub: FakeHub;
  beforeEach(async () => {
    hub = await FakeHub.start("/jupyter/");
    hub.tokens.set("flow-token", "ana");
    hub.on("POST /hub/api/oauth2/token", { json: { access_token: "flow-token", token_type: "Bearer", expires_in: 3600, scope: "" } });
  });
  afterEach(() => hub.stop());

  const settings = () => serverSettings({ baseUrl: hub.url, label: "the hub" });
  /** A person whose browser comes back with what `answer` makes of the page's address. */
  const flow = (
    answer: (page: URL) => URL | undefined,
    clientSecret: string | undefined = "the secret",
  ): OAuthFlow & Disposable & { disposed: boolean } => ({
    ...{ clientId: "vscode", clientSecret, redirectUri, disposed: false },
    visit: (page) => Promise.resolve(answer(page)),
    dispose() {
      this.disposed = true;
    },
  });
  const comingBack = (page: URL, more: Record<string, string> = { code: "the-code" }): URL => {
    const back = new URL(redirectUri);
    const query = { state: page.searchParams.get("state") ?? "", ...more };
    for (const [name, value] of Object.entries(query)) back.searchParams.set(name, value);
    return back;
  };

  it("asks with PKCE and state, and proves itself when it takes the token", async () => {
    let asked: URL | undefined;
    const token = await oauthToken(
      settings(),
      flow((page) => comingBack((asked = page))),
      undefined,
    );
    assert.equal(token, "flow-token");
    const { state, code_challenge: challenge, ...query } = Object.fromEntries(asked?.searchParams ?? []);
    assert.equal(`${asked?.origin}${asked?.pathname}`, new URL("hub/api/oauth2/authorize", hub.url).href);
    assert.deepEqual(query, { response_type: "code", client_id: "vscode", redirect_uri: redirectUri, code_challenge_method: "S256" });
    assert.ok((state ?? "").length >= 32);
    const sent = new URLSearchParams(hub.received[0]?.body);
    const { code_verifier: verifier = "", ...form } = Object.fromEntries(sent);
    assert.deepEqual(form, {
      grant_type: "authorization_code",
      code: "the-code",
      redirect_uri: redirectUri,
      client_id: "vscode",
      client_secret: "the secret",
    });
    assert.equal(createHash("sha256").update(verifier).digest("base64url"), challenge);
    assert.ok(!asked?.href.includes("secret"));
  });

  it("needs no secret where none is registered", async () => {
    await oauthToken(settings(), { ...flow(comingBack), clientSecret: undefined }, undefined);
    assert.ok(!hub.received[0]?.body.includes("client_secret"));
  });

  it("ends when the person cancels", async () => {
    await assert.rejects(
      oauthToken(
        settings(),
        flow(() => undefined),
        undefined,
      ),
      (error) => hasCode(error, "aborted"),
    );
    const abort = new AbortController();
    const never: OAuthFlow = { ...flow(() => undefined), visit: () => new Promise(() => abort.abort()) };
    await assert.rejects(oauthToken(settings(), never, abort.signal), (error) => hasCode(error, "aborted"));
    assert.deepEqual(hub.asked, []);
  });

  for (const [what, answer] of Object.entries({
    "an answer to another sign-in": (page: URL) => comingBack(page, { state: "another", code: "the-code" }),
    "an answer without a code": (page: URL) => comingBack(page, {}),
    "a refusal": (page: URL) => comingBack(page, { error: "access_denied", error_description: "Not for you" }),
  })) {
    it(`does not take ${what}`, async () => {
      await assert.rejects(oauthToken(settings(), flow(answer), undefined), (error) => {
        return (
          hasCode(error, "forbidden") &&
          /did not sign you in: .*ask the hub's administrator about its OAuth client “vscode”/.test(error.message)
        );
      });
      assert.deepEqual(hub.asked, []);
    });
  }

  it("says what the hub says of a wrong secret, without the secret", async () => {
    hub.on("POST /hub/api/oauth2/token", { status: 401, json: { error: "invalid_client", error_description: "Wrong client secret" } });
    await assert.rejects(oauthToken(settings(), flow(comingBack), undefined), (error) => {
      return (
        hasCode(error, "forbidden") &&
        /Wrong client secret/.test(error.message) &&
        !JSON.stringify([error.message, error.stack, error.cause]).includes("the secret")
      );
    });
  });

  describe("in a sign-in", () => {
    const terms = { note: "Test", lifetime: 3600 };
    const asked: TokenQuestion[] = [];
    const port = (opened: OAuthFlow & Disposable): SignInPort => ({
      openOAuth: () => Promise.resolve(opened),
      askToken: (question) => {
        asked.push(question);
        return Promise.resolve(undefined);
      },
      askPassword: () => Promise.reject(new Error("The client comes first")),
      confirmPlainHttp: () => Promise.reject(new Error("Loopback needs no confirmation")),
    });
    const oauth = () => ({ clientId: "vscode" });

    it("leaves one token of ours: the flow's own is revoked", async () => {
      hub.on("GET /hub/api/user", { json: { name: "ana", servers: {}, token_id: "a77" } });
      const opened = flow(comingBack);
      const { secret } = await signIn({ address: hub.url.href }, port(opened), { terms, oauth });
      assert.deepEqual([secret.origin, [...hub.minted.keys()], opened.disposed], ["minted", [secret.token], true]);
      const last = hub.received.at(-1);
      assert.deepEqual([last?.method, last?.path, last?.token], ["DELETE", "/hub/api/users/ana/tokens/a77", "flow-token"]);
    });

    it("gives way to a token, with the reason, where it fails", async () => {
      const opened = flow((page) => comingBack(page, { error: "access_denied", error_description: "Not for you" }));
      await assert.rejects(signIn({ address: hub.url.href }, port(opened), { terms, oauth }), (error) => hasCode(error, "aborted"));
      assert.match(asked.at(-1)?.problem ?? "", /Not for you/);
      assert.ok(opened.disposed);
    });

    it("gives way to a token where this computer cannot receive the answer, not where another sign-in is open", async () => {
      const enter = (code: ErrorCode) => {
        const refusing = { ...port(flow(comingBack)), openOAuth: () => Promise.reject(new ProductError(code, "Nothing can be received.")) };
        return signIn({ address: hub.url.href }, refusing, { terms, oauth });
      };
      asked.length = 0;
      await assert.rejects(enter("usage"), (error) => hasCode(error, "usage"));
      assert.deepEqual(asked, []);
      await assert.rejects(enter("unsupported"), (error) => hasCode(error, "aborted"));
      assert.deepEqual(
        asked.map(({ problem }) => problem),
        ["Nothing can be received."],
      );
    });
  });
});

describe("a loopback redirect", () => {
  it("takes the one answer with its state, shows a page, and is gone then", async () => {
    const uri = new URL(`http://127.0.0.1:${await freePort()}/oauth/callback`);
    const redirect = await LoopbackRedirect.listen(uri);
    try {
      const answer = redirect.answer("right");
      for (const path of ["/", "/oauth/callback", "/oauth/callback?state=wrong&code=x", "/other?state=right&code=x"]) {
        assert.equal((await fetch(new URL(path, uri))).status, 404, path);
      }
      const shown = fetch(new URL("/oauth/callback?state=right&code=abc", uri));
      assert.equal((await answer).searchParams.get("code"), "abc");
      redirect.ended("signed-in");
      const page = await shown;
      assert.deepEqual([page.status, /go back to VS Code/.test(await page.text())], [200, true]);
      await assert.rejects(LoopbackRedirect.listen(uri), (error) => hasCode(error, "usage") && /another sign-in/.test(error.message));
    } finally {
      redirect.dispose();
    }
    await assert.rejects(fetch(uri));
    (await LoopbackRedirect.listen(uri)).dispose();
  });
});

// Signing in with a token: given, in the address, or asked for.
import assert from "node:assert/strict";
import nodeFetch from "node-fetch";
import { cleanToken, signIn as signInTo, type SignedIn, type SignInPort, type TokenQuestion } from "../../../../src/hub/signIn/signIn";
import { givenSecret } from "../../../../src/hub/account/tokenRecord";
import { FakeHub, forbidden } from "../../../fakes/hub";
import { failure } from "../../../harness/failure";

/** A person who answers with `token` and is never asked about plain http. */
class Person implements SignInPort {
  readonly asked: TokenQuestion[] = [];
  constructor(readonly token?: string) {}
  async askToken(question: TokenQuestion): Promise<string | undefined> {
    this.asked.push(question);
    return this.token;
  }
  async askPassword(): Promise<"token"> {
    return "token";
  }
  confirmPlainHttp(): Promise<boolean> {
    throw new Error("Loopback needs no confirmation");
  }
}

describe("signing in with a token", () => {
  let hub: FakeHub;
  beforeEach(async () => void (hub = await FakeHub.start("/jupyter/")));
  afterEach(() => hub.stop());

  const page = (path: string): string => new URL(path, hub.url).href;
  const signIn = (address: string, token?: string, person = new Person()): Promise<SignedIn> =>
    signInTo({ address, ...(token !== undefined && { token }) }, person);
  const sentTokens = (): (string | undefined)[] => hub.received.map(({ token }) => token).filter((token) => token !== undefined);

  it("tells hub, version, user and token", async () => {
    const { user, ...rest } = await signIn(page("user/ana/gpu/lab"), "good-token");
    assert.equal(user.name, "ana");
    assert.deepEqual(rest, { hub: hub.url, version: "6.1.0", secret: givenSecret("good-token"), server: "gpu" });
  });

  it("tolerates white space and quotes around the token", async () => {
    for (const pasted of ["  good-token\n", '"good-token"', "“good-token”", "'good-token' ", "\u200Bgood-token"]) {
      assert.equal((await signIn(page("hub/home"), pasted)).secret.token, "good-token");
    }
  });

  it("takes the token out of the address and asks nobody", async () => {
    const person = new Person();
    assert.equal((await signIn(page("user/ana/lab?token=good-token"), undefined, person)).secret.token, "good-token");
    assert.deepEqual(person.asked, []);
    assert.ok(
      hub.asked.every((each) => !each.includes("good-token")),
      "the token is in no URL",
    );
  });

  it("asks for a token and says where to make one", async () => {
    const person = new Person("good-token");
    await signIn(page("user/ana/lab"), undefined, person);
    assert.deepEqual(person.asked, [
      { hub: hub.url, version: "6.1.0", tokenPage: new URL(page("hub/token")), byBrowser: false, user: "ana" },
    ]);
  });

  it("asks once where the token in the address does not hold", async () => {
    const person = new Person("good-token");
    await signIn(page("?token=stale-token"), undefined, person);
    assert.equal(person.asked.length, 1);
    assert.match(person.asked[0]?.problem ?? "", /does not accept this token/);
  });

  it("says that a token does not hold, what may be wrong, and where to make another", async () => {
    const error = await failure(signIn(page("hub/home"), "wrong-token"));
    assert.equal(error.code, "signed-out");
    assert.match(
      error.message,
      /127\.0\.0\.1:\d+\/jupyter does not accept this token: .*expired.* Make a new one at .*\/jupyter\/hub\/token/,
    );
    assert.ok(!JSON.stringify([error.message, error.stack, error.cause]).includes("wrong-token"));
    assert.deepEqual(sentTokens(), ["wrong-token"], "sent once");
  });

  it("ends when the person cancels", async () => {
    assert.equal((await failure(signIn(page("hub/home")))).code, "aborted");
  });

  for (const typo of ["two words", "токен-токен", "", "  ", "https://hub.example.org/hub/token", "good-token\ngood-token"]) {
    it(`refuses ${JSON.stringify(typo)} before anything is sent`, async () => {
      const error = await failure(signIn(page("hub/home"), typo));
      assert.equal(error.code, "signed-out");
      assert.ok(typo.trim() === "" || !error.message.includes(typo));
      assert.deepEqual(hub.asked, []);
    });
  }

  it("does not sign in a service", async () => {
    hub.on("GET /hub/api/user", { json: { kind: "service", name: "culler" } });
    const error = await failure(signIn(page("hub/home"), "good-token"));
    assert.equal(error.code, "forbidden");
    assert.match(error.message, /service “culler”/);
  });

  it("does not call a token wrong when the hub is in trouble", async () => {
    hub.on("GET /hub/api/user", { status: 500, json: { message: "Internal" }, headers: { "retry-after": "0" } });
    assert.equal((await failure(signIn(page("hub/home"), "good-token"))).code, "server-error");
  });

  it("sends no token over plain http unless the person agrees", async () => {
    const asked: string[] = [];
    // An http address that is not loopback, answered by the loopback hub.
    const fetch = ((url: URL, init: object) => nodeFetch(url.href.replace("http://hub.example.org/", page("")), init)) as typeof nodeFetch; // all that request() uses of it
    const port = (yes: boolean): SignInPort => ({
      askToken: () => Promise.resolve("good-token"),
      askPassword: () => Promise.resolve("token"),
      confirmPlainHttp: (url) => {
        asked.push(url.href);
        return Promise.resolve(yes);
      },
    });
    const address = "http://hub.example.org/hub/home?token=good-token";
    assert.equal((await failure(signInTo({ address }, port(false), { fetch }))).code, "aborted");
    assert.deepEqual(sentTokens(), []);
    assert.equal((await signInTo({ address }, port(true), { fetch })).user.name, "ana");
    assert.deepEqual(asked, ["http://hub.example.org/", "http://hub.example.org/"]);
  });

  it("says once that certificates are not checked, before anything secret is sent", async () => {
    // An https address, answered by the loopback hub.
    const fetch = ((url: URL, init: object) => nodeFetch(url.href.replace("https://hub.example.org/", page("")), init)) as typeof nodeFetch;
    const warned: (readonly [url: string, sent: number])[] = [];
    class Warned extends Person {
      warnUnverified({ href }: URL): void {
        warned.push([href, sentTokens().length]);
      }
    }
    const signInBy = (rejectUnauthorized?: boolean) =>
      signInTo({ address: "https://hub.example.org/", token: "good-token" }, new Warned(), {
        fetch,
        tls: () => Promise.resolve({ rejectUnauthorized }),
      });
    assert.equal((await signInBy(false)).user.name, "ana");
    assert.deepEqual(warned, [["https://hub.example.org/", 0]]);
    await signInBy(true);
    await signInBy();
    await signInTo({ address: page("hub/home"), token: "good-token" }, new Warned(), {
      tls: () => Promise.resolve({ rejectUnauthorized: false }),
    });
    assert.equal(warned.length, 1, "checked, or not encrypted at all");
  });

  it("can be aborted", async () => {
    const abort = new AbortController();
    hub.on("GET /hub/api/user", () => {
      abort.abort();
      return forbidden;
    });
    const signing = signInTo({ address: page("hub/home"), token: "good-token" }, new Person(), { signal: abort.signal });
    assert.equal((await failure(signing)).code, "aborted");
  });

  it("cleans a token without touching what may belong to it", () => {
    assert.equal(cleanToken(" abc.DEF_123-~+/= "), "abc.DEF_123-~+/=");
  });
});

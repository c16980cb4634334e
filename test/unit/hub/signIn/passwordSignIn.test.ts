// Signing in with name and password, and what is left of every way in: one token of ours, or none.
import assert from "node:assert/strict";
import { ProductError, hasCode } from "../../../../src/base/errors";
import { signIn, type PasswordQuestion, type SignInPort, type TokenQuestion } from "../../../../src/hub/signIn/signIn";
import type { TokenTerms } from "../../../../src/hub/account/mint";
import type { PageLogin } from "../../../../src/hub/signIn/passwordSignIn";
import { writeSecret } from "../../../../src/hub/account/tokenRecord";
import { FakeHub, forbidden } from "../../../fakes/hub";
import { waitFor } from "../../../harness/processes/wait";
import { failure } from "../../../harness/failure";

const terms: TokenTerms = { note: "Test", lifetime: 14 * 86_400 };
const password = "let me in";

/** Answers the questions in turn; one who is asked more often has been caught in a loop. */
class Person implements SignInPort {
  readonly asked: (PasswordQuestion | TokenQuestion)[] = [];
  readonly #answers: (readonly [string, string] | string | undefined)[];
  constructor(...answers: (readonly [string, string] | string | undefined)[]) {
    this.#answers = answers;
  }
  async askPassword(question: PasswordQuestion) {
    const answer = this.#next(question);
    return typeof answer === "object" ? { userName: answer[0], password: answer[1] } : answer === "token" ? answer : undefined;
  }
  async askToken(question: TokenQuestion) {
    const answer = this.#next(question);
    return typeof answer === "string" ? answer : undefined;
  }
  confirmPlainHttp = () => Promise.reject(new Error("Loopback needs no confirmation"));
  #next(question: PasswordQuestion | TokenQuestion) {
    this.asked.push(question);
    if (this.#answers.length === 0) throw new Error("Asked once too often");
    return this.#answers.shift();
  }
}

describe("signing in with a password", () => {
  let hub: FakeHub;
  beforeEach(async () => void (hub = await FakeHub.start("/jupyter/")));
  afterEach(() => hub.stop());

  const enter = (port: SignInPort, options: { signal?: AbortSignal; logIn?: PageLogin } = {}, path = "hub/home") =>
    signIn({ address: new URL(path, hub.url).href }, port, { terms, ...options });
  const leftOver = (): string[] => [...hub.minted.keys()];

  it("mints one token of ours with one request that holds the password, and without a token", async () => {
    const { user, secret } = await enter(new Person(["ana", password]));
    assert.deepEqual([user.name, secret.origin, leftOver()], ["ana", "minted", [secret.token]]);
    const holding = hub.received.filter(({ body, path }) => body.includes(password) || path.includes("let"));
    assert.deepEqual(
      holding.map(({ method, path, token }) => [method, path, token]),
      [["POST", "/hub/api/users/ana/tokens", undefined]],
    );
    assert.ok(!JSON.stringify([user, secret]).includes(password));
  });

  it("takes name and password that are given, and asks nobody", async () => {
    const { secret } = await signIn({ address: hub.url.href, userName: "ana", password }, new Person(), { terms });
    assert.deepEqual(leftOver(), [secret.token]);
    const error = await failure(signIn({ address: hub.url.href, userName: "ana", password: "wrong" }, new Person(), { terms }));
    assert.equal(error.code, "signed-out");
  });

  it("offers the name that the pasted address has", async () => {
    const person = new Person(["ana", password]);
    const { server } = await enter(person, {}, "user/ana/gpu/lab");
    assert.deepEqual(person.asked, [{ hub: hub.url, further: [], user: "ana" }]);
    assert.equal(server, "gpu");
  });

  it("finds the name that the hub writes in small letters", async () => {
    assert.equal((await enter(new Person([" Ana ", password]))).user.name, "ana");
  });

  it("asks again, with the name and the reason, at most three times", async () => {
    const person = new Person(["ana", "wrong"], ["ana", "wrong too"], ["ana", password]);
    await enter(person);
    const [first, second] = person.asked;
    assert.equal(first?.problem, undefined);
    assert.match(second?.problem ?? "", /does not accept this user name and password/);
    assert.equal(second?.user, "ana");
    const stubborn = new Person(["ana", "1"], ["ana", "2"], ["ana", "3"]);
    assert.equal((await failure(enter(stubborn))).code, "signed-out");
  });

  it("gives way to a token", async () => {
    const person = new Person("token", "good-token");
    const { secret } = await enter(person);
    assert.deepEqual([leftOver(), secret.origin, hub.tokens.has("good-token")], [[secret.token], "minted", true]);
  });

  it("is not offered where the hub's page has no fields for it: its pages are opened instead", async () => {
    hub.loginPage = `<a href="/hub/oauth_login">Sign in with X</a>`;
    const person = new Person("good-token");
    await enter(person);
    assert.deepEqual(
      person.asked.map((question) => "byBrowser" in question && question.byBrowser),
      [true],
    );
  });

  it("does not open the browser again for the second attempt", async () => {
    hub.loginPage = "";
    const person = new Person("bad-token", "good-token");
    await enter(person);
    assert.deepEqual(
      person.asked.map((question) => "byBrowser" in question && question.byBrowser),
      [true, false],
    );
    assert.match(person.asked[1]?.problem ?? "", /does not accept this token/);
  });

  describe("to the hub's pages too", () => {
    it("gives their session beside the token, and not in its record", async () => {
      const logIn: PageLogin = (_settings, user, given) => Promise.resolve(`${user}'s session, ${given.length}`);
      const { secret, pageCookies } = await enter(new Person(["ana", password]), { logIn });
      assert.equal(pageCookies, "ana's session, 9");
      assert.ok(!writeSecret(secret).includes("session"));
    });

    it("says once that the password is wrong", async () => {
      const logIn: PageLogin = () => Promise.reject(new ProductError("signed-out", "Invalid username or password"));
      await failure(enter(new Person(["ana", "x"], undefined), { logIn }));
      assert.ok(!hub.asked.some((each) => each.startsWith("POST")));
    });

    it("asks again with the hub's own reason, which a refused first password has", async () => {
      const reason = "The hub does not accept this user name and password. It says: Password too short!";
      const logIn: PageLogin = () => Promise.reject(new ProductError("signed-out", reason));
      const person = new Person(["ana", "x"], undefined);
      await failure(enter(person, { logIn }));
      assert.equal(person.asked[1]?.problem, reason);
    });

    it("goes on without where they cannot be signed in to", async () => {
      const logIn: PageLogin = () => Promise.reject(new ProductError("invalid-response", "No form"));
      const { pageCookies } = await enter(new Person(["ana", password]), { logIn });
      assert.equal(pageCookies, undefined);
    });
  });

  describe("leaves no token on the hub", () => {
    it("when the person cancels", async () => {
      for (const person of [new Person(undefined), new Person("token", undefined)]) {
        assert.equal((await failure(enter(person))).code, "aborted");
      }
      assert.deepEqual(leftOver(), []);
    });

    it("when it is aborted at any request", async () => {
      const steps = ["GET /hub/api/", "GET /hub/login", "POST /hub/api/users/ana/tokens", "GET /hub/api/user"];
      for (const step of steps) {
        const abort = new AbortController();
        hub.on(step, () => {
          abort.abort();
          return undefined;
        });
        assert.equal((await failure(enter(new Person(["ana", password]), { signal: abort.signal }))).code, "aborted", step);
        await waitFor(`nothing left over after ${step}`, () => leftOver().length === 0 && hub.minted.size === 0, 5_000);
        hub.on(step, () => undefined);
      }
    });

    it("when the token that was minted is refused", async () => {
      hub.on("GET /hub/api/user", forbidden);
      await failure(enter(new Person(["ana", password], ["ana", password], ["ana", password])));
      assert.deepEqual(leftOver(), []);
    });

    it("when the hub is in trouble", async () => {
      hub.on("POST /hub/api/users/ana/tokens", { status: 500, json: { message: "Internal" } });
      assert.equal((await failure(enter(new Person(["ana", password])))).code, "server-error");
      assert.deepEqual(leftOver(), []);
    });
  });
});

describe("a token that was given", () => {
  let hub: FakeHub;
  beforeEach(async () => void (hub = await FakeHub.start()));
  afterEach(() => hub.stop());
  const enter = (token = "good-token") => signIn({ address: hub.url.href, token }, new Person(), { terms });

  it("is used to mint one of ours, and left alone", async () => {
    const { secret, notice } = await enter();
    assert.deepEqual([secret.origin, [...hub.minted.keys()], notice], ["minted", [secret.token], undefined]);
    assert.ok(hub.tokens.has("good-token"));
  });

  it("is used itself where the hub lets none be minted, and that is said", async () => {
    hub.on("POST /hub/api/users/ana/tokens", { status: 403, json: { message: "User ana not found or no permissions to generate tokens" } });
    const { secret, notice } = await enter();
    assert.deepEqual(secret, { token: "good-token", origin: "given" });
    assert.match(notice ?? "", /lets no token be made .*\(User ana not found or no permissions to generate tokens\).*used as it is/);
  });

  it("is refused, with the remedy, where it may only read", async () => {
    hub.on("GET /hub/api/user", { json: { name: "ana", servers: {}, scopes: ["read:users!user=ana"] } });
    await assert.rejects(
      enter(),
      (error) => hasCode(error, "forbidden") && /may not use servers.*leave its permissions empty/.test(error.message),
    );
    assert.ok(!hub.asked.some((each) => each.startsWith("POST")));
  });

  it("is not minted with where the hub is in trouble: the sign-in fails as a whole", async () => {
    hub.on("POST /hub/api/users/ana/tokens", { status: 503, html: "" });
    await assert.rejects(enter(), (error) => hasCode(error, "server-error"));
    assert.equal(hub.minted.size, 0);
  });
});

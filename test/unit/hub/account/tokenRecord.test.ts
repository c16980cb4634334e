// The record of a token in the store: what it says, and what of it must not be seen.
import assert from "node:assert/strict";
import { accountId, accountOf } from "../../../../src/hub/account/account";
import { givenSecret, readSecret, secretsIn, writeSecret, type TokenRecord } from "../../../../src/hub/account/tokenRecord";
import { sessionSecret } from "../../../../src/transport/credential";

describe("the record of a token", () => {
  it("is read as it was written", () => {
    const secret: TokenRecord = {
      token: "t",
      origin: "minted",
      tokenId: "a1",
      createdAt: 1,
      expiresAt: 2,
      scopes: ["x"],
      note: "n (f-1)",
      family: "f",
    };
    assert.deepEqual(readSecret(writeSecret(secret)), secret);
  });

  it("may be a bare token, as the first version stored it", () => {
    for (const text of ["0123456789abcdef", "123", '"quoted"', "{}", '{"token":""}']) assert.deepEqual(readSecret(text), givenSecret(text));
  });

  it("names all that must not be seen", () => {
    const record = writeSecret(givenSecret("the-token"));
    assert.deepEqual(secretsIn(record), [record, "the-token"]);
    assert.deepEqual(secretsIn("bare"), ["bare"]);
    const session = sessionSecret(
      new Map([
        ["_xsrf", "the-xsrf"],
        ["username-x", "the-cookie"],
      ]),
    );
    const named = secretsIn(writeSecret(givenSecret(session)));
    for (const part of [session, "_xsrf=the-xsrf; username-x=the-cookie", "the-xsrf", "the-cookie"]) assert.ok(named.includes(part), part);
  });

  it("is found by an id that tells hub and user", () => {
    for (const [hub, user] of [
      ["https://hub.example.org/", "ana"],
      ["http://127.0.0.1:8000/x/", "zoë müller#1"],
    ] as const) {
      assert.deepEqual(accountOf(accountId(new URL(hub), user)), { hub: new URL(hub), userName: user });
    }
    for (const id of ["", "x", "https://hub.example.org", "https://hub.example.org/#%E0%A4%A", "https://hub.example.org/#ana/gpu"])
      assert.equal(accountOf(id), undefined);
  });
});

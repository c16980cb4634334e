// How a token and the session of a form login go out.
import assert from "node:assert/strict";
import { credentialHeaders, sessionSecret } from "../../../src/transport/credential";

describe("a credential", () => {
  it("is a token in the Authorization header", () => {
    assert.deepEqual(credentialHeaders("abc"), { Authorization: "token abc" });
  });

  it("is a session in its cookies, with the one against forgery repeated", () => {
    const secret = sessionSecret(
      new Map([
        ["_xsrf", "2|a|b=="],
        ["username-127-0-0-1-8888", '"2|1:0"'],
      ]),
    );
    assert.deepEqual(credentialHeaders(secret), {
      Cookie: '_xsrf=2|a|b==; username-127-0-0-1-8888="2|1:0"',
      "X-XSRFToken": "2|a|b==",
    });
    assert.deepEqual(credentialHeaders(sessionSecret(new Map([["s", "1"]]))), { Cookie: "s=1" });
  });
});

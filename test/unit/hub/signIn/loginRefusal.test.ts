// What a hub says of a login that it does not take.
import assert from "node:assert/strict";
import { loginRefused, refusalOn } from "../../../../src/hub/signIn/loginRefusal";
import { serverSettings } from "../../../../src/transport/settings";

const settings = serverSettings({ baseUrl: "https://hub.example.org/", label: "hub.example.org" });
const form = (inside: string): string =>
  `<html><body><p id="insecure-login-warning" class="hidden alert alert-warning">Warning: not secure</p><form>${inside}<input type="password" name="password"></form></body></html>`;

describe("a refused login", () => {
  for (const [what, html, said] of [
    [
      "the form's own mark",
      form('<p class="login_error">Password too short! Please choose a password at least 7 characters long.</p>'),
      "Password too short! Please choose a password at least 7 characters long.",
    ],
    [
      "an alert",
      form('<div class="alert alert-danger" role="alert"> Your account\n is <b>not authorized</b> yet </div>'),
      "Your account is not authorized yet",
    ],
    ["the page of an error", '<div class="error"><h1>403 : Forbidden</h1><p>Your course has ended</p></div>', "Your course has ended"],
  ] as const) {
    it(`has its reason where it is marked by ${what}`, () => {
      const found = refusalOn(html);
      assert.equal(found, said);
      assert.match(
        loginRefused(settings, found).message,
        /^hub\.example\.org does not accept this user name and password\. It says: .*[^.]\.$/,
      );
      assert.ok(loginRefused(settings, found).message.includes(said.replace(/\.$/, "")));
    });
  }

  for (const html of [
    form('<p class="login_error">Invalid username or password</p>'),
    form('<p class="login_error">Invalid Username or Password.</p>'),
    form(""),
    '<div class="error"><h1>403 : Forbidden</h1></div>',
    '<div class="error"><h1>403 : Forbidden</h1><p>Forbidden</p></div>',
    "",
  ]) {
    it(`has no reason but the usual one: ${html.slice(-90)}`, () => {
      assert.equal(refusalOn(html), undefined);
      assert.match(loginRefused(settings, refusalOn(html)).message, /Check both and try again\.$/);
    });
  }

  it("says what the API says, unless that is the usual", () => {
    assert.match(loginRefused(settings, "Forbidden").message, /Check both/);
    assert.match(loginRefused(settings, "Account expired on 1 May").message, /It says: Account expired on 1 May\.$/);
  });
});

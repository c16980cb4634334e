// What hubs' sign-in pages offer, as hubs write them.
import assert from "node:assert/strict";
import { readLoginPage, waysIn } from "../../../../src/hub/signIn/loginMethods";
import { serverSettings } from "../../../../src/transport/settings";
import { FakeHub } from "../../../fakes/hub";

describe("a hub's sign-in page", () => {
  it("takes a password where its form has the two fields", () => {
    const html = `<form action="/hub/login?next=" method="post" role="form"><input type="hidden" name="_xsrf" value="x" />
      <label for="username_input">Username:</label><input id="username_input" type="text" name="username" value="" autofocus />
      <input id="password_input" type="password" name="password" /><button type="button">Show</button>
      <input type="submit" value="Sign in" /><input type="checkbox" name="terms" required></form>`;
    assert.deepEqual(readLoginPage(html), { passwordForm: { further: [] }, service: undefined });
  });

  it("may ask for more, such as a one-time code", () => {
    const html = `<FORM><input name=username><input type=PASSWORD name=password>
      <label for="otp_input">OTP:</label><input id="otp_input" name="otp" autocomplete="one-time-code">
      <input name="2fa" placeholder="6 digits"></FORM>`;
    assert.deepEqual(readLoginPage(html).passwordForm, {
      further: [
        { name: "otp", label: "OTP" },
        { name: "2fa", label: "6 digits" },
      ],
    });
  });

  it("may lead to a single sign-on service instead", () => {
    const html = `<div class="service-login"><a role="button" class="btn" href='/hub/oauth_login?next='>Sign in with
      GitHub</a></div>`;
    assert.deepEqual(readLoginPage(html), { passwordForm: undefined, service: "Sign in with GitHub" });
  });

  it("is not misled by forms for something else, comments and scripts", () => {
    const html = `<!-- <form><input name="username"><input type="password" name="password"></form> -->
      <script>"<form><input name='username'><input type='password' name='password'></form>"</script>
      <form><input name="q"></form><form><input type="password" name="wifi"></form>`;
    assert.equal(readLoginPage(html).passwordForm, undefined);
    assert.equal(readLoginPage("").passwordForm, undefined);
    assert.equal(readLoginPage('{"message": "no page"}').passwordForm, undefined);
  });

  it("is asked for once, without token or following redirects", async () => {
    const hub = await FakeHub.start("/jupyter/");
    try {
      const settings = serverSettings({ baseUrl: hub.url, token: "good-token" });
      assert.ok((await waysIn(settings)).passwordForm);
      hub.on("GET /hub/login", { status: 302, headers: { location: "https://sso.example.org/authorize" } });
      assert.deepEqual(await waysIn(settings), { passwordForm: undefined, service: undefined });
      assert.deepEqual(
        hub.received.map(({ path, token }) => [path, token]),
        [
          ["/hub/login", undefined],
          ["/hub/login", undefined],
        ],
      );
    } finally {
      await hub.stop();
    }
  });
});

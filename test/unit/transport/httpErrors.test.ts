// What statuses, pages and network failures mean, in codes and in words a person can act on.
import assert from "node:assert/strict";
import type { ErrorCode } from "../../../src/base/errors";
import { loginPageError, networkError, reasonIn, statusError } from "../../../src/transport/httpErrors";
import { serverSettings } from "../../../src/transport/settings";

const settings = serverSettings({ baseUrl: "https://hub.example.org/user/ana/", label: "ana @ hub" });
const answer = (status: number, text = "", headers: Record<string, string> = {}) => ({
  status,
  text,
  headers: { get: (name: string) => headers[name] ?? null },
});

describe("an answer outside 2xx", () => {
  const codes: [number, string, ErrorCode][] = [
    [400, "api/x", "server-error"],
    [401, "api/x", "signed-out"],
    [403, "api/x", "signed-out"],
    [404, "api/x", "not-found"],
    [409, "api/x", "conflict"],
    [410, "api/x", "not-found"],
    [413, "api/x", "too-large"],
    [424, "api/x", "server-stopped"],
    [429, "api/x", "rate-limited"],
    [500, "api/x", "server-error"],
    [501, "api/kernels", "no-kernel-spec"],
    [501, "api/sessions", "no-kernel-spec"],
    [501, "api/contents/x", "server-error"],
    [503, "api/x", "server-error"],
  ];
  for (const [status, path, code] of codes) {
    it(`${status} for ${path} is ${code}`, () => {
      const error = statusError(settings, path, answer(status, '{"message": "The reason."}'));
      assert.equal(error.code, code);
      assert.equal(error.status, status);
      assert.match(error.message, /ana @ hub/);
    });
  }

  it("503 with the words of a hub about a stopped server is server-stopped", () => {
    const text = '{"message": "JupyterHub server no longer running at /user/ana/. Restart the server at /hub/spawn/ana"}';
    assert.equal(statusError(settings, "api", answer(503, text)).code, "server-stopped");
  });

  const redirects: [string, ErrorCode][] = [
    ["/hub/user/ana/api/kernels", "server-stopped"],
    ["/jupyter/hub/user/ana/api", "server-stopped"],
    ["/hub/spawn/ana?next=%2F", "server-stopped"],
    ["/hub/spawn-pending/ana", "server-stopped"],
    ["/hub/login?next=/hub/user/ana/", "signed-out"],
    ["https://sso.example.org/oauth2/authorize?x=/hub/user/", "signed-out"],
    ["https://elsewhere.example.org/", "not-found"],
    ["", "not-found"],
  ];
  for (const [location, code] of redirects) {
    it(`302 to “${location}” is ${code}`, () => {
      assert.equal(statusError(settings, "api", answer(302, "", { location })).code, code);
    });
  }

  it("keeps the start of what was said, and tells it in one sentence", () => {
    const error = statusError(settings, "api/kernels", answer(500, JSON.stringify({ message: "No space left" })));
    assert.equal(error.message, "ana @ hub answered api/kernels with an error (500). It said: No space left");
    assert.equal(statusError(settings, "x", answer(500, "y".repeat(10_000))).body.length, 2_000);
  });

  it("has the given meaning where the caller knows better", () => {
    const error = statusError(settings, "api/kernels", answer(403), "forbidden");
    assert.equal(error.code, "forbidden");
    assert.match(error.message, /signed in.*does not allow api\/kernels/);
  });
});

describe("a reason", () => {
  const reasons: [string, string][] = [
    ['{"message": "Forbidden"}', "Forbidden"],
    ["<html><title> 404 : Not Found </title>", "404 : Not Found"],
    ["<html><body>x</body></html>", ""],
    ["Service\n   Unavailable ", "Service Unavailable"],
    ['{"detail": 1}', '{"detail": 1}'],
    ["", ""],
  ];
  for (const [body, reason] of reasons) it(`of ${JSON.stringify(body)}`, () => assert.equal(reasonIn(body), reason));

  it("is never long", () => {
    assert.equal(reasonIn("x ".repeat(1_000)).length, 300);
    assert.equal(reasonIn(JSON.stringify({ message: "x".repeat(1_000) })).length, 300);
  });
});

describe("a web page instead of data", () => {
  it("is a login page or a wrong address", () => {
    const page = loginPageError(settings, "api", answer(200, "<html>", { "content-type": "text/html; charset=utf-8" }));
    assert.equal(page?.code, "signed-out");
    assert.match(page.message, /Sign in again, or check the address/);
  });

  it("is not found in data", () => {
    assert.equal(loginPageError(settings, "api", answer(200, "{}", { "content-type": "application/json" })), undefined);
    assert.equal(loginPageError(settings, "api", answer(204)), undefined);
  });
});

describe("a failed connection", () => {
  const failed = (code: string) => networkError(settings, Object.assign(new Error("deep"), { code }));
  const cases: [string, ErrorCode, RegExp][] = [
    ["ENOTFOUND", "unreachable", /no host of that name/],
    ["EAI_AGAIN", "unreachable", /could not be looked up/],
    ["ECONNREFUSED", "unreachable", /nothing answers there/],
    ["ECONNRESET", "unreachable", /was cut/],
    ["ERR_STREAM_PREMATURE_CLOSE", "unreachable", /was cut/],
    ["EHOSTUNREACH", "unreachable", /no way to it/],
    ["EPROTO", "unreachable", /deep/],
    ["EWHATEVER", "unreachable", /deep/],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "certificate", /self-signed/],
    ["CERT_HAS_EXPIRED", "certificate", /expired/],
    ["CERT_NOT_YET_VALID", "certificate", /clock/],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "certificate", /another host/],
    ["ERR_TLS_ANYTHING", "certificate", /deep/],
  ];
  for (const [code, expected, words] of cases) {
    it(`by ${code} is ${expected}`, () => {
      const error = failed(code);
      assert.equal(error.code, expected);
      assert.match(error.message, words);
      assert.match(error.message, /ana @ hub/);
    });
  }

  it("is known however deep its code stands among the causes", () => {
    const cause = Object.assign(new Error("inner"), { code: "ECONNREFUSED" });
    assert.match(networkError(settings, new Error("outer", { cause })).message, /nothing answers/);
    assert.equal(networkError(settings, "no error at all").code, "unreachable");
  });
});

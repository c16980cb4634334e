// What people paste, and what is made of it.
import assert from "node:assert/strict";
import fc from "fast-check";
import { ProductError, hasCode } from "../../../../src/base/errors";
import { isPlainHttpElsewhere, parseAddress } from "../../../../src/hub/signIn/address";

/** A paste → its first candidate, and user, server, token where it tells them. */
type Case = [paste: string, first: string, rest?: { user?: string; server?: string; token?: string }];

const cases: Case[] = [
  // Bare hosts, schemes, ports
  ["https://hub.example.org", "https://hub.example.org/"],
  ["https://hub.example.org/", "https://hub.example.org/"],
  ["hub.example.org", "https://hub.example.org/"],
  ["HUB.Example.ORG/", "https://hub.example.org/"],
  ["//hub.example.org/jupyter/hub/home", "https://hub.example.org/jupyter/"],
  ["http://hub.example.org", "http://hub.example.org/"],
  ["hub.example.org:8443", "https://hub.example.org:8443/"],
  ["hub.example.org:80/jupyter", "http://hub.example.org/jupyter/"],
  ["jupyter", "https://jupyter/"],
  ["localhost:8000", "http://localhost:8000/"],
  ["127.0.0.1:8000/hub/login", "http://127.0.0.1:8000/"],
  ["[::1]:8000", "http://[::1]:8000/"],
  ["0.0.0.0:8000", "http://127.0.0.1:8000/"],
  ["http://[::]:8000/hub/", "http://[::1]:8000/"],
  ["10.1.2.3:8000", "https://10.1.2.3:8000/"],
  ["wss://hub.example.org/user/ana/", "https://hub.example.org/", { user: "ana" }],
  ["https:hub.example.org", "https://hub.example.org/"],
  ["bücher.example", "https://xn--bcher-kva.example/"],
  // Around it
  ["  https://hub.example.org/hub/home \n", "https://hub.example.org/"],
  ["\u200Bhttps://hub.example.org\u00A0", "https://hub.example.org/"],
  ["“https://hub.example.org/hub/home”", "https://hub.example.org/"],
  ["<https://hub.example.org/hub/>", "https://hub.example.org/"],
  ["Our hub: https://hub.example.org/jupyter/hub/home.", "https://hub.example.org/jupyter/"],
  ["[the hub](https://hub.example.org/hub/home)", "https://hub.example.org/"],
  ["To log in open\nhttps://hub.example.org/hub/login\nand wait", "https://hub.example.org/"],
  // The hub's pages
  ["https://hub.example.org/hub", "https://hub.example.org/"],
  ["https://hub.example.org/hub/", "https://hub.example.org/"],
  ["https://hub.example.org/hub/home", "https://hub.example.org/"],
  ["https://hub.example.org/hub/token#x", "https://hub.example.org/"],
  ["https://hub.example.org/hub/admin", "https://hub.example.org/"],
  ["https://hub.example.org/hub/spawn", "https://hub.example.org/"],
  ["https://hub.example.org/hub/spawn/ana", "https://hub.example.org/", { user: "ana" }],
  ["https://hub.example.org/hub/spawn/ana/gpu", "https://hub.example.org/", { user: "ana", server: "gpu" }],
  ["https://hub.example.org/jupyter/hub/spawn-pending/ana/lab", "https://hub.example.org/jupyter/", { user: "ana", server: "lab" }],
  ["https://hub.example.org/hub/user/ana/lab", "https://hub.example.org/", { user: "ana" }],
  ["https://hub.example.org/hub/api/users/ana/servers/gpu", "https://hub.example.org/", { user: "ana", server: "gpu" }],
  ["https://hub.example.org/hub/user-redirect/lab/tree/a.ipynb", "https://hub.example.org/"],
  [
    "https://hub.example.org/hub/login?next=%2Fhub%2Fuser%2Fana%2Fgpu%2Flab%3Ftoken%3Dx",
    "https://hub.example.org/",
    { user: "ana", server: "gpu" },
  ],
  ["https://hub.example.org/jupyter/hub/hub/", "https://hub.example.org/jupyter/"],
  // Users and their servers
  ["https://h.org/jupyter/user/ana/lab", "https://h.org/jupyter/", { user: "ana" }],
  ["https://h.org/user/ana", "https://h.org/", { user: "ana" }],
  ["https://h.org/user/ana/lab/tree/hub/user/x.ipynb", "https://h.org/", { user: "ana" }],
  ["https://h.org/user/ana/tree?", "https://h.org/", { user: "ana" }],
  ["https://h.org/user/ana/notebooks/My Notebook (1).ipynb", "https://h.org/", { user: "ana" }],
  ["https://h.org/user/ana/gpu/", "https://h.org/", { user: "ana", server: "gpu" }],
  ["https://h.org/user/ana/gpu/lab?token=abc123", "https://h.org/", { user: "ana", server: "gpu", token: "abc123" }],
  ["https://h.org/user/ana/my%20server/api/kernels", "https://h.org/", { user: "ana", server: "my server" }],
  ["https://h.org/user/ana/dashboard/page/1", "https://h.org/", { user: "ana" }],
  ["https://h.org/a/b/user/alice@example.org/lab", "https://h.org/a/b/", { user: "alice@example.org" }],
  ["https://h.org/user/alice%40example.org/lab", "https://h.org/", { user: "alice@example.org" }],
  ["https://h.org/user/jos%C3%A9%20m%C3%BCller/lab", "https://h.org/", { user: "josé müller" }],
  ["https://h.org/user/100%/lab", "https://h.org/", { user: "100%" }],
  ["https://h.org/user/hub/lab", "https://h.org/", { user: "hub" }],
  ["h.org/user/user/", "https://h.org/", { user: "user" }],
  ["https://h.org//jupyter//user/ana/lab", "https://h.org/jupyter/", { user: "ana" }],
  // Tokens
  ["http://127.0.0.1:8888/lab?token=0123456789abcdef", "http://127.0.0.1:8888/", { token: "0123456789abcdef" }],
  ["https://h.org/?foo=1&token=%20abc%20", "https://h.org/", { token: "abc" }],
  ["https://h.org/#token=abc", "https://h.org/", { token: "abc" }],
  ["https://h.org/?token=", "https://h.org/"],
  // Unknown paths
  ["https://h.org/jupyter", "https://h.org/jupyter/"],
  ["https://h.org/a/b/c/", "https://h.org/a/b/c/"],
  ["https://h.org/services/announcement/", "https://h.org/"],
];

describe("addresses", () => {
  for (const [paste, first, rest = {}] of cases) {
    it(`reads ${JSON.stringify(paste)}`, () => {
      const address = parseAddress(paste);
      assert.equal(address.candidates[0]?.href, first);
      const { user, server, token } = address;
      assert.deepEqual(JSON.parse(JSON.stringify({ user, server, token })), rest);
    });
  }

  const tries = (paste: string): string[] => parseAddress(paste).candidates.map((url) => url.href);

  it("tries an unknown path and then its parents", () => {
    assert.deepEqual(tries("https://h.org/a/b/"), ["https://h.org/a/b/", "https://h.org/a/", "https://h.org/"]);
  });

  it("tries a prefix that is itself called hub or user after the usual reading", () => {
    assert.deepEqual(tries("https://h.org/hub/hub/home"), ["https://h.org/", "https://h.org/hub/"]);
    assert.deepEqual(tries("https://h.org/hub"), ["https://h.org/", "https://h.org/hub/"]);
    assert.deepEqual(tries("https://h.org/user/jupyter/hub/home"), ["https://h.org/", "https://h.org/user/jupyter/"]);
  });

  it("tries the root after a prefix that is not the hub's", () => {
    assert.deepEqual(tries("https://h.org/x/hub/home"), ["https://h.org/x/", "https://h.org/"]);
  });

  it("tries the host above last where users may have hosts of their own", () => {
    assert.deepEqual(tries("https://ana.hub.example.org/user/ana/lab"), ["https://ana.hub.example.org/", "https://hub.example.org/"]);
    assert.deepEqual(tries("https://10.0.0.1/user/ana/lab"), ["https://10.0.0.1/"]);
    assert.deepEqual(tries("https://example.org/user/ana/lab"), ["https://example.org/"]);
  });

  it("does not try a host above that strangers may share", () => {
    for (const host of [
      "ana.co.uk",
      "ana.example.org",
      "ana.localhost",
      "localhost",
      "hub",
      "ana.github.io.",
      "[2001:db8::1]",
      "1.2.3.4",
    ]) {
      assert.deepEqual(
        tries(`https://${host}/user/ana/lab`).map((each) => new URL(each).host),
        [host],
        host,
      );
    }
  });

  it("refuses a user name or password in it, names the host that it leads to, and repeats neither", () => {
    for (const paste of [
      "https://hub.example.org@evil.example/hub/home",
      "https://hub.example.org:443@evil.example/",
      "https://ana:hunter2@evil.example/hub/home",
      "https://:hunter2@evil.example/",
      "http://hub.example.org%2Fhub%2Flogin@evil.example/?token=hunter2",
      "see https://hub.example.org@evil.example/",
      "https:hub.example.org@evil.example",
      "wss://hub.example.org@evil.example/user/ana/",
    ]) {
      assert.throws(
        () => parseAddress(paste),
        (error) => {
          return (
            hasCode(error, "address") &&
            /leads to evil\.example: /.test(error.message) &&
            !/hub\.example\.org(?!\/hub\/home\.$)|hunter2/.test(error.message)
          );
        },
        paste,
      );
    }
    assert.throws(() => parseAddress("https://hub.example.org@h\u0443b.example/"), /leads to xn--/);
  });

  it("leads to the host that the browser would go to, or to one of its names above, whatever is pasted", () => {
    const label = fc.stringMatching(/^[a-z0-9-]{1,8}$/);
    const host = fc.array(label, { minLength: 1, maxLength: 6 }).map((labels) => labels.join("."));
    const user = fc.option(fc.stringMatching(/^[a-z.:%0-9-]{1,12}$/), { nil: undefined });
    const path = fc.constantFrom("/user/ana/lab", "/hub/home", "/@x/user/ana", "/user/a@b.c/lab", "\\@h.org/user/ana", "");
    fc.assert(
      fc.property(host, user, path, (name, who, rest) => {
        const paste = `https://${who === undefined ? "" : `${who}@`}${name}${rest}`;
        if (!URL.canParse(paste)) return;
        const real = new URL(paste);
        let candidates: readonly URL[];
        try {
          ({ candidates } = parseAddress(paste));
        } catch (error) {
          assert.ok(hasCode(error, "address"));
          assert.ok(real.username + real.password !== "" && error.message.includes(real.host));
          return;
        }
        assert.equal(real.username + real.password, "");
        for (const { hostname } of candidates) {
          if (hostname === real.hostname || real.hostname === "0.0.0.0") continue;
          assert.equal(real.hostname.slice(real.hostname.indexOf(".") + 1), hostname);
          assert.ok(hostname.split(".").filter((each) => each !== "").length >= 3, hostname);
        }
      }),
      { numRuns: 5000 },
    );
  });

  it("tries no more than eight of a long path, the root among them", () => {
    const all = tries("https://h.org/a/b/c/d/e/f/g/h/i/j/k");
    assert.equal(all.length, 8);
    assert.equal(all.at(-1), "https://h.org/");
  });

  const unusable = [
    "",
    "   ",
    "my hub",
    "ftp://h.org/",
    "file:///home/ana/x.ipynb",
    "vscode://x/y",
    "/user/ana/lab",
    "https://",
    "https://[h.org/",
    "ana@example.org",
    "javascript://x",
    "3f2a9b7c5d1e4f60a1b2c3d4e5f60718",
    "?token=secretsecret",
    "https://h org/?token=secretsecret",
    "https://ana:secretsecret@[/",
  ];
  for (const paste of unusable) {
    it(`refuses ${JSON.stringify(paste)} with what to do, and repeats no secret`, () => {
      assert.throws(
        () => parseAddress(paste),
        (error) => hasCode(error, "address") && /Paste the address/.test(error.message) && !/secret|3f2a/.test(error.message),
      );
    });
  }

  it("never throws anything but an address error and never lets a token into its URLs", () => {
    const piece = fc.constantFrom(
      "https://",
      "http:",
      "h.org",
      "/",
      "hub",
      "user",
      "ana",
      "lab",
      "?token=s3cr3ts",
      "#",
      "%",
      "@",
      " ",
      "[",
      ":80",
      "“",
      "é",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece, { maxLength: 10 }).map((parts) => parts.join("")),
        ),
        (paste) => {
          try {
            const { url, candidates } = parseAddress(paste);
            for (const each of [url, ...candidates]) {
              assert.equal(each.search + each.hash + each.username + each.password, "");
              assert.match(each.protocol, /^https?:$/);
            }
            assert.ok(candidates.length >= 1 && candidates.length <= 9);
            assert.ok(candidates.every((each) => each.pathname.endsWith("/")));
            assert.equal(new Set(candidates.map(String)).size, candidates.length);
          } catch (error) {
            if (!(error instanceof ProductError)) throw error;
            assert.equal(error.code, "address");
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("knows what can be read on the network", () => {
    const plain = (href: string): boolean => isPlainHttpElsewhere(new URL(href));
    for (const href of ["http://hub.example.org/", "http://10.0.0.1:8000/", "http://localhost.example.org/"]) assert.ok(plain(href), href);
    for (const href of ["https://h.org/", "http://localhost:1/", "http://a.localhost/", "http://127.1.2.3/", "http://[::1]:9/"]) {
      assert.ok(!plain(href), href);
    }
  });
});

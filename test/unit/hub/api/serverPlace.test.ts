// Where a server is, held to the hub's host and scheme.
import assert from "node:assert/strict";
import fc from "fast-check";
import { serverPlace } from "../../../../src/hub/api/serverPlace";

describe("the place of a server", () => {
  const place = (hub: string, full_url: string | null, url: string | null = null): unknown => {
    const found = serverPlace(new URL(hub), { full_url, url });
    return found && [found.url.href, found.isForeign ? "foreign" : "", found.isDowngraded ? "downgraded" : ""].filter(Boolean).join(" ");
  };

  const rows: readonly [hub: string, said: string, expected: string | undefined][] = [
    ["https://hub.example.org/", "/user/ana/", "https://hub.example.org/user/ana/"],
    ["https://hub.example.org/", "https://hub.example.org/user/ana", "https://hub.example.org/user/ana/"],
    // A hub behind a TLS front that does not know of it.
    ["https://hub.example.org/", "http://hub.example.org/user/ana/", "https://hub.example.org/user/ana/"],
    ["https://hub.example.org/", "http://hub.example.org:8000/user/ana/", "https://hub.example.org/user/ana/"],
    ["https://hub.example.org:8443/", "http://hub.example.org/user/ana/", "https://hub.example.org:8443/user/ana/"],
    ["http://hub.example.org:8000/", "https://hub.example.org/user/ana/", "http://hub.example.org:8000/user/ana/"],
    // A host for each user.
    ["https://hub.example.org/", "https://ana--7f.hub.example.org/user/ana/", "https://ana--7f.hub.example.org/user/ana/"],
    ["https://hub.example.org:8443/", "http://ana.hub.example.org/user/ana/", "https://ana.hub.example.org:8443/user/ana/"],
    // Elsewhere.
    ["https://hub.example.org/", "//evil.example/user/ana/", "https://evil.example/user/ana/ foreign"],
    ["https://hub.example.org/", "https://evil.example/user/ana/", "https://evil.example/user/ana/ foreign"],
    ["https://hub.example.org/", "https://example.org/user/ana/", "https://example.org/user/ana/ foreign"],
    ["https://hub.example.org/", "https://evilhub.example.org/user/ana/", "https://evilhub.example.org/user/ana/ foreign"],
    ["https://hub.example.org/", "https://hub.example.org.evil.example/", "https://hub.example.org.evil.example/ foreign"],
    ["https://hub.example.org/", "https://hub.example.org@evil.example/", "https://evil.example/ foreign"],
    ["https://hub.example.org/", "http://evil.example/user/ana/", "http://evil.example/user/ana/ foreign downgraded"],
    ["http://hub.example.org/", "http://elsewhere.example/user/ana/", "http://elsewhere.example/user/ana/ foreign"],
    ["https://hub.example.org/", "http://127.0.0.1:9999/", "http://127.0.0.1:9999/ foreign"],
    // A hub for trying things out.
    ["http://127.0.0.1:8000/", "http://127.0.0.1:9000/user/ana/", "http://127.0.0.1:9000/user/ana/"],
    ["http://127.0.0.1:8000/", "http://192.0.2.1/user/ana/", "http://192.0.2.1/user/ana/ foreign"],
    // No address of a server.
    ["https://hub.example.org/", "javascript:alert(1)", undefined],
    ["https://hub.example.org/", "file:///etc/passwd", undefined],
    ["https://hub.example.org/", "https://", undefined],
  ];
  for (const [hub, said, expected] of rows) {
    it(`is ${expected ?? "none"} where ${hub} says ${said}`, () => assert.equal(place(hub, said), expected));
  }

  it("is the relative address where the hub gives no full one, and none where it gives neither", () => {
    assert.equal(place("https://h.example/jupyter/", null, "/jupyter/user/ana/?token=x#y"), "https://h.example/jupyter/user/ana/");
    assert.equal(place("https://h.example/", null), undefined);
  });

  it("is never in clear on the network below an https hub without being told so", () => {
    fc.assert(
      fc.property(fc.oneof(fc.webUrl({ withQueryParameters: true }), fc.string()), (said) => {
        const found = serverPlace(new URL("https://hub.example.org/"), { full_url: said, url: null });
        if (!found) return;
        const own = found.url.hostname === "hub.example.org" || found.url.hostname.endsWith(".hub.example.org");
        assert.equal(found.isForeign, !own);
        if (found.url.protocol === "http:")
          assert.ok(found.isForeign && (found.isDowngraded || /^(localhost|127\.|\[::1)/.test(found.url.hostname)));
      }),
    );
  });
});

// Servers as authorities of URIs: readable, and the same server again whatever its user, hub and name.
import assert from "node:assert/strict";
import * as fc from "fast-check";
import { authorityOf, labelOf, serverAt } from "../../../../src/app/files/serverAddress";

interface Identity {
  readonly hub: URL;
  readonly userName: string;
}

interface Named {
  readonly account: Identity;
  readonly name: string;
  readonly owner: string;
}

function account(hub: string, userName: string): Identity {
  return { hub: new URL(hub), userName };
}

function server(hub: string, userName: string, name = "", owner = userName): Named {
  return { account: account(hub, userName), name, owner };
}

/** What an authority stands for where these accounts are known. */
function found(authority: string, ...accounts: Identity[]): Named | undefined {
  return serverAt(authority, accounts, (of, name, owner) => ({ account: of, name, owner }));
}

describe("the authority of a server", () => {
  const readable: readonly (readonly [string, Named])[] = [
    ["ana@hub.example.org", server("https://hub.example.org/", "ana")],
    ["ana@hub.example.org:80", server("http://hub.example.org/", "ana")],
    ["ana+gpu@127.0.0.1:8000", server("http://127.0.0.1:8000/", "ana", "gpu")],
    ["ana++bob@hub.example.org+jupyter+x", server("https://hub.example.org/jupyter/x/", "ana", "", "bob")],
    ["ana+gpu+bob@[::1]:8000", server("http://[::1]:8000/", "ana", "gpu", "bob")],
    ["alice~40example.org@hub.example.org", server("https://hub.example.org/", "alice@example.org")],
    ["zoë~20müller@hub.example.org", server("https://hub.example.org/", "zoë müller")],
    ["~41na@hub.example.org+~4aupyter", server("https://hub.example.org/Jupyter/", "Ana")],
    ["localhost:8888+lab", server("http://localhost:8888/lab/", "")],
  ];
  for (const [authority, one] of readable) {
    it(`is ${authority}, and leads back`, () => {
      assert.equal(authorityOf(one), authority);
      assert.deepEqual(found(authority, account("https://other.example.org/", "ana"), one.account), one);
    });
  }

  it("leads back for any user, name, owner and prefix, in small letters, and never to another's", () => {
    const word = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 });
    const hub = fc
      .tuple(fc.constantFrom("http://h.example:8000/", "https://h.example/", "http://h.example/"), word)
      .map(([base, prefix]) => new URL(`${base}${encodeURIComponent(prefix).replaceAll(".", "-")}/`).href);
    fc.assert(
      fc.property(hub, word, fc.oneof(fc.constant(""), word), word, hub, word, (href, user, name, owner, otherHref, otherUser) => {
        const one = server(href, user, name, owner);
        const authority = authorityOf(one);
        assert.equal(authority, authority.toLowerCase());
        assert.deepEqual(found(authority, account(otherHref, otherUser), one.account), one);
        const isOther = otherHref !== href || otherUser !== user;
        if (isOther) assert.equal(found(authority, account(otherHref, otherUser)), undefined);
      }),
    );
  });

  it("is no server's where nobody is signed in, but has a name for people", () => {
    assert.equal(found("ana@hub.example.org", account("https://hub.example.org/", "bob")), undefined);
    assert.equal(found("", account("https://hub.example.org/", "bob")), undefined);
    assert.equal(found("~ff@hub.example.org", account("https://hub.example.org/", "bob")), undefined);
    assert.equal(labelOf("zoë~20m@hub.example.org:8000+jupyter"), "zoë m @ hub.example.org:8000/jupyter");
  });
});

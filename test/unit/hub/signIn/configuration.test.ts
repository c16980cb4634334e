// Hubs in settings: which are taken, how faults are named, which one an address falls under.
import assert from "node:assert/strict";
import { configurationFor, readHubs, type HubConfiguration } from "../../../../src/hub/signIn/configuration";

const read = (...hubs: unknown[]): readonly string[] => readHubs(hubs, "hubs").problems;

describe("configured hubs", () => {
  it("are taken with all they may have", () => {
    const hub: HubConfiguration = {
      url: "https://hub.example.org/jupyter",
      label: "Example University",
      caFile: "/etc/ssl/university.pem",
      clientCertificateFile: "~/certificates/ana.pem",
      clientKeyFile: "~/certificates/ana.key",
      oauth: { clientId: "vscode", clientSecretFile: "~/secret", redirectUri: "http://127.0.0.1:8765/callback" },
    };
    assert.deepEqual(readHubs([hub, { url: "http://localhost:8000" }], "hubs"), {
      hubs: [hub, { url: "http://localhost:8000" }],
      problems: [],
    });
  });

  it("are none where nothing is set", () => {
    for (const value of [undefined, null, []]) assert.deepEqual(readHubs(value, "hubs"), { hubs: [], problems: [] });
  });

  const faults: [unknown, RegExp][] = [
    [{}, /^hubs\[0\]\.url: it is missing\.$/],
    [{ url: "hub.example.org" }, /^hubs\[0\]\.url: give the hub's address, beginning with https:\/\/\.$/],
    [{ url: "ftp://hub.example.org" }, /address/],
    [{ url: "https://ana:hunter2@hub.example.org" }, /^hubs\[0\]\.url: leave user name and password out\.$/],
    [{ url: "https://hub", cafile: "/x" }, /^hubs\[0\]\.cafile: there is no such property\.$/],
    [{ url: "https://hub", caFile: "ca.pem" }, /^hubs\[0\]\.caFile: give an absolute path/],
    [{ url: "https://hub", caFile: 1 }, /^hubs\[0\]\.caFile: string is expected here\.$/],
    [{ url: "https://hub", clientKeyFile: "/key" }, /^hubs\[0\]\.clientKeyFile: name the certificate of this key/],
    [{ url: "https://hub", oauth: {} }, /^hubs\[0\]\.oauth\.clientId: it is missing\.$/],
    [
      { url: "https://hub", oauth: { clientId: "x", clientSecret: "hunter2" } },
      /^hubs\[0\]\.oauth\.clientSecret: there is no such property\.$/,
    ],
    ["https://hub.example.org", /^hubs\[0\]: Object is expected here\.$/],
    [null, /^hubs\[0\]: Object is expected here\.$/],
  ];
  for (const [value, words] of faults) {
    it(`are left out, with place and reason: ${JSON.stringify(value)}`, () => {
      const { hubs, problems } = readHubs([value, { url: "https://good.example.org" }], "hubs");
      assert.deepEqual(hubs, [{ url: "https://good.example.org" }]);
      assert.equal(problems.length, 1, problems.join());
      assert.match(problems[0] ?? "", words);
      assert.doesNotMatch(problems[0] ?? "", /hunter2/);
    });
  }

  it("are named by their place in the list", () => {
    assert.deepEqual(
      read({ url: "https://hub" }, { url: 1 }).map((problem) => problem.split(":")[0]),
      ["hubs[1].url"],
    );
    assert.match(readHubs({ url: "https://hub" }, "hubs").problems[0] ?? "", /^hubs: give a list/);
  });
});

describe("the configuration of an address", () => {
  const hubs: HubConfiguration[] = [
    { url: "https://example.org/", label: "root" },
    { url: "https://example.org/jupyter", label: "prefix" },
    { url: "https://example.org:8443/", label: "port" },
    { url: "http://example.org/", label: "plain" },
  ];
  const cases: [string, string | undefined][] = [
    ["https://example.org/", "root"],
    ["https://example.org/jupyter/", "prefix"],
    ["https://example.org/jupyter", "prefix"],
    ["https://example.org/jupyter/user/ana/api", "prefix"],
    ["https://example.org/jupyterlab/", "root"],
    ["https://EXAMPLE.org:443/user/ana/", "root"],
    ["https://example.org:8443/jupyter/", "port"],
    ["http://example.org/jupyter/", "plain"],
    ["https://evil-example.org/", undefined],
    ["https://example.org.evil.org/", undefined],
    ["https://sub.example.org/", undefined],
  ];
  for (const [address, label] of cases) {
    it(`${address} is ${label ?? "none"}`, () => assert.equal(configurationFor(new URL(address), hubs)?.label, label));
  }
});

// What ships: the files of the package, the packages in its bundles, their notices and hashes, and what the bundles can do.
import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { out, root } from "../harness/paths";
import { run } from "../harness/processes/run";
import { bundledPackages, distinct, readMetafile, type BundledPackage } from "../harness/publish/bundled";
import { checksums, sha256 } from "../harness/publish/checksums";
import { noticesOf } from "../harness/publish/notices";
import { lookThrough, type Findings } from "./support/code";
import { lockedPackages, manifest, packageFile, unpacked } from "./support/package";

const bundles = ["extension.js", "htmlparser2.js", "node-fetch.js", "oauth4webapi.js", "ws.js"];

/** All of it; a new file is a decision. vsce adds the first two, and gives others names of its own. */
const shipped = [
  "[Content_Types].xml",
  "extension.vsixmanifest",
  "extension/LICENSE.txt",
  "extension/changelog.md",
  "extension/dist/NOTICES.txt",
  ...bundles.map((name) => `extension/dist/${name}`),
  "extension/media/hub.svg",
  "extension/media/icon.png",
  ...["pick-kernel", "run", "sign-in"].map((name) => `extension/media/walkthrough/${name}.svg`),
  "extension/package.json",
  "extension/readme.md",
];

/** The hosts that texts of the bundles name: examples, a name of a format, and where node-fetch explains its errors. None is asked for anything. */
const namedHosts = ["NAME:PASSWORD@proxy.example.org:3128;", "events.jupyter.org", "github.com", "hub", "hub.example.org"];

describe("the package", () => {
  let files: Map<string, Buffer>;
  const text = (name: string): string => files.get(name)?.toString("utf8") ?? assert.fail(`${name} is not in the package.`);
  let bundled: BundledPackage[];

  before(async () => {
    files = await unpacked(packageFile());
    bundled = bundledPackages(root, readMetafile(root));
  });

  it("has the stated files and no other", () => {
    assert.deepEqual([...files.keys()].sort(), [...shipped].sort());
  });

  it("holds what was built, and its checksums are those beside it", () => {
    for (const name of readdirSync(path.join(root, "dist")))
      assert.ok(files.get(`extension/dist/${name}`)?.equals(readFileSync(path.join(root, "dist", name))) === true, name);
    const stated = readFileSync(path.join(out, "checksums.txt"), "utf8");
    assert.equal(stated, checksums(root, [packageFile()]));
    assert.equal(stated.trimEnd().split("\n").length, bundles.length + 2);
    assert.ok(stated.includes(`${sha256(packageFile())}  ${path.basename(packageFile())}\n`));
  });

  it("names every bundled package in its notices, with its copyright and the text of its licence", () => {
    const notices = text("extension/dist/NOTICES.txt");
    // Some that only others ask for.
    for (const name of ["data-uri-to-buffer", "formdata-polyfill", "node-domexception"])
      assert.ok(
        bundled.some((each) => each.name === name),
        name,
      );
    for (const { name, version, licence, copyright, text: words } of noticesOf(root, distinct(bundled))) {
      assert.ok(notices.includes(`\n${name} ${version}\nLicence: ${licence}\n${copyright.join("\n")}\n\n${words}\n`), name);
    }
  });

  it("is made of dependencies, and all dependencies are in it", () => {
    const locked = lockedPackages();
    const places = bundled.map(({ directory }) => directory);
    // npm marks with `dev` what only devDependencies lead to.
    assert.deepEqual(
      places.filter((place) => locked.get(place)?.dev !== undefined || !locked.has(place)),
      [],
    );
    assert.deepEqual(
      Object.keys(manifest().dependencies).filter((name) => !places.includes(`node_modules/${name}`)),
      [],
    );
    assert.deepEqual(
      places.filter((place) => locked.get(place)?.hasInstallScript === true),
      [],
    );
  });

  it("comes from packages that are known by their hashes, from wherever they are had", () => {
    const locked = [...lockedPackages()];
    assert.ok(locked.length > 400);
    assert.deepEqual(
      locked.filter(([, { integrity }]) => integrity?.startsWith("sha512-") !== true),
      [],
    );
    assert.deepEqual(
      locked.filter(([, { resolved }]) => resolved !== undefined),
      [],
    );
  });

  it("asks for no proposed API, and knows only the API of the oldest VS Code it is for", () => {
    const shippedManifest = text("extension/package.json");
    assert.doesNotMatch(shippedManifest, /enabledApiProposals|enableProposedApi/);
    const { engines, devDependencies } = manifest();
    assert.equal(`^${devDependencies["@types/vscode"] ?? ""}`, engines.vscode);
    const sources = readdirSync(path.join(root, "src"), { recursive: true, encoding: "utf8" });
    assert.deepEqual(
      sources.filter((name) => name.endsWith(".d.ts")),
      [],
    );
    const declaring = sources.filter(
      (name) => name.endsWith(".ts") && /declare module|\.proposed\b/.test(readFileSync(path.join(root, "src", name), "utf8")),
    );
    assert.deepEqual(declaring, []);
  });

  it("leads with its README's links to addresses that are there without the sources", () => {
    const readme = text("extension/readme.md").replaceAll(/```[\s\S]*?```/g, "");
    const links = [...readme.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link);
    assert.ok(links.length > 5);
    assert.deepEqual(
      links.filter((link) => link?.startsWith("https://") !== true),
      [],
    );
  });

  describe("in its bundles", () => {
    let findings: (Findings & { name: string })[];

    before(() => {
      findings = bundles.map((name) => ({ name, ...lookThrough(text(`extension/dist/${name}`)) }));
    });

    it("makes no code of text and loads no machine code", () => {
      assert.deepEqual(
        findings.flatMap(({ name, makers }) => makers.map((code) => `${name}: ${code}`)),
        [],
      );
    });

    it("loads Node's modules, VS Code and its own bundles, never what lies in folders above it", () => {
      const own = ["vscode", ...bundles.map((name) => `./${name}`)];
      const others = findings.flatMap(({ name, modules }) =>
        [...modules].filter((module) => !own.includes(module) && !isBuiltin(module)).map((module) => `${name}: ${module}`),
      );
      assert.deepEqual(others, []);
      const starting = ["child_process", "cluster", "inspector", "module", "repl"];
      assert.deepEqual(
        findings.flatMap(({ modules }) => [...modules].filter((module) => starting.includes(module.replace(/^node:/, "")))),
        [],
      );
    });

    it("runs nothing that somebody has put into a folder above the extension's", async () => {
      const above = mkdtempSync(path.join(tmpdir(), "jupyterhub-connect-above-"));
      try {
        for (const name of ["bufferutil", "utf-8-validate", "web-streams-polyfill"]) {
          const planted = path.join(above, "node_modules", name);
          mkdirSync(planted, { recursive: true });
          writeFileSync(path.join(planted, "index.js"), 'process.stdout.write("planted code ran");');
        }
        cpSync(path.join(root, "dist"), path.join(above, "extensions", "dist"), { recursive: true });
        const late = bundles.filter((name) => name !== "extension.js").map((name) => path.join(above, "extensions", "dist", name));
        assert.equal(await run(process.execPath, ["-e", "for (const file of process.argv.slice(1)) require(file)", ...late]), "");
      } finally {
        rmSync(above, { recursive: true, force: true });
      }
    });

    it("names no address to load anything from", () => {
      assert.deepEqual([...new Set(findings.flatMap(({ hosts }) => [...hosts]))].sort(), namedHosts);
    });

    it("would be found out", () => {
      const code =
        'eval("1"); new Function("a"); (() => {}).constructor("x"); import(where); process.dlopen(m, "x.node"); fetch("https://example.net/x"); const a = `http://${b}.example.net`; x instanceof Function; a.eval; ({ Function: 1 })';
      const { makers, modules, hosts } = lookThrough(code);
      assert.deepEqual(makers, ['eval("1")', 'new Function("a")', '(() => {}).constructor("x")', 'process.dlopen(m, "x.node")']);
      assert.deepEqual([[...modules], [...hosts]], [["where"], ["example.net"]]);
    });
  });
});

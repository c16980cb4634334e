// The notices of bundled packages: what has to be in them, and what cannot be bundled.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { bundledPackages, readMetafile } from "../../../harness/publish/bundled";
import { writeNotices } from "../../../harness/publish/notices";

const mit = (who: string): string =>
  `MIT License\n\nCopyright (c) 2020 ${who}\n\nPermission is hereby granted, free of\ncharge, to any person …\n\nThe above copyright notice …`;

describe("notices of bundled packages", () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), "jupyterhub-connect-notices-"));
    for (const name of ["dist", "out"]) mkdirSync(path.join(root, name));
  });

  afterEach(() => rmSync(root, { recursive: true, force: true }));

  /** A package in node_modules; `files` beside its package.json. */
  function install(directory: string, manifest: Readonly<Record<string, unknown>>, files: Readonly<Record<string, string>>): void {
    const folder = path.join(root, "node_modules", directory);
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, "package.json"), JSON.stringify({ version: "1.0.0", ...manifest }));
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  }

  /** As if these files had been bundled. */
  function bundle(...files: readonly string[]): void {
    const inputs = Object.fromEntries(["src/extension.ts", ...files].map((file) => [file, { bytes: 1, imports: [] }]));
    writeFileSync(path.join(root, "out", "metafile.json"), JSON.stringify({ inputs, outputs: { "dist/extension.js": { inputs } } }));
  }

  function notices(): string {
    return readFileSync(writeNotices(root), "utf8");
  }

  it("hold name, version, licence, copyright and the whole text, of packages within packages and with scopes too", () => {
    install("outer", { name: "outer", license: "MIT" }, { LICENSE: mit("Olga") });
    install("outer/node_modules/inner", { name: "inner", license: "MIT", version: "2.1.0" }, { "LICENCE.md": mit("Ina") });
    install(
      "@some/scoped",
      { name: "@some/scoped", license: "ISC" },
      { "license.txt": "© 2019 Sam\r\n\r\nPermission to use, copy, modify, and/or distribute …" },
    );
    mkdirSync(path.join(root, "node_modules", "outer", "licenses")); // a folder is no text
    bundle(
      "node_modules/outer/dist/index.js",
      "node_modules/outer/node_modules/inner/a.js",
      "node_modules/@some/scoped/lib/x.js",
      "late:outer",
    );
    const text = notices();
    assert.match(text, /^outer 1\.0\.0\nLicence: MIT\nCopyright \(c\) 2020 Olga\n\nMIT License\n/m);
    assert.match(text, /^inner 2\.1\.0\nLicence: MIT\nCopyright \(c\) 2020 Ina\n/m);
    assert.match(text, /^@some\/scoped 1\.0\.0\nLicence: ISC\n© 2019 Sam\n\n© 2019 Sam\n\nPermission to use/m);
    assert.match(text, /parts of the 3 packages/);
  });

  it("name a package once that is there in two places, and twice in two versions", () => {
    install("a", { name: "a", license: "MIT" }, { LICENSE: mit("Ann") });
    install("b/node_modules/a", { name: "a", license: "MIT" }, { LICENSE: mit("Ann") });
    install("c/node_modules/a", { name: "a", license: "MIT", version: "2.0.0" }, { LICENSE: mit("Ann") });
    bundle("node_modules/a/x.js", "node_modules/b/node_modules/a/x.js", "node_modules/c/node_modules/a/x.js");
    assert.deepEqual(notices().match(/^a \d.*$/gm), ["a 1.0.0", "a 2.0.0"]);
  });

  it("take the README's section where a package has no file of its licence, and no other section", () => {
    const readme =
      "Tool\n====\n\nLicense: see below.\n\nLicense\n-------\n\nCopyright (c) 2014 Nat &lt;nat@example.org&gt;\n\nPermission is hereby granted, free of charge, …\n\n[rfc]: http://example.org\n\n## Thanks\n\nTo all.";
    install("tool", { name: "tool", license: "MIT" }, { "README.md": readme });
    bundle("node_modules/tool/index.js");
    assert.ok(
      notices().endsWith(
        "tool 1.0.0\nLicence: MIT\nCopyright (c) 2014 Nat <nat@example.org>\n\nCopyright (c) 2014 Nat <nat@example.org>\n\nPermission is hereby granted, free of charge, …\n",
      ),
    );
  });

  it("have what a NOTICE file says, as Apache-2.0 wants it", () => {
    install(
      "web",
      { name: "web", license: "Apache-2.0" },
      { LICENSE: "TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION …", NOTICE: "Web by Wilma" },
    );
    bundle("node_modules/web/index.js");
    assert.match(notices(), /Web by Wilma/);
  });

  const refused: readonly {
    why: string;
    manifest: Readonly<Record<string, unknown>>;
    files: Readonly<Record<string, string>>;
    says: RegExp;
  }[] = [
    {
      why: "another licence",
      manifest: { license: "GPL-3.0-only" },
      files: { LICENSE: mit("Ann") },
      says: /bad 1\.0\.0 \(node_modules\/bad\) has the licence GPL-3\.0-only, which is none of MIT, /,
    },
    {
      why: "a choice of licences that nobody has made",
      manifest: { license: "(MIT OR GPL-2.0)" },
      files: { LICENSE: mit("Ann") },
      says: /\(MIT OR GPL-2\.0\)/,
    },
    {
      why: "a licence named as no object has it",
      manifest: { license: "constructor" },
      files: { LICENSE: mit("Ann") },
      says: /the licence constructor/,
    },
    { why: "no licence", manifest: {}, files: { LICENSE: mit("Ann") }, says: /states no licence/ },
    {
      why: "licences in the form of old",
      manifest: { licenses: [{ type: "MIT" }] },
      files: { LICENSE: mit("Ann") },
      says: /states no licence/,
    },
    { why: "no text of it", manifest: { license: "MIT" }, files: {}, says: /brings no text of its licence MIT/ },
    {
      why: "a README that only names it",
      manifest: { license: "MIT" },
      files: { "README.md": "# Bad\n\n## License\n\nMIT, © 2020 Ann" },
      says: /brings no text/,
    },
    {
      why: "the text of another",
      manifest: { license: "BSD-3-Clause" },
      files: { LICENSE: mit("Ann") },
      says: /brings no text of its licence BSD-3-Clause/,
    },
    {
      why: "nobody's copyright",
      manifest: { license: "MIT" },
      files: { LICENSE: "Permission is hereby granted, free of charge …\nCopyright notices shall be included." },
      says: /who has its copyright/,
    },
  ];
  for (const { why, manifest, files, says } of refused) {
    it(`let nothing be bundled that has ${why}`, () => {
      install("bad", { name: "bad", ...manifest }, files);
      install("good", { name: "good", license: "MIT" }, { LICENSE: mit("Gus") });
      bundle("node_modules/bad/index.js", "node_modules/good/index.js");
      assert.throws(notices, says);
    });
  }

  for (const file of ["../elsewhere/node_modules/x/index.js", "vendor/x.js", "node_modules/x.js"]) {
    it(`let ${file} not be bundled: it is nobody's`, () => {
      bundle(file);
      assert.throws(() => bundledPackages(root, readMetafile(root)), /belongs to no package/);
    });
  }
});

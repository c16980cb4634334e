// What the extension calls itself wherever people meet it: other extensions are named after JupyterHub as well.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { root } from "../harness/paths";

const name = "JupyterHub Connect";
/** Where it is no part of our name: a hub of somebody's, or a version of its software. */
const hubs = /\b(?:[Aa]n?|[Yy]our|[Nn]o|[Aa]ny|real|[a-z]+['’]s) JupyterHub\b(?! Connect)|\bJupyterHub \d/g;

/** The places in a shown text that name the extension otherwise. */
function misnamed(text: string): string[] {
  return text.replaceAll(hubs, "").match(/.{0,20}JupyterHub(?! Connect\b).{0,20}/g) ?? [];
}

function texts(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(texts) : [];
}

/** The texts in a source file, without its comments. */
function literals(file: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) found.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest));
  return found;
}

describe("the extension's name", () => {
  const manifest = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
    readonly displayName: string;
    readonly contributes: {
      readonly authentication: readonly { readonly label: string }[];
      readonly commands: readonly { readonly category: string }[];
      readonly configuration: { readonly title: string };
      readonly resourceLabelFormatters: readonly { readonly formatting: { readonly workspaceSuffix: string } }[];
      readonly viewsContainers: { readonly activitybar: readonly { readonly title: string }[] };
      readonly views: Readonly<Record<string, readonly { readonly contextualTitle: string }[]>>;
      readonly walkthroughs: readonly { readonly title: string }[];
    };
  };

  it("is the same wherever VS Code says whose a thing is", () => {
    const { displayName, contributes } = manifest;
    const { authentication, commands, configuration, resourceLabelFormatters, viewsContainers, views, walkthroughs } = contributes;
    const said = [
      displayName,
      configuration.title,
      ...authentication.map(({ label }) => label),
      ...commands.map(({ category }) => category),
      ...resourceLabelFormatters.map(({ formatting }) => formatting.workspaceSuffix),
      ...viewsContainers.activitybar.map(({ title }) => title),
      ...Object.values(views).flatMap((each) => each.map(({ contextualTitle }) => contextualTitle)),
    ];
    assert.deepEqual([...new Set(said)], [name]);
    for (const { title } of walkthroughs) assert.ok(title.includes(name), title);
  });

  it("is said in full by every text of the manifest, the sources and the README", () => {
    const sources = readdirSync(path.join(root, "src"), { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
    assert.ok(sources.length > 100);
    const readme = readFileSync(path.join(root, "README.md"), "utf8");
    const found = [...texts(manifest), readme, ...sources.flatMap((file) => literals(path.join(root, "src", file)))].flatMap(misnamed);
    assert.deepEqual(found, []);
  });

  it("would be missed where a text leaves half of it out", () => {
    for (const text of ["JupyterHub", "JupyterHub: Sign In…", "Look into the JupyterHub view.", "Sign in to JupyterHub"])
      assert.equal(misnamed(text).length, 1, text);
    for (const text of [
      name,
      `Show the ${name} view`,
      "Paste the address of your JupyterHub",
      "JupyterHub 3 or newer",
      "It is no JupyterHub.",
    ])
      assert.deepEqual(misnamed(text), []);
  });
});

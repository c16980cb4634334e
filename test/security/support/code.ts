// What bundled code does, as its syntax tells: which modules it loads, where it makes code of text, which addresses it names.
import ts from "typescript";

/** What was found in one bundle. */
export interface Findings {
  /** Names of modules that are loaded; a name that is no literal is shown as its code. */
  readonly modules: Set<string>;
  /** Code that makes code of text, or machine code. */
  readonly makers: string[];
  /** Hosts of the http(s) addresses in texts. */
  readonly hosts: Set<string>;
}

const makers = ["eval", "Function", "WebAssembly"];

/** Looks through `code`, the text of a bundle. */
export function lookThrough(code: string): Findings {
  const source = ts.createSourceFile("bundle.js", code, ts.ScriptTarget.ES2022, true, ts.ScriptKind.JS);
  const found: Findings = { modules: new Set(), makers: [], hosts: new Set() };
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && isLoading(node.expression)) found.modules.add(moduleName(node.arguments[0]));
    if (ts.isIdentifier(node) && makers.includes(node.text) && makesCode(node)) found.makers.push(around(node));
    if (isDangerousProperty(node)) found.makers.push(around(node));
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddle(node) || ts.isTemplateTail(node)) {
      for (const [, host] of node.text.matchAll(/\bhttps?:\/\/([^\s/"'`<>)]+)/g)) if (host !== undefined) found.hosts.add(host);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** `require(…)`, or `import(…)`. */
function isLoading(callee: ts.Expression): boolean {
  return callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === "require");
}

function moduleName(argument: ts.Expression | undefined): string {
  return argument !== undefined && ts.isStringLiteralLike(argument) ? argument.text : (argument?.getText() ?? "");
}

/** A name that is used as a value, other than to ask what something is an instance of. */
function makesCode(name: ts.Identifier): boolean {
  const { parent } = name;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === name && parent.name.text !== "prototype";
  if (ts.isPropertyAssignment(parent) || ts.isMethodDeclaration(parent)) return parent.name !== name;
  return !(ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword);
}

/** `x.constructor("…")` of a function makes a function of text; `process.dlopen` and `process.binding` load machine code. */
function isDangerousProperty(node: ts.Node): boolean {
  if (!ts.isPropertyAccessExpression(node)) return false;
  if (["dlopen", "binding", "_linkedBinding"].includes(node.name.text)) return true;
  const called = (ts.isCallExpression(node.parent) || ts.isNewExpression(node.parent)) && node.parent.expression === node;
  const text = called ? node.parent.arguments?.[0] : undefined;
  return node.name.text === "constructor" && text !== undefined && ts.isStringLiteralLike(text);
}

function around(node: ts.Node): string {
  return node.parent.getText().slice(0, 80);
}

// Which call the cursor is in, and which parameter is next.
import assert from "node:assert/strict";
import * as v from "valibot";
import { callAt, qualifiedName, signatureOf, type Call, type Signature } from "../../../../src/notebook/help/callSignature";
import { inspectReplyContent } from "../../../../src/services/kernel/messages";

/** The call at the `|` in the code. */
function call(code: string, language = "python"): Call | undefined {
  const cursor = code.indexOf("|");
  return callAt(code.replace("|", ""), cursor, language);
}

/** The signature in `text`, with what it shows as the active parameter. */
function signature(text: string, at: Partial<Call> = {}): (Signature & { shown: string[]; at: string | undefined }) | undefined {
  const reply = v.parse(inspectReplyContent, { status: "ok", found: true, data: { "text/plain": text } });
  const found = signatureOf(reply, { callee: "f", index: 0, ...at });
  if (!found) return undefined;
  const shown = found.parameters.map(([start, end]) => found.label.slice(start, end));
  return { ...found, shown, at: found.active === undefined ? undefined : shown[found.active] };
}
const ipython = (text: string): string => `\x1b[31mSignature:\x1b[39m ${text}`;

describe("the call at the cursor", () => {
  it("is the innermost, with what it belongs to", () => {
    assert.deepEqual(call("print(os.path.join(a, |"), { callee: "os.path.join", index: 1 });
    assert.deepEqual(call("print(f(a, b), |)"), { callee: "print", index: 1 });
    assert.deepEqual(call("stats::lm(|", "r"), { callee: "stats::lm", index: 0 });
    assert.deepEqual(call("push!(a, |", "julia"), { callee: "push!", index: 1 });
    assert.deepEqual(call("größe(|"), { callee: "größe", index: 0 });
  });

  it("has a name as far as one goes: of any script, with colons in pairs, and not of a whole line", () => {
    const names: [string, string][] = [
      ["a:b", "b"],
      [":::b", "::b"],
      ["𝑥.y", "𝑥.y"],
      ["!", ""],
      ["a!?", ""],
      ["", ""],
      ["x".repeat(200), "x".repeat(200)],
      ["x".repeat(201), ""],
    ];
    for (const [code, name] of names) assert.equal(qualifiedName(code, code.length), name, code);
  });

  it("is none outside of one, or behind its end", () => {
    for (const code of ["|f(a)", "f(a)|", "x = (1, |", "[1, |", "", "|"]) assert.equal(call(code), undefined, code);
  });

  it("counts its own commas only: not those of lists, strings and comments", () => {
    assert.equal(call("f([1, 2], {3: 4, 5: 6}, (7, 8), |")?.index, 3);
    assert.equal(call("f('a, (', \"b\\\", \", '''c,\n,''', |")?.index, 3);
    assert.equal(call("f('a, |")?.index, 0);
    assert.equal(call("f(a, # don't (, count\n  |")?.index, 1);
    assert.equal(call("f(a, // don't (, count\n  |", "javascript")?.index, 1);
    assert.equal(call("f(a // 2, |")?.index, 1);
  });

  it("knows the name by which an argument is given", () => {
    assert.deepEqual(call("f(a, sep='x|"), { callee: "f", index: 1, keyword: "sep" });
    assert.deepEqual(call("f(a == |"), { callee: "f", index: 0 });
  });

  it("is asked for by its name alone", () => {
    assert.equal(qualifiedName("print(json.loads", 16), "json.loads");
    assert.equal(qualifiedName("d[1:foo", 7), "foo");
    assert.equal(qualifiedName("a + ", 4), "");
  });
});

describe("a signature", () => {
  it("has its parameters, whatever is in their defaults", () => {
    const found = signature(ipython("f(a, b=(1, 2), *args, c='x,)', **kw) -> Tuple[int, str]"));
    assert.equal(found?.label, "f(a, b=(1, 2), *args, c='x,)', **kw) -> Tuple[int, str]");
    assert.deepEqual(found.shown, ["a", "b=(1, 2)", "*args", "c='x,)'", "**kw"]);
  });

  it("is on one line, with its documentation", () => {
    const found = signature(
      "\x1b[31mSignature:\x1b[39m\njson.loads(\n    s,\n    *,\n    cls=\x1b[32mNone\x1b[39m,\n    **kw,\n)\n\x1b[31mDocstring:\x1b[39m\nDeserialize.\n\nMore.",
    );
    assert.equal(found?.label, "json.loads(s, *, cls=None, **kw)");
    assert.equal(found.documentation, "Deserialize.\n\nMore.");
  });

  it("of a class is that of what makes one, and of an object that of calling it", () => {
    assert.equal(signature("\x1b[0;31mInit signature:\x1b[0m K(size)\n\x1b[0;31mDocstring:\x1b[0m A class.")?.label, "K(size)");
    assert.equal(signature("\x1b[0;31mCall signature:\x1b[0m k(x)")?.label, "k(x)");
  });

  it("shows the parameter that comes next", () => {
    const text = ipython("f(a, b, /, c, *, key=1, **more)");
    assert.equal(signature(text)?.at, "a");
    assert.equal(signature(text, { index: 2 })?.at, "c");
    assert.equal(signature(text, { index: 3 })?.at, undefined);
    assert.equal(signature(text, { index: 3, keyword: "key" })?.at, "key=1");
    assert.equal(signature(text, { index: 3, keyword: "other" })?.at, "**more");
    assert.equal(signature(ipython("print(*args, sep=' ')"), { index: 5 })?.at, "*args");
    assert.equal(signature(ipython("f()"), { index: 0 })?.at, undefined);
  });

  it("of a kernel without titles is the line that looks like one", () => {
    assert.deepEqual(signature("Title\n\n  lm(formula, data, ...)\n")?.shown, ["formula", "data", "..."]);
    assert.equal(signature("A constant."), undefined);
    assert.equal(signature(""), undefined);
  });
});

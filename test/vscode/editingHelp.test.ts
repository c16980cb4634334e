// Editing help from a real kernel: completion, documentation and signatures in cells, and what a running cell has of it.
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { withTimeout } from "../../src/base/async";
import { next } from "../../src/base/event";
import { getKernel } from "../../src/services/kernel/client";
import { KernelConnection } from "../../src/services/kernel/connection";
import type { Message } from "../../src/services/kernel/messages";
import { serverSettings } from "../../src/transport/settings";
import { testHub } from "../harness/vscode/inHost/testHub";
import { complete, isNamed, placeIn, suggested } from "./support/completion";
import { closeNotebooks, openNotebook, run, selectKernel, textOf } from "./support/notebook";
import { signIn, signOut } from "./support/users";

const define = "import json\n\ndef area(width, height=(1, 2), *, unit='m²'):\n    '''How large it is.'''\n\nanswer = 42";

/** Python with a `thing` that notes when it is completed, and then does something. */
const object = (then: string): string =>
  `import time\nasked = []\nclass Thing:\n    def __dir__(self):\n        asked.append(1)\n        ${then}\n        return ['la' + 'te']\nthing = Thing()`;

describe("editing help", () => {
  let account: string;

  before(async function () {
    this.timeout(120_000);
    account = await signIn();
    await testHub().startServer("ana");
  });
  afterEach(closeNotebooks);
  after(() => signOut(account));

  /** A notebook whose kernel has run `first`, before the cells with `sources`. */
  async function started(first: string, ...sources: string[]): Promise<vscode.NotebookDocument> {
    const notebook = await openNotebook(first, ...sources);
    await selectKernel({ account });
    await run(notebook).ended;
    return notebook;
  }

  it("completes with the kernel's types and in the kernel's place, whatever letters come before", async () => {
    const notebook = await started(define, "s = '🪐'; json.lo");
    // IPython gives the first answer without types where it takes too long.
    await complete(notebook, 1);
    const item = await suggested(notebook, 1, "loads");
    assert.equal(item.kind, vscode.CompletionItemKind.Function);
    assert.match(typeof item.label === "string" ? "" : (item.label.detail ?? ""), /^\(s, /);
    const range = item.range instanceof vscode.Range ? item.range : item.range?.replacing;
    assert.deepEqual([range?.start.character, range?.end.character], [15, 17]);
  });

  it("asks for a suggestion's documentation when it is looked at", async () => {
    const notebook = await started(define, "print(json.lo");
    const item = await suggested(notebook, 1, "loads", 20);
    assert.ok(item.documentation instanceof vscode.MarkdownString);
    assert.match(item.documentation.value, /^```python\njson\.loads\(/);
    assert.match(item.documentation.value, /Deserialize/);
    assert.doesNotMatch(item.documentation.value, /\x1b/);
  });

  it("shows what a name is, and a variable's type and value", async () => {
    const notebook = await started(define, "area(answer)");
    assert.match(await hover(notebook, 1, 2), /```python\narea\(width, height=\(1, 2\), \*, unit='m²'\)\n```[\s\S]*How large it is\./);
    assert.match(await hover(notebook, 1, 5), /String form: `42`/);
    assert.match(await hover(notebook, 1, 11), /Type: `int`/);
    assert.equal(await hover(notebook, 1, 12), "");
  });

  it("shows the parameters of a call, and which is next", async () => {
    const notebook = await started(define, "print(area(1, [2, 3], unit=");
    const { signatures, activeParameter } = await signature(notebook, 1);
    assert.equal(signatures[0]?.label, "area(width, height=(1, 2), *, unit='m²')");
    assert.match(markdown(signatures[0].documentation), /How large it is\./);
    assert.equal(activeParameter, 3);
    const second = await signature(notebook, 1, 14);
    assert.equal(second.activeParameter, 1);
  });

  it("leaves a running cell and those behind it alone, and is there again after them", async () => {
    const notebook = await started(
      object("pass"),
      "for i in range(20):\n    print(i, flush=True)\n    time.sleep(0.1)",
      "thing.",
      "print(len(asked))",
    );
    const running = run(notebook, 1);
    await running.shows("0\n");
    const behind = run(notebook, 3);
    assert.equal((await complete(notebook, 2)).some(isNamed("late")), false);
    assert.equal(await hover(notebook, 2, 1), "");
    assert.equal(notebook.cellAt(1).executionSummary?.success, undefined, "nobody waits for the cell");
    await Promise.all([running.ended, behind.ended]);
    assert.equal(textOf(notebook, 1), Array.from({ length: 20 }, (_, index) => `${index}\n`).join(""));
    assert.equal(textOf(notebook, 3), "0\n", "the kernel was not asked");
    await suggested(notebook, 2, "late");
  });

  it("lets a kernel that is slow to answer be, and neither waits for it nor asks again meanwhile", async () => {
    const notebook = await started(object("time.sleep(3)"), "thing.", "len(asked)");
    for (let times = 0; times < 3; times += 1) assert.equal((await complete(notebook, 1)).some(isNamed("late")), false);
    await run(notebook, 2).ended;
    assert.equal(textOf(notebook, 2), "1");
  });

  it("completes in any language", async () => {
    const notebook = await openNotebook("greeting='good day'", "echo $gree");
    for (const cell of notebook.getCells()) await vscode.languages.setTextDocumentLanguage(cell.document, "shellscript");
    await selectKernel({ account, kernel: "bash" });
    await run(notebook).ended;
    await suggested(notebook, 1, "$greeting");
  });

  it("is there for the first completion: a kernel loads its completer at rest after its first cell, and after a restart again", async () => {
    const loaded = "import sys\nprint('jedi' in sys.modules)";
    const others = await kernels();
    const notebook = await openNotebook("1", loaded);
    await selectKernel({ account });
    for (const process of ["first", "second"]) {
      await run(notebook).ended;
      const asked = await completionsOf((await kernels()).filter((id) => !others.includes(id)));
      try {
        await withTimeout(asked.next, 20_000, `The ${process} process was not asked.`);
        await run(notebook, 1).ended;
        assert.equal(textOf(notebook, 1), "True\n");
      } finally {
        asked.dispose();
      }
      if (process === "first") await vscode.commands.executeCommand("jupyterhubConnect.restartKernel", { confirmed: true });
    }
  });

  it("asks no kernel that is not connected, and starts none", async () => {
    const notebook = await openNotebook("import json\njson.lo");
    await selectKernel({ account });
    const before = await kernels();
    assert.equal((await complete(notebook, 0)).some(isNamed("loads")), false);
    assert.equal(await hover(notebook, 0, 8), "");
    assert.deepEqual(await kernels(), before);
  });
});

/** The kernels on the server, by their ids. */
async function kernels(): Promise<string[]> {
  const hub = testHub();
  const url = await hub.startServer("ana");
  const answer = await fetch(new URL("api/kernels", url), { headers: { Authorization: `token ${hub.user("ana").token}` } });
  return ((await answer.json()) as { id: string }[]).map(({ id }) => id).sort();
}

/** Whether one of these kernels is asked for completions, as another client hears it. */
async function completionsOf(ids: readonly string[]): Promise<{ readonly next: Promise<unknown>; dispose(): void }> {
  const hub = testHub();
  const settings = serverSettings({ baseUrl: await hub.startServer("ana"), token: hub.user("ana").token, label: "observer" });
  const connections = await Promise.all(ids.map(async (id) => new KernelConnection({ settings, model: await getKernel(settings, id) })));
  const isOfCompletion = ({ parent_header: parent }: Message): boolean => parent.msg_type === "complete_request";
  const heard = connections.map(({ onIOPubMessage }) => next(onIOPubMessage, isOfCompletion));
  return { next: Promise.race(heard), dispose: () => connections.forEach((connection) => connection.dispose()) };
}

async function hover(notebook: vscode.NotebookDocument, index: number, character: number): Promise<string> {
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    "vscode.executeHoverProvider",
    ...placeIn(notebook, index, character),
  );
  return hovers.flatMap(({ contents }) => contents.map(markdown)).join("\n");
}

async function signature(notebook: vscode.NotebookDocument, index: number, character?: number): Promise<vscode.SignatureHelp> {
  const place = placeIn(notebook, index, character);
  return vscode.commands.executeCommand<vscode.SignatureHelp>("vscode.executeSignatureHelpProvider", ...place, "(");
}

/** The text of what VS Code gives as a string or as Markdown. */
function markdown(text: unknown): string {
  if (text instanceof vscode.MarkdownString) return text.value;
  return typeof text === "string" ? text : "";
}

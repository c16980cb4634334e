// An untitled notebook that is run and then saved for the first time: to VS Code another document, to its person the same.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { sharedHub } from "../harness/hub/shared";
import { waitFor } from "../harness/processes/wait";
import { samplePath } from "../harness/sample/sampleNotebook";
import { pickHubKernel, signIn } from "../harness/vscode/hubSteps";
import { hubUser } from "./support/user";
import { personWindow } from "./support/window";

const kernel = "Python 3 (ipykernel)";

describe("an untitled notebook", () => {
  const window = personWindow({ files: [samplePath] });
  after(() => sharedHub().stopServer("ana"));

  it("keeps its kernel and its variables when it is saved", async () => {
    const { workbench, folder } = window();
    const { notebook, quickInput, page } = workbench;
    const user = hubUser("ana");
    await signIn(workbench, user);
    await quickInput.command("Create: New Jupyter Notebook");
    await notebook.shown();
    await workbench.clearNotifications();
    // Nobody has to choose: there is one account, whose server runs, and this is what that gives to new notebooks.
    await notebook.kernelIs(kernel);
    await notebook.select(0);
    await page.keyboard.press("Enter");
    await page.keyboard.type("x = globals().get('x', 40) + 1; x");
    await page.keyboard.press("Escape");
    await pickHubKernel(workbench, user);
    await notebook.run(0);
    assert.equal(await notebook.ended(0, 30_000), "ok");
    await quickInput.command("File: Save");
    await waitFor(
      "the box that asks where to",
      async () => (await quickInput.shown(/save/i)) !== undefined && (await quickInput.value()).endsWith("Untitled-1.ipynb"),
      20_000,
    );
    await quickInput.answer(/save/i, path.join(folder, "saved.ipynb"));
    await page.locator(".tab.active", { hasText: "saved.ipynb" }).waitFor();
    await notebook.kernelIs(kernel);
    await workbench.screenshot("out/screenshots/first-save.png");
    await notebook.run(0);
    assert.equal(await notebook.ended(0, 30_000), "ok");
    assert.deepEqual(
      (await notebook.outputsOnce(0, (now) => now.some(({ text }) => text === "42"))).map(({ text }) => text),
      ["42"],
    );
    const named = async (): Promise<boolean> => {
      const server = await sharedHub().startServer("ana");
      const answer = await fetch(new URL("api/sessions", server), { headers: { Authorization: `token ${user.token}` } });
      return ((await answer.json()) as { name: string }[]).map(({ name }) => name).join() === "saved.ipynb";
    };
    await waitFor("the session to have the notebook's name", named, 20_000);
  });

  it("runs cells in languages of their own, and has the language of the kernel that is chosen for it", async () => {
    const { workbench, folder } = window();
    const { notebook, page } = workbench;
    const cell = (source: string, languageId?: string) => ({
      cell_type: "code",
      id: source.slice(-3),
      metadata: languageId === undefined ? {} : { vscode: { languageId } },
      execution_count: null,
      outputs: [],
      source,
    });
    const cells = [cell("echo one"), cell("echo '%%sql' two", "sql"), cell("echo six")];
    const metadata = { kernelspec: { name: "python3", display_name: kernel, language: "python" }, language_info: { name: "python" } };
    writeFileSync(path.join(folder, "languages.ipynb"), JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 }));
    await workbench.sideBar.open("Explorer");
    await workbench.openNotebook("languages.ipynb");
    await pickHubKernel(workbench, hubUser("ana"), "Bash");
    const languages = (): Promise<string[]> =>
      page.locator(".notebookOverlay").filter({ visible: true }).locator(".cell-status-right").allInnerTexts();
    await notebook.runAll();
    for (const [index, text] of ["one", "%%sql two", "six"].entries()) {
      await notebook.select(index);
      assert.equal(await notebook.ended(index, 30_000), "ok");
      assert.deepEqual(
        (await notebook.outputsOnce(index, (now) => now.length > 0)).map((output) => output.text),
        [text],
      );
      assert.equal(await notebook.executionOrder(index), `[${index + 1}]`);
    }
    await workbench.screenshot("out/screenshots/cell-languages.png");
    await waitFor("the labels", async () => (await languages()).join() === "Shell Script,MS SQL,Shell Script", 10_000).catch(
      async (error: unknown) => {
        throw new Error(`The cells are labelled ${(await languages()).join()}.`, { cause: error });
      },
    );
  });
});

// What is saved here is what JupyterLab saves for the same run, apart from what docs/outputs.md lists.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import * as v from "valibot";
import { differences, type Ran } from "../harness/conform/compare";
import { notebookModel, readNotebook, type Notebook } from "../harness/conform/notebook";
import { sharedHub } from "../harness/hub/shared";
import { root } from "../harness/paths";
import { samplePath } from "../harness/sample/sampleNotebook";
import { pickHubKernel, signIn } from "../harness/vscode/hubSteps";
import { JupyterLab } from "../harness/vscode/jupyterLab";
import { savesOnDemand } from "../harness/vscode/settings";
import { hubUser } from "./support/user";
import { personWindow } from "./support/window";

/** Notebooks of the corpus whose cells are run in one. */
const parts = [
  "stream-basic",
  "html",
  "json",
  "latex",
  "png",
  "svg",
  "matplotlib",
  "pandas",
  "display-id-same-cell",
  "clear-output-wait",
  "unicode",
  "many-displays",
  "error-traceback",
];
/** To JupyterLab and to us: what follows runs all the same. */
const mayFail = { tags: ["raises-exception"] };
const runMs = 60_000;

describe("a notebook that was run here and in JupyterLab", () => {
  const window = personWindow({ files: [samplePath], settings: savesOnDemand });
  after(() => sharedHub().stopServer("ana"));

  it("is saved as the same file", async () => {
    const { workbench, folder, browser } = window();
    const { notebook } = workbench;
    const cells = parts
      .flatMap((part) => readNotebook(path.join(root, "test", "conform", `${part}.ipynb`)).cells)
      .map((cell, index) => ({ ...cell, id: `cell-${index}`, metadata: mayFail }));
    const last = cells.length - 1;
    const content = {
      cells,
      metadata: { kernelspec: { name: "python3", display_name: "Python 3 (ipykernel)", language: "python" } },
      nbformat: 4,
      nbformat_minor: 5,
    };
    const lab = await JupyterLab.open(browser, sharedHub(), "ana");
    await lab.openNotebook("there.ipynb", content);
    await lab.runAll();
    const wanted = ran(v.parse(notebookModel, await lab.save("there.ipynb")));
    await lab.page.screenshot({ path: "out/screenshots/same-there.png" });
    await lab.page.close();
    await workbench.page.bringToFront();

    const file = path.join(folder, "here.ipynb");
    writeFileSync(file, JSON.stringify(content));
    const user = hubUser("ana");
    await signIn(workbench, user);
    await workbench.sideBar.open("Explorer");
    await workbench.openNotebook("here.ipynb");
    await workbench.clearNotifications();
    await pickHubKernel(workbench, user);
    await notebook.runAll();
    await notebook.select(last);
    assert.equal(await notebook.ended(last, runMs), "error");
    await workbench.save();
    await workbench.screenshot("out/screenshots/same-here.png");
    const got = ran(readNotebook(file));
    assert.ok(wanted.success.filter((success) => success === true).length > 20, `${wanted.success.length} cells were run in JupyterLab`);
    assert.deepEqual(differences(wanted, got, []), []);
  });
});

function ran(notebook: Notebook): Ran {
  const success = notebook.cells.map(({ execution_count: count, outputs = [] }) =>
    count ? outputs.every(({ output_type: type }) => type !== "error") : null,
  );
  return { notebook, success, home: sharedHub().userPlace("ana").directory };
}

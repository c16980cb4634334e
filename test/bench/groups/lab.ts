// VS Code with the extension beside JupyterLab, in one browser on one server: from the key to the number at the cell.
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { runCommand } from "../../harness/child";
import { namesPython, notebookFile } from "../../harness/sample/notebookContent";
import { pickHubKernel, signIn } from "../../harness/vscode/hubSteps";
import { JupyterLab } from "../../harness/vscode/jupyterLab";
import { openPersonWindow } from "../../harness/vscode/window";
import { median, quantile } from "../measurement";
import type { Group } from "../group";
import { here, runOne, runThemAll, type Shown } from "../window/byHand";

const passes = 40;
const cells = 200;
const rounds = 3;

export const lab: Group = {
  name: "lab",
  title: "a notebook here and in JupyterLab",
  async measure(bench) {
    const hub = await bench.hub();
    if ((await runCommand("package")) !== 0) throw new Error("The extension could not be packaged.");
    const few = path.join(bench.directory(), "few.ipynb");
    const many = path.join(path.dirname(few), "many.ipynb");
    writeFileSync(few, notebookFile(["pass"], namesPython));
    const assignments = Array.from({ length: cells }, (_, index) => `x = ${index}`);
    writeFileSync(many, notebookFile(assignments, namesPython));
    const window = await openPersonWindow({ files: [few, many] });
    try {
      const { workbench } = window;
      const user = { url: hub.url, name: "ana", token: hub.user("ana").token };
      await signIn(workbench, user);
      const openHere = async (file: string): Promise<Shown> => {
        await workbench.sideBar.open("Explorer");
        await workbench.openNotebook(path.basename(file));
        await workbench.clearNotifications();
        await pickHubKernel(workbench, user);
        return here(workbench.page);
      };
      const lab = await JupyterLab.open(window.browser, hub, "ana");
      const openLab = async (file: string): Promise<Shown> => {
        await lab.openNotebook(`lab-${path.basename(file)}`, JSON.parse(readFileSync(file, "utf8")));
        return there(lab);
      };
      const pass = { ours: [] as number[], peer: [] as number[] };
      const all = { ours: [] as number[], peer: [] as number[] };
      const [ours, peer] = [await openHere(few), await openLab(few)];
      for (let round = -3; round < passes; round++) {
        for (const [shown, times] of [
          [ours, pass.ours],
          [peer, pass.peer],
        ] as const) {
          const ms = await runOne(shown);
          // The first ones start the kernel and warm everything up.
          if (round >= 0) times.push(ms);
        }
      }
      const [oursMany, peerMany] = [await openHere(many), await openLab(many)];
      for (let round = -1; round < rounds; round++) {
        for (const [shown, times] of [
          [oursMany, all.ours],
          [peerMany, all.peer],
        ] as const) {
          const ms = await runThemAll(shown);
          if (round >= 0) times.push(ms);
        }
      }
      const goal = { kind: "ofPeer", value: 1 } as const;
      return [
        { name: "lab.pass.median", unit: "ms", ours: median(pass.ours), peer: median(pass.peer), goal },
        { name: "lab.pass.p95", unit: "ms", ours: quantile(pass.ours, 0.95), peer: quantile(pass.peer, 0.95) },
        { name: "lab.cells", unit: "ms", ours: median(all.ours), peer: median(all.peer), goal },
      ];
    } finally {
      await window.close();
    }
  },
};

/** The notebook that is in front in JupyterLab. */
function there(lab: JupyterLab): Shown {
  const { page } = lab;
  const focus = async (key: string): Promise<void> => {
    await page.bringToFront();
    await page.locator(".jp-Notebook .jp-InputArea-prompt").filter({ visible: true }).first().click();
    await page.keyboard.press("Escape");
    await page.keyboard.press(key);
  };
  return {
    page,
    runKey: "Control+Enter",
    numbers: ".jp-Notebook .jp-CodeCell .jp-InputPrompt",
    first: () => focus("Control+Home"),
    last: () => focus("Control+End"),
    runAll: () => lab.runAllEntry(),
  };
}

// npm start -- --check: the sample notebook, run as a person runs it, with pictures.
import { rmSync } from "node:fs";
import path from "node:path";
import { say, step } from "../install/progress";
import { out } from "../paths";
import type { CellOutput } from "../vscode/cellOutput";
import { accountLabel, pickHubKernel, showHubKernel, signIn, type HubUser } from "../vscode/hubSteps";
import type { Workbench } from "../vscode/workbench";
import { differences, sampleExpectations, type CellExpectation } from "./sampleExpectations";
import { sampleCell } from "./sampleNotebook";

const cellMs = 60_000;
const pictures = path.join(out, "screenshots");

/**
 * Signs in, chooses the hub's kernel and runs every cell of the open sample notebook; prints each cell's outputs and
 * saves pictures under out/screenshots/.
 * @returns what is not as it should be, one line each.
 */
export async function checkSample(workbench: Workbench, user: HubUser): Promise<string[]> {
  rmSync(pictures, { recursive: true, force: true }); // of an earlier run
  await step(`signing in as ${accountLabel(user)}`, () => signIn(workbench, user));
  await step("choosing the kernel", async () => {
    await inBothThemes(workbench, "kernel-picker", () => showHubKernel(workbench, user));
    await pickHubKernel(workbench, user);
  });
  await workbench.clearNotifications();
  const wrong: string[] = [];
  for (const expected of sampleExpectations) wrong.push(...(await checkCell(workbench, expected)));
  wrong.push(...(await takePictures(workbench, user)));
  say(`Pictures are in ${path.relative(process.cwd(), pictures)}.`);
  return wrong;
}

async function checkCell(workbench: Workbench, expected: CellExpectation): Promise<string[]> {
  const { notebook } = workbench;
  const index = sampleCell(expected.id);
  const { interruptAfter } = expected;
  await notebook.run(index);
  if (interruptAfter !== undefined) {
    await notebook.outputsOnce(index, (outputs) => outputs.some(({ text }) => interruptAfter.test(text)), cellMs);
    await notebook.interrupt(index);
  }
  const state = await notebook.ended(index, cellMs);
  const outputs = await notebook.outputsOnce(index, (now) => differences(expected, now).length === 0, 5_000);
  console.log(`\n${await notebook.executionOrder(index)} ${expected.id} (${state})`);
  for (const output of outputs) console.log(describe(output));
  const wrong = differences(expected, outputs);
  if (state !== expected.state) wrong.unshift(`it ended as ${state} instead of ${expected.state}`);
  return wrong.map((difference) => `cell ${expected.id}: ${difference}`);
}

/** An output in text, as far as text goes. */
function describe({ text, images }: CellOutput): string {
  const lines = text === "" ? [] : text.split("\n");
  for (const { width, height } of images) lines.push(`(a picture of ${width} × ${height})`);
  return lines.map((line) => `    ${line}`).join("\n");
}

async function takePictures(workbench: Workbench, user: HubUser): Promise<string[]> {
  const { notebook } = workbench;
  const wrong: string[] = [];
  await workbench.sideBar.expand(/server\b.*running/i);
  await workbench.sideBar.expand(/Kernel specs/);
  const rows = await workbench.sideBar.row(/Python 3 \(ipykernel\)/);
  console.log(`\nside bar\n${rows.map((row) => `    ${row}`).join("\n")}`);
  if (!rows.some((row) => row.includes("sample.ipynb"))) wrong.push("side bar: no session of sample.ipynb");
  await inBothThemes(workbench, "sidebar", async () => notebook.select(sampleCell("about-counter")));
  await workbench.sideBar.open("Explorer");
  await inBothThemes(workbench, "notebook", async () => notebook.revealTogether(sampleCell("figure"), sampleCell("table")));
  await inBothThemes(workbench, "error", async () => notebook.select(sampleCell("error")));
  await inBothThemes(workbench, "accounts", async () => {
    const entries = await workbench.openAccounts();
    if (!entries.some((entry) => entry.startsWith(accountLabel(user)))) wrong.push(`Accounts menu: ${entries.join(", ")}`);
  });
  return [...new Set(wrong)];
}

/** Brings the window into a state with `arrange` and saves a picture of it, once for each colour theme. */
async function inBothThemes(workbench: Workbench, name: string, arrange: () => Promise<void>): Promise<void> {
  for (const theme of ["dark", "light"] as const) {
    await workbench.dismiss();
    await workbench.setTheme(theme);
    await arrange();
    await workbench.screenshot(path.join(pictures, `${name}-${theme}.png`));
  }
  await workbench.dismiss();
}

// A queue of cells that is interrupted: the tests of some interruptions, in a window and on a hub of their own. Every
// interruption and every moment is played; all pairs with ZERO_LOSS=full (as in npm run test:full), all of one with
// ZERO_LOSS="its name".
import path from "node:path";
import type { FaultProxy } from "../../harness/faultProxy";
import { sharedHub } from "../../harness/hub/shared";
import { waitFor } from "../../harness/processes/wait";
import { samplePath } from "../../harness/sample/sampleNotebook";
import { pickHubKernel, signIn, type HubUser } from "../../harness/vscode/hubSteps";
import { interruptions, type Interruption } from "./interruptions";
import { answer, asking, assertComplete, cells, isSaved, writeQueuedNotebook } from "./queuedNotebook";
import { proxiedUser } from "./user";
import { personWindow } from "./window";

const moments = ["mid-stream", "between cells", "awaiting input"] as const;
type Moment = (typeof moments)[number];

const wanted = process.env["ZERO_LOSS"] ?? "";
const cases = interruptions
  .flatMap((interruption, index) => moments.map((moment, at) => ({ interruption, moment, isFirst: at === index % moments.length })))
  .filter(({ interruption: { name }, isFirst }) => (wanted === "" ? isFirst : wanted === "full" || wanted === name));

/** Call inside `describe`: declares the tests of the interruptions that `isPlayed` takes. */
export function interruptedQueue(isPlayed: (interruption: Interruption) => boolean): void {
  const window = personWindow({ files: [samplePath] });
  let proxy: FaultProxy;
  let user: HubUser;

  before(async () => {
    ({ user, proxy } = await proxiedUser("ana"));
    await signIn(window().workbench, user);
    await window().workbench.sideBar.open("Explorer");
  });

  const outcomes: string[] = [];
  after(() => console.log(["| interruption | moment | lines missing | told |", "|---|---|---|---|", ...outcomes].join("\n")));
  after(async () => {
    proxy.close();
    await sharedHub().stopServer(user.name);
  });

  for (const { interruption, moment } of cases.filter((each) => isPlayed(each.interruption))) {
    it(`${interruption.name}, ${moment}: ${interruption.mayMiss ? "nothing lost, or told" : "nothing lost"}`, () =>
      play(interruption, moment));
  }

  async function play(interruption: Interruption, moment: Moment): Promise<void> {
    const { workbench, folder } = window();
    const { notebook, quickInput } = workbench;
    const asks = moment === "awaiting input";
    const name = `${interruption.name} ${moment}.ipynb`.replaceAll(" ", "-");
    const file = path.join(folder, name);
    await quickInput.command("View: Close All Editors");
    writeQueuedNotebook(file, { asks });
    await workbench.openNotebook(name);
    await pickHubKernel(workbench, user);
    await notebook.runAll();
    await reached(moment);
    await interruption.strike({ window: window(), proxy, hub: sharedHub() });
    // Which editor was in front VS Code may not have stored any more when its page went.
    if (interruption.reloads) await workbench.openNotebook(name);
    if (asks) await quickInput.answer(/name\?/, answer, 90_000);
    await notebook.select(cells);
    await notebook.ended(cells, 120_000);
    // VS Code saves by itself too, while cells still run.
    await quickInput.command("File: Save");
    await waitFor("the notebook to be saved", async () => isSaved(file), 20_000);
    const { missing, told } = assertComplete(file, { asks, mayMiss: interruption.mayMiss });
    outcomes.push(`| ${interruption.name} | ${moment} | ${missing} | ${told ? "yes" : "no"} |`);
  }

  async function reached(moment: Moment): Promise<void> {
    const { notebook, quickInput } = window().workbench;
    switch (moment) {
      case "mid-stream":
        await notebook.outputsOnce(0, (outputs) => outputs.some(({ text }) => text.includes("line 2")), 60_000);
        break;
      case "between cells":
        await notebook.ended(1, 60_000);
        break;
      case "awaiting input":
        await notebook.ended(asking - 1, 60_000);
        await quickInput.expect(/name\?/, 30_000);
        break;
    }
  }
}

// Somebody beside a window, as JupyterLab would be, and how the window's side bar shows what they do.
import assert from "node:assert/strict";
import type { Locator } from "playwright-core";
import * as v from "valibot";
import type { KernelConnection } from "../../../src/services/kernel/connection";
import { ServiceManager } from "../../../src/services/serviceManager";
import { serverSettings } from "../../../src/transport/settings";
import { waitFor } from "../../harness/processes/wait";
import type { HubUser } from "../../harness/vscode/hubSteps";
import type { Workbench } from "../../harness/vscode/workbench";

const kernelList = v.array(v.looseObject({ id: v.string(), execution_state: v.string() }));

/** Another client of a user's server. */
export class Beside extends ServiceManager {
  constructor(
    private readonly server: string,
    private readonly user: HubUser,
  ) {
    super(serverSettings({ baseUrl: server, token: user.token }));
  }

  /** The kernels that the server has. */
  async kernelsThere(): Promise<v.InferOutput<typeof kernelList>> {
    const answer = await fetch(new URL("api/kernels", this.server), { headers: { Authorization: `token ${this.user.token}` } });
    return v.parse(kernelList, await answer.json());
  }

  /** Starts a session of this path; resolves when its kernel has run something. */
  async elsewhere(path: string, type = "notebook"): Promise<KernelConnection> {
    const { kernel } = await this.sessions.startNew({ path, name: path.split("/").pop() ?? path, type, kernel: { name: "python3" } });
    assert.ok(kernel);
    await kernel.execute({ code: "1" }).done;
    return kernel;
  }
}

/** Expands a row. While others come and go, a click may meet the row that is in its place by then. */
export async function opened(row: Locator): Promise<void> {
  const isOpen = async (): Promise<boolean> => (await row.getAttribute("aria-expanded")) === "true";
  const open = async (): Promise<boolean> => {
    if (!(await isOpen())) await row.locator(".monaco-tl-twistie").click();
    return isOpen();
  };
  await waitFor("a row to be open", open, 20_000, 500);
}

export const rowOf = (workbench: Workbench, name: RegExp): Locator => workbench.page.locator(".sidebar").getByRole("treeitem", { name });

/** Waits for a row to be as it should, or gone; resolves with the milliseconds it took. */
export async function took(what: string, workbench: Workbench, holds: (rows: readonly string[]) => boolean, ms: number): Promise<number> {
  const start = Date.now();
  await waitFor(what, async () => holds(await workbench.sideBar.rows()), ms);
  const passed = Date.now() - start;
  console.log(`    ${what}: ${passed} ms`);
  return passed;
}

// JupyterLab in a browser's page, used as a person uses it, beside VS Code on the same server.
import type { Browser, Locator, Page } from "playwright-core";
import * as v from "valibot";
import type { TestHub } from "../hub/hub";
import { waitFor } from "../processes/wait";

const openMs = 60_000;
const runMs = 60_000;
const sessionList = v.array(v.object({ path: v.string(), kernel: v.object({ connections: v.number(), execution_state: v.string() }) }));
const saved = v.object({ content: v.string() });

/** What of a hub is needed. */
type Hub = Pick<TestHub, "url" | "user" | "startServer">;

/** One page of JupyterLab, on a user's default server. */
export class JupyterLab {
  private constructor(
    readonly page: Page,
    private readonly server: string,
    private readonly headers: Readonly<Record<string, string>>,
  ) {}

  /** Signs in on the hub's page, and waits until JupyterLab is there. */
  static async open(browser: Browser, hub: Hub, user: string): Promise<JupyterLab> {
    const server = await hub.startServer(user);
    const { token, password } = hub.user(user);
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    const target = new URL("lab", server).pathname;
    await page.goto(new URL(`hub/login?next=${encodeURIComponent(target)}`, hub.url).href);
    await page.locator("input[name=username]").fill(user);
    await page.locator("input[name=password]").fill(password);
    await page.locator("input[type=submit], button[type=submit]").first().click();
    await page.locator(".jp-LabShell").waitFor({ timeout: openMs });
    return new JupyterLab(page, server, { Authorization: `token ${token}` });
  }

  /** Puts a notebook on the server and opens it. */
  async openNotebook(file: string, content: unknown): Promise<void> {
    const body = JSON.stringify({ type: "notebook", format: "json", content });
    const answer = await fetch(this.#api(`contents/${file}`), { method: "PUT", headers: this.headers, body });
    if (!answer.ok) throw new Error(`The notebook could not be put on the server: ${answer.status}.`);
    await this.page.goto(new URL(`lab/tree/${file}`, this.server).href);
    await this.page.locator(".jp-Notebook .jp-CodeCell").first().waitFor({ timeout: openMs });
    // What JupyterLab shows is there before its kernel is; who runs a cell by then is asked for one.
    const isConnected = async (): Promise<boolean> => {
      const sessions = v.parse(sessionList, await (await fetch(this.#api("sessions"), { headers: this.headers })).json());
      return sessions.some(({ path, kernel }) => path === file && kernel.connections > 0 && kernel.execution_state === "idle");
    };
    await waitFor("JupyterLab to be connected to its kernel", isConnected, openMs);
  }

  /** Runs a cell, counted from 0; resolves with what it shows. */
  async run(index: number): Promise<string> {
    const cell = this.#cell(index);
    await cell.locator(".jp-InputArea-prompt").click();
    await this.page.locator(".jp-Notebook .jp-CodeCell.jp-mod-active").and(cell).waitFor();
    await this.page.locator("[data-command='notebook:run-cell-and-select-next']").first().click();
    await this.#ended(cell);
    return (await cell.locator(".jp-OutputArea").innerText()).trim();
  }

  /** Runs all cells; resolves when the last has run. */
  async runAll(): Promise<void> {
    await (await this.runAllEntry()).click();
    await this.#ended(this.page.locator(".jp-Notebook .jp-CodeCell").last());
  }

  /** Opens the menu with what runs all cells, and gives its entry. */
  async runAllEntry(): Promise<Locator> {
    await this.page.bringToFront();
    await this.page.getByRole("menuitem", { name: "Run", exact: true }).click();
    return this.page.getByText("Run All Cells", { exact: true });
  }

  /** Saves the notebook that is in front; resolves with the file's content. */
  async save(file: string): Promise<unknown> {
    await this.page.keyboard.press("Escape");
    const put = this.page.waitForResponse(
      (response) => response.request().method() === "PUT" && response.url().includes("/api/contents/"),
      { timeout: openMs },
    );
    await this.page.keyboard.press("Control+s");
    await put;
    // As a notebook the server would add to it.
    const answer = await fetch(this.#api(`contents/${file}?type=file&format=text`), { headers: this.headers });
    return JSON.parse(v.parse(saved, await answer.json()).content);
  }

  /** Gives the notebook in front another name, by the menu. */
  async rename(to: string): Promise<void> {
    await this.page.keyboard.press("Escape");
    await this.page.getByRole("menuitem", { name: "File", exact: true }).click();
    await this.page.getByText("Rename Notebook…", { exact: true }).click();
    const dialog = this.page.locator(".jp-Dialog");
    await dialog.locator("input").fill(to);
    await dialog.getByRole("button", { name: "Rename" }).click();
    await dialog.waitFor({ state: "detached", timeout: openMs });
  }

  /** Shuts the kernel of the notebook in front down, by the menu. */
  async shutDownKernel(): Promise<void> {
    await this.page.keyboard.press("Escape");
    await this.page.getByText("Kernel", { exact: true }).first().click();
    await this.page.getByText("Shut Down Kernel", { exact: true }).click();
    await this.page.getByText("No Kernel").first().waitFor({ timeout: openMs });
  }

  async #ended(cell: Locator): Promise<void> {
    const prompt = cell.locator(".jp-InputArea-prompt");
    await waitFor("JupyterLab to run the cell", async () => /\[\d+\]/.test(await prompt.innerText()), runMs);
  }

  #cell(index: number): Locator {
    return this.page.locator(".jp-Notebook .jp-CodeCell").nth(index);
  }

  #api(path: string): URL {
    return new URL(`api/${path}`, this.server);
  }
}

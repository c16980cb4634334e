// A notebook in VS Code's window, used by mouse, keyboard and eyes.
import type { FrameLocator, Locator, Page } from "playwright-core";
import { waitFor } from "../processes/wait";
import { readOutputs, type CellOutput } from "./cellOutput";
import type { QuickInput } from "./quickInput";

const uiMs = 20_000;

/** What VS Code shows of a cell's last run. */
export type CellState = "none" | "pending" | "running" | "ok" | "error";

/** The notebook editor that is in front. Cells are counted from 0, Markdown ones included. */
export class NotebookEditor {
  readonly #root: Locator;

  constructor(
    private readonly page: Page,
    private readonly quickInput: QuickInput,
  ) {
    this.#root = page.locator(".notebookOverlay").filter({ visible: true });
  }

  /** Waits until it is drawn; after a reload all of VS Code is drawn first. */
  async shown(): Promise<void> {
    await this.#root
      .locator(".code-cell-row, .markdown-cell-row")
      .first()
      .waitFor({ state: "attached", timeout: 3 * uiMs });
    await this.#kernelLabel().waitFor({ timeout: uiMs });
  }

  /** What the button at the top right says: the kernel, or "Select Kernel". */
  async kernel(): Promise<string> {
    return (await this.#kernelLabel().innerText()).trim();
  }

  /** Opens the kernel picker at the top right; the entries are the quick input's. Clicks again where VS Code has just drawn it anew. */
  async openKernelPicker(): Promise<void> {
    await waitFor(
      "the kernel picker",
      async () => {
        await this.#kernelLabel().click({ timeout: uiMs });
        return this.quickInput.expect(/kernel/i, 5_000);
      },
      30_000,
    );
  }

  /** Waits until the notebook shows `label` as its kernel. */
  async kernelIs(label: string, timeout = uiMs): Promise<void> {
    await waitFor(`the notebook's kernel to be ${label}`, async () => (await this.kernel()) === label, timeout);
  }

  /** Moves the selection to a cell and brings it into view, by keyboard. */
  async select(index: number): Promise<void> {
    await this.focus();
    await waitFor("a selected cell", async () => (await this.#selected()) !== undefined, 5_000).catch(() => undefined);
    let key: "ArrowDown" | "ArrowUp" = "ArrowUp";
    await waitFor(
      `cell ${index} to be selected`,
      async () => {
        const at = await this.#selected();
        if (at === index) return true;
        // Outputs that grow may push the selected cell out of view, where VS Code draws none: a step to and fro brings it back.
        const goesDown = at === undefined ? key === "ArrowUp" : at < index;
        key = goesDown ? "ArrowDown" : "ArrowUp";
        await this.page.keyboard.press(key);
        await waitFor("another one", async () => (await this.#selected()) !== at, 3_000).catch(() => undefined);
        return false;
      },
      4 * uiMs,
      2,
    );
  }

  /** Scrolls so that the outputs of two neighbouring cells are in view, as far as they fit: the later one ends the view. */
  async revealTogether(first: number, last: number): Promise<void> {
    await this.select(first);
    await this.select(last);
  }

  /** Puts the keyboard's focus on the list of cells. */
  async focus(): Promise<void> {
    await this.page.keyboard.press("Control+1");
    await this.page.keyboard.press("Escape");
  }

  /** Selects a code cell and presses its run button; resolves when VS Code shows that it was taken up. */
  async run(index: number): Promise<void> {
    await this.select(index);
    const before = await this.#signature(index);
    await this.#pressButton(index, "execute");
    await waitFor(`cell ${index} to run`, async () => (await this.#signature(index)) !== before, uiMs);
  }

  /** Presses a code cell's run button, whatever comes of it: without a kernel, questions do. */
  async pressRun(index: number): Promise<void> {
    await this.#pressButton(index, "execute");
  }

  /** Presses the stop button of a running cell. */
  async interrupt(index: number): Promise<void> {
    await this.#pressButton(index, "stop");
  }

  /** Runs all cells by the toolbar's button. */
  async runAll(): Promise<void> {
    await this.#root
      .page()
      .locator(".notebook-toolbar-container")
      .getByRole("button", { name: /^Run All/ })
      .click();
  }

  /** Waits until a cell is neither running nor waiting to run; resolves with how it ended. It must be in view: select it first. */
  async ended(index: number, timeout: number): Promise<CellState> {
    await this.#row(index).waitFor({ state: "attached", timeout: uiMs });
    return await waitFor(
      `cell ${index} to end`,
      async () => {
        const state = await this.state(index);
        return state === "ok" || state === "error" ? state : undefined;
      },
      timeout,
    );
  }

  /** What is shown of a cell's last run. */
  async state(index: number): Promise<CellState> {
    const icons = await this.#row(index)
      .locator(".cell-statusbar-container .codicon, .run-button-container .codicon")
      .evaluateAll((elements) => elements.map((element) => element.getAttribute("class")).join(" "));
    if (icons.includes("notebook-state-executing") || icons.includes("notebook-stop")) return "running";
    if (icons.includes("notebook-state-pending")) return "pending";
    if (icons.includes("notebook-state-error")) return "error";
    return icons.includes("notebook-state-success") ? "ok" : "none";
  }

  /** How many of the cells on the screen run or wait to run. */
  async unfinished(): Promise<number> {
    // VS Code leaves the wheel that stands for a number out of view where it is when the cell has ended (1.139, "sticky-spinner").
    const running = ".codicon-notebook-state-executing:not(.execution-count-label .codicon)";
    return await this.#root.locator(`${running}, .codicon-notebook-state-pending, .codicon-notebook-stop`).count();
  }

  /** What is shown of the last run of each code cell on the screen, such as "1 ok, 2 pending"; counted from 1, as people do. */
  async summary(): Promise<string> {
    const rows = this.#root.locator(".cell-list-container .monaco-list-row.code-cell-row");
    const indices = await rows.evaluateAll((elements) => elements.map((element) => Number(element.getAttribute("data-index"))));
    const states = await Promise.all(indices.map(async (index) => `${index + 1} ${await this.state(index)}`));
    return states.join(", ");
  }

  /** The number in brackets at a cell's left: "[3]", or "[ ]". */
  async executionOrder(index: number): Promise<string> {
    return (await this.#row(index).locator(".execution-count-label").innerText()).trim();
  }

  /** A cell's outputs as they are on the screen. The cell must be near the view: select it first. */
  async outputs(index: number): Promise<CellOutput[]> {
    return await readOutputs(this.#row(index), this.#outputFrame());
  }

  /** Waits until a cell's outputs are as `complete` wants them; resolves with them, or with what there was at the end. */
  async outputsOnce(index: number, complete: (outputs: CellOutput[]) => boolean, timeout = uiMs): Promise<CellOutput[]> {
    let outputs: CellOutput[] = [];
    await waitFor(
      "outputs",
      async () => {
        outputs = await this.outputs(index);
        return complete(outputs);
      },
      timeout,
    ).catch(() => undefined); // the caller compares, and says what differs
    return outputs;
  }

  /** The row of a cell; VS Code removes rows that are far out of view. */
  #row(index: number): Locator {
    return this.#root.locator(`.cell-list-container .monaco-list-row[data-index="${index}"]`);
  }

  #kernelLabel(): Locator {
    return this.#root.locator(".notebook-toolbar-container a.kernel-label");
  }

  /** The outputs of all cells are in one web view over the list; other notebooks' are on the page, far to the left. */
  #outputFrame(): FrameLocator {
    return this.#root.frameLocator("iframe.webview.ready").frameLocator("iframe#active-frame");
  }

  /** The selected cell; undefined where none is drawn. */
  async #selected(): Promise<number | undefined> {
    const rows = this.#root.locator(".cell-list-container .monaco-list-row.focused");
    const [index] = await rows.evaluateAll((all) => all.map((row) => row.getAttribute("data-index")));
    return typeof index === "string" ? Number(index) : undefined;
  }

  async #signature(index: number): Promise<string> {
    return `${await this.state(index)} ${await this.executionOrder(index)}`;
  }

  async #pressButton(index: number, button: "execute" | "stop"): Promise<void> {
    const row = this.#row(index);
    await row.locator(".cell.code").hover({ position: { x: 60, y: 10 }, timeout: uiMs });
    await row.locator(`.run-button-container a.codicon-notebook-${button}`).click({ timeout: uiMs });
  }
}

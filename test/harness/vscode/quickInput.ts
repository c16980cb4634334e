// VS Code's input box at the top of the window: commands, quick picks, questions.
import type { Locator, Page } from "playwright-core";
import { waitFor } from "../processes/wait";

const appearMs = 15_000;

/** The quick input of one window. */
export class QuickInput {
  readonly #widget: Locator;
  readonly #input: Locator;

  constructor(private readonly page: Page) {
    this.#widget = page.locator(".quick-input-widget");
    this.#input = this.#widget.locator(".quick-input-box input");
  }

  /** Runs a command by its full title as the palette shows it, such as "JupyterHub Connect: Sign In…". */
  async command(title: string): Promise<void> {
    await this.page.keyboard.press("F1");
    await waitFor("the command palette to hold the title", () => this.#typed(`>${title}`), appearMs);
    const row = this.#rows().filter({ has: this.page.locator(".label-name").getByText(title, { exact: true }) });
    await row.first().click({ timeout: appearMs });
  }

  /**
   * Whether the palette holds `text`, which is typed where it does not. A box that was open before may be closing still,
   * and VS Code closes the palette where another part takes the focus as it opens: then it is opened again.
   */
  async #typed(text: string): Promise<boolean> {
    const succeeded = (work: Promise<void>): Promise<boolean> =>
      work.then(
        () => true,
        () => false,
      );
    if (!(await succeeded(this.#input.waitFor({ timeout: 2_000 })))) {
      await this.page.keyboard.press("F1");
      return false;
    }
    const isFilled = await succeeded(this.#input.fill(text, { timeout: 1_000 })); // not if it has just closed
    return isFilled && (await this.#input.isVisible()) && (await this.#input.inputValue()) === text;
  }

  /** Types into an input box once its title or question matches, and confirms. */
  async answer(question: RegExp, value: string, timeout = appearMs): Promise<void> {
    await this.expect(question, timeout);
    await this.#input.fill(value);
    await this.page.keyboard.press("Enter");
  }

  /** Presses a button in the title of what is open, by the name a screen reader says. */
  async button(name: string): Promise<void> {
    await this.#widget.getByRole("button", { name }).click({ timeout: appearMs });
  }

  /** What the open input box holds. */
  async value(): Promise<string> {
    return await this.#input.inputValue();
  }

  /** Waits until an input box or pick with a matching title, question or entry is open; resolves with its text. */
  async expect(text: RegExp, timeout = appearMs): Promise<string> {
    return await waitFor(`a question like ${text}`, () => this.shown(text), timeout);
  }

  /** The text of the open input box or pick, if a title, question or entry matches. */
  async shown(text: RegExp): Promise<string | undefined> {
    if (!(await this.#widget.isVisible())) return undefined;
    const shown = `${await this.#input.getAttribute("placeholder")}\n${await this.#widget.innerText()}`;
    return text.test(shown) ? shown : undefined;
  }

  /** Waits until a box that was answered with `value` is gone, or another one is in its place. */
  async answered(value: string, timeout = appearMs): Promise<void> {
    const next = async (): Promise<boolean> => !(await this.#widget.isVisible()) || (await this.#input.inputValue()) !== value;
    await waitFor("the box to take its answer", next, timeout);
  }

  /** The entries of the open quick pick, each as VS Code reads it out: label, description, detail. */
  async entries(): Promise<string[]> {
    return await this.#rows().evaluateAll((rows) => rows.map((row) => row.getAttribute("aria-label") ?? ""));
  }

  /** Waits for an entry whose label, description or detail match, and picks it; resolves with its text. */
  async pick(entry: RegExp, timeout = appearMs): Promise<string> {
    return waitFor(
      `an entry like ${entry} to be picked`,
      async () => {
        const text = await this.waitForEntry(entry, timeout);
        // What it says may change before it is clicked: a server has started.
        await this.#widget.getByRole("option", { name: text, exact: true }).first().click({ timeout: 3_000 });
        return text;
      },
      appearMs,
    );
  }

  /** Waits until an entry matches (entries come late: they may need the network); resolves with its text. */
  async waitForEntry(entry: RegExp, timeout = appearMs): Promise<string> {
    let seen: string[] = [];
    try {
      return await waitFor(
        "a quick pick entry",
        async () => {
          seen = await this.entries();
          return seen.find((text) => entry.test(text));
        },
        timeout,
      );
    } catch (error) {
      throw new Error(`No entry like ${entry} among: ${seen.join(" | ") || "none"}.`, { cause: error });
    }
  }

  /** Closes the open box without an answer; resolves also where another one is in its place at once. */
  async dismissOne(): Promise<void> {
    const before = await this.#widget.innerText();
    await this.#input.press("Escape");
    const gone = async (): Promise<boolean> => !(await this.#widget.isVisible()) || (await this.#widget.innerText()) !== before;
    await waitFor("the box to close", gone, appearMs);
  }

  /** Closes whatever is open. */
  async dismiss(): Promise<void> {
    if (!(await this.#widget.isVisible())) return;
    await this.#input.press("Escape");
    await this.#widget.waitFor({ state: "hidden", timeout: appearMs });
  }

  #rows(): Locator {
    return this.#widget.locator(".quick-input-list .monaco-list-row");
  }
}

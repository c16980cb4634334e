// A VS Code window in a browser, used as a person uses it: keyboard, mouse, eyes.
import { mkdirSync } from "node:fs";
import path from "node:path";
import type { Browser, Locator, Page } from "playwright-core";
import { messageOf } from "../../../src/base/errors";
import { waitFor } from "../processes/wait";
import { NotebookEditor } from "./notebookEditor";
import { QuickInput } from "./quickInput";
import { menuItems, SideBar } from "./sideBar";
import { slowDown } from "./slowWindow";

/** On a machine that is slow and busy; a window that has not opened by then does not. */
const openMs = 120_000;
const uiMs = 20_000;

/** Colour themes, and the class of the window in each. */
const themes = {
  dark: { title: "Dark Modern", shown: ".monaco-workbench.vs-dark" },
  light: { title: "Light Modern", shown: ".monaco-workbench.vs" },
  contrast: { title: "Dark High Contrast", shown: ".monaco-workbench.hc-black" },
} as const;
export type ThemeName = keyof typeof themes;

/** One window. */
export class Workbench {
  readonly quickInput: QuickInput;
  readonly notebook: NotebookEditor;
  readonly sideBar: SideBar;

  private constructor(readonly page: Page) {
    this.quickInput = new QuickInput(page);
    this.notebook = new NotebookEditor(page, this.quickInput);
    this.sideBar = new SideBar(page);
  }

  /**
   * Opens `url` (see CodeServer.folderUrl); resolves when the explorer shows the folder and extensions are known.
   * @param nudge called each second while it shows none
   */
  static async open(browser: Browser, url: string, nudge?: () => void): Promise<Workbench> {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    return Workbench.#in(await context.newPage(), url, nudge);
  }

  /** Opens another window of the same person as `open` does: what VS Code has stored is the same. */
  async another(url: string): Promise<Workbench> {
    return Workbench.#in(await this.page.context().newPage(), url);
  }

  static async #in(page: Page, url: string, nudge: () => void = () => undefined): Promise<Workbench> {
    page.setDefaultTimeout(uiMs);
    const printed: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error") printed.push(message.text());
    });
    try {
      await page.goto(url, { waitUntil: "commit", timeout: openMs });
      const folders = page.locator(".explorer-folders-view .monaco-list-row").first();
      const shown = async (): Promise<boolean> => {
        if (await folders.isVisible()) return true;
        nudge();
        return false;
      };
      await waitFor("a folder in the explorer", shown, openMs, 1_000);
      // Before that, a notebook would open as text: the serializer is an extension's, like this icon.
      await page
        .locator(".activitybar")
        .getByRole("tab", { name: /^JupyterHub Connect/ })
        .waitFor({ timeout: openMs });
      await slowDown(page);
    } catch (error) {
      const shown = await page.locator("body").innerText().catch(messageOf);
      throw new Error(`The window did not open: ${messageOf(error)}\nIt shows: ${shown}\n${printed.slice(-10).join("\n")}`, {
        cause: error,
      });
    }
    return new Workbench(page);
  }

  /** The extension's item in the status bar; there while the notebook in front has a kernel of a hub. */
  get kernelStatus(): Locator {
    return this.page.locator('.statusbar-item[id$="jupyterhubConnect.kernel"]');
  }

  /** Trusts the open folder, which nobody has trusted before. */
  async trust(): Promise<void> {
    const restricted = this.page.locator(".statusbar-item", { hasText: "Restricted Mode" });
    const dialog = this.page.locator(".monaco-dialog-box").getByRole("button", { name: /^yes, i trust the authors/i });
    await restricted.or(dialog).first().waitFor(); // VS Code may ask at once, or mention it in the status bar only
    if (await dialog.isVisible()) {
      await dialog.click();
    } else {
      await restricted.click();
      const pressed = (): Promise<boolean> =>
        this.page.evaluate(() => {
          const button = [...document.querySelectorAll<HTMLElement>(".workspace-trust-editor .monaco-button")].find(
            ({ textContent }) => textContent === "Trust",
          );
          button?.click();
          return button !== undefined;
        });
      // Found and pressed in one go: the page is drawn anew as extensions become known, and a button that was found may be gone.
      await waitFor("the button that trusts the folder", pressed, uiMs);
      await restricted.waitFor({ state: "detached" });
      // The page about trust has served.
      await this.quickInput.command("View: Close Editor");
      await this.page.locator(".tab").first().waitFor({ state: "detached" });
    }
    await restricted.waitFor({ state: "detached" });
  }

  /** Opens a file of the folder from the explorer. */
  async openFile(name: string): Promise<void> {
    await this.page.getByRole("treeitem", { name }).dblclick();
    await this.page.locator(".tab.active", { hasText: name }).waitFor();
  }

  /** Opens a notebook of the folder from the explorer and waits until it is drawn. */
  async openNotebook(name: string): Promise<NotebookEditor> {
    await this.openFile(name);
    await this.notebook.shown();
    return this.notebook;
  }

  /**
   * Does what makes VS Code open a page in the browser, and agrees that it does where VS Code asks (it does not for
   * pages of this computer). Resolves with that page.
   * @param open what asks for the page
   */
  async openedPage(open: () => Promise<unknown>): Promise<Page> {
    const opened = this.page.context().waitForEvent("page", { timeout: uiMs });
    await open();
    const question = /open the external website/i;
    const asked = this.page.locator(".monaco-dialog-box").filter({ hasText: question }).waitFor();
    const first = await Promise.any([opened.then(() => "page"), asked.then(() => "question")]);
    if (first === "question") await this.answerDialog(question, "Open");
    const page = await opened;
    await page.waitForURL(/^http/, { waitUntil: "commit" });
    // code-server forwards addresses of this computer; a hub on the network, for which the test hub stands, it would not.
    const [, port, rest] = /\/proxy\/(\d+)(\/.*)$/.exec(page.url()) ?? [];
    if (port !== undefined) await page.goto(`http://127.0.0.1:${port}${rest ?? ""}`);
    return page;
  }

  /**
   * The person has been on another page of the browser and comes back. A headless browser gives the focus to all pages
   * at once, so that the window is told what it would notice itself.
   */
  async comeBack(): Promise<void> {
    await this.page.bringToFront();
    for (const focused of [false, true]) {
      await this.page.evaluate((has) => {
        document.hasFocus = () => has;
        window.dispatchEvent(new Event(has ? "focus" : "blur"));
        // VS Code takes a blur for one only when no focus has followed by its next turn.
        return new Promise((resolve) => setTimeout(resolve));
      }, focused);
    }
  }

  /** Waits for a dialog that matches and presses one of its buttons; resolves with its text. */
  async answerDialog(text: RegExp, button: string): Promise<string> {
    const dialog = this.page.locator(".monaco-dialog-box").filter({ hasText: text });
    await dialog.waitFor();
    const shown = await dialog.locator(".dialog-message-container").innerText();
    await dialog.getByRole("button", { name: button, exact: true }).click();
    await dialog.waitFor({ state: "detached" });
    return shown;
  }

  /** Opens the Accounts menu; resolves with its entries. */
  async openAccounts(): Promise<string[]> {
    await this.page
      .locator(".activitybar")
      .getByRole("button", { name: /^Accounts/ })
      .click();
    const items = menuItems(this.page);
    await items.first().waitFor();
    return (await items.allInnerTexts()).map((text) => text.trim()).filter((text) => text !== "");
  }

  /** Closes an open menu or quick input. */
  async dismiss(): Promise<void> {
    await this.quickInput.dismiss();
    if ((await menuItems(this.page).count()) === 0) return;
    await this.page.keyboard.press("Escape");
    await menuItems(this.page).first().waitFor({ state: "detached" });
  }

  /** The texts of the notifications that are on the screen. */
  async notifications(): Promise<string[]> {
    return await this.page.locator(".notifications-toasts .notification-list-item-message").allInnerTexts();
  }

  /** Waits for a notification that matches; resolves with its text. */
  async notification(text: RegExp, timeout = uiMs): Promise<string> {
    return await waitFor(
      `a notification like ${text}`,
      async () => (await this.notifications()).find((shown) => text.test(shown)),
      timeout,
    );
  }

  /** Waits for a notification that matches and presses one of its buttons. */
  async answerNotification(text: RegExp, button: string, timeout = uiMs): Promise<void> {
    await this.notification(text, timeout);
    const message = this.page.locator(".notification-list-item-message").filter({ hasText: text });
    const toast = this.page.locator(".notification-toast").filter({ has: message }).first();
    await toast.hover(); // so that it does not leave by itself
    await toast.getByRole("button", { name: button, exact: true }).click();
  }

  /** Saves what was changed in front, and waits until it is written. Only with `savesOnDemand` does VS Code show that. */
  async save(): Promise<void> {
    await this.page.locator(".tab.active.dirty").waitFor({ timeout: uiMs });
    await this.quickInput.command("File: Save");
    await this.page.locator(".tab.active:not(.dirty)").waitFor({ timeout: uiMs });
  }

  /** Takes all notifications off the screen. */
  async clearNotifications(): Promise<void> {
    await this.quickInput.command("Notifications: Clear All Notifications");
    await this.page.locator(".notifications-toasts .notification-list-item-message").first().waitFor({ state: "detached" });
  }

  /** Switches the colour theme, where it is another one. */
  async setTheme(name: ThemeName): Promise<void> {
    const { title, shown } = themes[name];
    if (await this.page.locator(shown).isVisible()) return;
    await this.quickInput.command("Preferences: Color Theme");
    await this.quickInput.expect(/Color Theme/);
    // The list is long: only its first part is drawn.
    await this.page.keyboard.type(title);
    await this.quickInput.pick(new RegExp(`^${title}`));
    await this.page.locator(shown).waitFor();
  }

  /** Saves a picture of the window. */
  async screenshot(file: string): Promise<void> {
    mkdirSync(path.dirname(file), { recursive: true });
    // Away from everything, so that no tooltip covers what is to be seen.
    await this.page.mouse.move(1150, 4);
    await this.page.locator(".monaco-hover:not(.hidden), .workbench-hover").first().waitFor({ state: "hidden" });
    await this.page.screenshot({ path: file, animations: "disabled" });
  }

  /** Closes the window. */
  async close(): Promise<void> {
    await this.page.close();
  }
}

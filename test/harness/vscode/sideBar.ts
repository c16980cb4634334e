// The side bar of a VS Code window as a person uses it: its rows, their buttons and menus, and what they say to whoever points at them.
import type { Locator, Page } from "playwright-core";
import { waitFor } from "../processes/wait";

const uiMs = 20_000;
const clickMs = 1_000;

/** The open side bar of a window. */
export class SideBar {
  constructor(private readonly page: Page) {}

  /** Opens a view container by its icon in the activity bar, such as "JupyterHub Connect" or "Explorer". */
  async open(title: string): Promise<void> {
    const icon = this.page.locator(".activitybar").getByRole("tab", { name: new RegExp(`^${title}`) });
    if ((await icon.getAttribute("aria-selected")) !== "true") await icon.click();
    await this.page.locator(".sidebar .composite.title", { hasText: new RegExp(title, "i") }).waitFor();
  }

  /** The rows of the open side bar's trees, each indented by two spaces for each level below the first. */
  async rows(): Promise<string[]> {
    return await this.treeRows().evaluateAll((elements) =>
      elements.map((element) => {
        const texts = [...element.querySelectorAll(".label-name, .label-description")].map((part) => part.textContent);
        return "  ".repeat(Number(element.getAttribute("aria-level") ?? "1") - 1) + texts.join(" ");
      }),
    );
  }

  /** Waits until a row of the open side bar matches; resolves with all rows. */
  async row(row: RegExp, timeout = uiMs): Promise<string[]> {
    let rows: string[] = [];
    const found = async (): Promise<boolean> => (rows = await this.rows()).some((text) => row.test(text));
    await waitFor(`a row like ${row} in the side bar`, found, timeout).catch((error: unknown) => {
      throw new Error(`The side bar has no row like ${row}, but: ${rows.join(" | ") || "nothing"}.`, { cause: error });
    });
    return rows;
  }

  /** Expands the row of the open side bar that matches, if it is collapsed. */
  async expand(row: RegExp): Promise<void> {
    const rows = await this.row(row);
    const element = this.treeRows().nth(rows.findIndex((text) => row.test(text)));
    if ((await element.getAttribute("aria-expanded")) === "false") await element.locator(".monaco-tl-twistie").click();
  }

  /** Presses a button at the end of the row of the open side bar that matches, by the name a screen reader says. */
  async rowAction(row: RegExp, action: RegExp): Promise<void> {
    const rows = await this.row(row);
    const element = this.treeRows().nth(rows.findIndex((text) => row.test(text)));
    await element.hover();
    await element.getByRole("button", { name: action }).click();
  }

  /** Opens the context menu of the row of the open side bar that matches; resolves with its entries. */
  async rowMenu(row: RegExp): Promise<Locator> {
    const rows = await this.row(row);
    await this.treeRows()
      .nth(rows.findIndex((text) => row.test(text)))
      .click({ button: "right" });
    const items = menuItems(this.page);
    await items.first().waitFor();
    return items;
  }

  /** Chooses an entry of the context menu of the row of the open side bar that matches. */
  async rowMenuAction(row: RegExp, title: string): Promise<void> {
    const entry = (await this.rowMenu(row)).filter({ hasText: title });
    // In the first moments of a menu VS Code takes a click for the end of the one that has opened it.
    const chosen = async (): Promise<boolean> => {
      await entry.click({ timeout: clickMs }).catch(() => undefined);
      return !(await entry.isVisible());
    };
    await waitFor(`${title} to be chosen`, chosen, uiMs);
  }

  /** Points at the row of the open side bar that matches until VS Code says more of it; resolves with that. */
  async rowHover(row: RegExp): Promise<Locator> {
    const rows = await this.row(row);
    await this.treeRows()
      .nth(rows.findIndex((text) => row.test(text)))
      .locator(".label-name")
      .hover();
    const hover = this.page.locator(".monaco-hover:not(.hidden), .workbench-hover").first();
    await hover.waitFor();
    return hover;
  }

  private treeRows(): Locator {
    return this.page.locator(".sidebar .pane-body .monaco-list-row");
  }
}

/** The entries of the menu that is open. */
export function menuItems(page: Page): Locator {
  return page.locator(".monaco-menu .action-item .action-label:not(.separator)");
}

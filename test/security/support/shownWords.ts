// Whether strangers' words on VS Code's screen are words, and nothing else.
import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";
import type { Workbench } from "../../harness/vscode/workbench";
import { waitFor } from "../../harness/processes/wait";
import { icon, reversing, type Bait, type Baits } from "./baits";

const shownMs = 20_000;
const ranMs = 5_000;

/** Where VS Code shows what extensions tell it. */
export const places = {
  notifications: ".notifications-toasts",
  quickInput: ".quick-input-widget",
  dialog: ".monaco-dialog-box",
  sidebar: ".sidebar",
  statusBar: ".part.statusbar",
  hover: ".monaco-hover:not(.hidden), .workbench-hover",
  editor: ".part.editor",
  notebook: ".notebookOverlay",
  menu: ".monaco-menu",
} as const;

export type Place = keyof typeof places;

/** An element that leads somewhere when it is pressed. */
export interface Link {
  readonly text: string;
  readonly target: string;
}

/** All elements on the page that lead to an address with `mark` in it, whatever VS Code calls the attribute. */
export async function linksWith(page: Page, mark: string): Promise<readonly Link[]> {
  return await page.evaluate(
    (wanted) =>
      [...document.querySelectorAll<HTMLElement>("a, button, [href], [data-href], [data-command]")].flatMap((element) => {
        const target = [...element.attributes].find(
          ({ name, value }) => !name.startsWith("aria-") && value.includes(wanted) && /href|command|data-/.test(name),
        );
        return target === undefined ? [] : [{ text: element.innerText, target: `${target.name}=${target.value}` }];
      }),
    mark,
  );
}

/** What is shown of a text: a joiner that keeps a link from being one has no width. */
export function asShown(text: string): string {
  return text.replaceAll(/[\u200b\u2060]/g, "").replaceAll(/\s+/g, " ");
}

/** Looks at one window for the baits that were laid out. */
export class ShownWords {
  constructor(
    private readonly workbench: () => Workbench,
    private readonly baits: Baits,
  ) {}

  /**
   * Waits until the bait's words can be read at `place`, as they were written, and asserts that they are no link.
   * @param picture the name of the screenshot, under out/screenshots/security-…
   */
  async arePlain(place: Place, bait: Bait, picture: string): Promise<void> {
    await this.areRead(place, bait.words, picture);
    await this.#isRead(place, bait.text.slice(0, bait.words.length + 12));
  }

  /** As `arePlain`, of a text that may be cut, or lose signs, on its way: its words are there, in whatever is around them. */
  async areRead(place: Place, words: string, picture: string): Promise<void> {
    await this.#isRead(place, words);
    await this.#photograph(picture);
    await this.noneIsLink();
  }

  /** Nothing on the screen leads where a bait leads, has a stranger's icon, or reads another way than it is written. */
  async noneIsLink(): Promise<void> {
    const { page } = this.workbench();
    const links = await linksWith(page, this.baits.mark);
    if (links.length > 0) {
      const command = links.find(({ target }) => target.includes("=command:"));
      const ran = command !== undefined && (await this.#press(page.locator("a", { hasText: command.text }).first()));
      assert.fail(
        `Strangers' words are links: ${links.map(({ text, target }) => `“${text}” to ${target}`).join("; ")}. ${ran ? "A click ran the program." : ""}`,
      );
    }
    assert.equal(await page.locator(icon.selector).count(), 0, "strangers' words are icons");
    const reversed = await page.evaluate(
      ([mark, pattern]) => {
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        const found: string[] = [];
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
          const text = node.textContent ?? "";
          if (text.includes(mark) && new RegExp(pattern).test(text)) found.push(text);
        }
        return found;
      },
      [reversedMark, reversing.source] as const,
    );
    assert.deepEqual(reversed, [], "texts that read another way than they are written");
  }

  async #isRead(place: Place, words: string): Promise<void> {
    const { page } = this.workbench();
    const wanted = asShown(words);
    let shown = "";
    const read = async (): Promise<boolean> => {
      const texts = await page.locator(places[place]).evaluateAll((elements) =>
        elements.map((element) => {
          const inputs = [...element.querySelectorAll("input")].map((input) => input.placeholder);
          return [(element as HTMLElement).innerText, ...inputs].join("\n");
        }),
      );
      shown = asShown(texts.join("\n"));
      return shown.includes(wanted);
    };
    await waitFor(`“${wanted}” in ${place}`, read, shownMs).catch(async (cause: unknown) => {
      const links = await linksWith(page, this.baits.mark);
      throw new Error(`“${wanted}” cannot be read in ${place}: ${shown}. Links: ${JSON.stringify(links)}`, { cause });
    });
  }

  /** A person clicks. @returns whether the program ran */
  async #press(link: Locator): Promise<boolean> {
    const before = this.baits.touched.length;
    await link.click({ timeout: ranMs }).catch(() => undefined);
    const ran = waitFor("the program to run", () => (this.baits.touched.length > before ? true : undefined), ranMs);
    return ran.then(
      () => true,
      () => false,
    );
  }

  async #photograph(name: string): Promise<void> {
    await this.workbench().page.screenshot({ path: `out/screenshots/security-${name}.png`, animations: "disabled" });
  }
}

/** Takes boxes, dialogs and notifications off the screen, after a test that passed or one that did not. */
export async function tidy(workbench: Workbench): Promise<void> {
  const { page } = workbench;
  await page.mouse.move(1150, 4); // away from what shows more of itself
  const open = page.locator(`${places.dialog}, ${places.menu}, ${places.quickInput} >> visible=true`);
  const gone = async (): Promise<boolean> => {
    if ((await open.count()) === 0) return true;
    await page.keyboard.press("Escape");
    return false;
  };
  await waitFor("the screen to be empty", gone, shownMs);
  if ((await workbench.notifications()).length > 0) await workbench.quickInput.command("Notifications: Clear All Notifications");
}

/** Stands in every text that would read another way than it is written, so that it is found on the page. */
export const reversedMark = "gnp";

/** A name that would read `…exe.png` and ends in `.exe`. */
export const reversedName = `report \u202e${reversedMark}.exe`;

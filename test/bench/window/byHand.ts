// A notebook as a person runs it: from the key, or the click, to the number at the cell in the page.
import type { Page } from "playwright-core";

/** Printed in the extension host when the first cell in front is to be run by the key, as often as `pass` is measured. */
export const byKeyLine = "by key";

const endMs = 120_000;

/** How a program shows a notebook. */
export interface Shown {
  readonly page: Page;
  /** The key that runs the cell with the focus and stays there. */
  readonly runKey: string;
  /** The numbers of the cells that are drawn. */
  readonly numbers: string;
  /** Puts the keyboard's focus on the first cell, or shows the last. */
  readonly first: () => Promise<void>;
  readonly last: () => Promise<void>;
  /** Does what comes before the click that runs all cells, and gives what is to be clicked. */
  readonly runAll: () => Promise<{ click(): Promise<void> }>;
}

/** The notebook that is in front in VS Code. */
export function here(page: Page): Shown {
  const focus = async (key: string): Promise<void> => {
    await page.bringToFront();
    await page.keyboard.press("Control+1");
    await page.keyboard.press("Escape");
    await page.keyboard.press(key);
  };
  return {
    page,
    runKey: "Meta+Enter", // of VS Code on Linux
    numbers: ".notebookOverlay .code-cell-row .execution-count-label",
    first: () => focus("Control+Home"),
    last: () => focus("Control+End"),
    runAll: async () =>
      page
        .locator(".notebook-toolbar-container")
        .filter({ visible: true })
        .getByRole("button", { name: /^Run All/ }),
  };
}

/** Runs the first cell by the keyboard. */
export async function runOne({ page, numbers, runKey, first }: Shown): Promise<number> {
  await first();
  await arm(page, numbers, "keydown");
  await page.keyboard.press(runKey);
  return seen(page);
}

/** Runs all cells with the last one in view. */
export async function runThemAll({ page, numbers, last, runAll }: Shown): Promise<number> {
  await last();
  const button = await runAll();
  await arm(page, numbers, "pointerup");
  await button.click();
  return seen(page);
}

/** From the next event of this kind the page counts the time until the last number that is drawn is another one. */
async function arm(page: Page, numbers: string, event: string): Promise<void> {
  // What runs these files names functions by a helper that no page has.
  await page.evaluate("globalThis.__name ??= (named) => named");
  await page.evaluate(
    ({ selector, kind }) => {
      // Lists that draw only what is in view have their elements in any order.
      const last = (): string => {
        const drawn = [...document.querySelectorAll<HTMLElement>(selector)].filter((one) => one.offsetParent !== null);
        const bottom = (one: HTMLElement): number => one.getBoundingClientRect().bottom;
        return drawn.sort((one, other) => bottom(one) - bottom(other)).at(-1)?.textContent ?? "";
      };
      const before = last();
      const time = new Promise<number>((resolve) => {
        addEventListener(
          kind,
          () => {
            const begun = performance.now();
            const look = (): void => {
              const now = last();
              if (!/\d/.test(now) || now === before) return;
              observer.disconnect();
              resolve(performance.now() - begun);
            };
            const observer = new MutationObserver(look);
            observer.observe(document.body, { subtree: true, childList: true, characterData: true });
          },
          { capture: true, once: true },
        );
      });
      Object.assign(window, { measured: time });
    },
    { selector: numbers, kind: event },
  );
}

async function seen(page: Page): Promise<number> {
  const measured = page.evaluate(() => (window as unknown as { measured: Promise<number> }).measured);
  const late = new Promise<never>((_, reject) =>
    setTimeout(() => reject(new Error(`No cell has ended within ${endMs / 1000} s.`)), endMs).unref(),
  );
  return await Promise.race([measured, late]);
}

// A window on a slow computer: with SLOW_WINDOW=8 each window's page is drawn and scripted by an eighth of the processor, to find what
// goes wrong where VS Code takes its time.
import type { Page } from "playwright-core";

/** Slows the page down by the factor SLOW_WINDOW, if that is set; to be called once the window is open. */
export async function slowDown(page: Page): Promise<void> {
  const rate = Number(process.env["SLOW_WINDOW"] ?? "1");
  if (rate > 1) await throttle(page, rate);
}

/** Makes the page's scripts take `rate` times as long, 1 for as fast as they are. */
export async function throttle(page: Page, rate: number): Promise<void> {
  const devTools = await page.context().newCDPSession(page);
  await devTools.send("Emulation.setCPUThrottlingRate", { rate });
}

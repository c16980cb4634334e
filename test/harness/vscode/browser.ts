// A headless Chromium for windows served by code-server.
import { chromium, type Browser } from "playwright-core";
import { messageOf } from "../../../src/base/errors";
import { ensureSystem, findBrowser } from "../install/system";

/** Starts the installed Chromium or Chrome. It ends with `close()`, and with this process. */
export async function launchBrowser(): Promise<Browser> {
  await ensureSystem(["chromium", "fonts-dejavu", "fonts-noto-color-emoji"]);
  const executablePath = findBrowser();
  if (executablePath === undefined) throw new Error("Chromium or Chrome is missing: install one.");
  // Chromium's own sandbox cannot start as root.
  const root = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  try {
    return await chromium.launch({
      executablePath,
      headless: true,
      timeout: 60_000,
      // The commands handle signals themselves; playwright's handlers would end the process before they have.
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
      args: [
        ...root,
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        // Each notebook's outputs would have a process of their own: a third more work for what no test is about.
        "--disable-site-isolation-trials",
        "--disable-features=IsolateOrigins,site-per-process",
      ],
    });
  } catch (error) {
    throw new Error(`${executablePath} did not start: ${messageOf(error)}`, { cause: error });
  }
}

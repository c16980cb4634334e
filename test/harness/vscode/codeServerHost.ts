// Runs code in the extension host of a code-server: a headless browser opens a window that is told to do so.
import { cpSync } from "node:fs";
import path from "node:path";
import { format } from "node:util";
import type { Page } from "playwright-core";
import { Deferred, withTimeout } from "../../../src/base/async";
import { messageOf } from "../../../src/base/errors";
import { out } from "../paths";
import { tail } from "../processes/run";
import { waitFor } from "../processes/wait";
import { errorsIn } from "../results/logFiles";
import { launchBrowser } from "./browser";
import { startCodeServer, type CodeServer } from "./codeServer";
import type { ExtensionHostResult, HostRun } from "./hostRun";
import { printedIn } from "./inHost/print";
import { slowDown } from "./slowWindow";

/** How long the window may be silent at the start before we say that it hangs. */
const beginMs = 120_000;

/** Runs `testsPath` there (15–25 s around it). Ends server and browser in any case. */
export async function runInCodeServer(run: HostRun): Promise<ExtensionHostResult> {
  const server = await startCodeServer({ settings: run.settings, testDriver: true });
  try {
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage({ viewport: { width: 800, height: 500 } });
      const code = await withTimeout(runInPage(page, server, run), run.timeout, tooLong(run)).catch(async (error: unknown) => {
        const title = await page.title().catch(() => "no window");
        throw new Error(`${messageOf(error)} (window: ${title})${tail(server.log(), 40)}`, { cause: error });
      });
      // What explains it: the extension's log, and VS Code's own.
      if (code !== 0) cpSync(server.logs, path.join(out, "logs", path.basename(path.dirname(run.testsPath))), { recursive: true });
      return { host: `code-server ${server.version}`, ok: code === 0, errors: errorsIn(server.logs)() };
    } finally {
      await browser.close();
    }
  } finally {
    await server.stop();
  }
}

const tooLong = (run: HostRun): string => `The run in code-server did not end within ${run.timeout / 1000} s.`;

async function runInPage(page: Page, server: CodeServer, run: HostRun): Promise<number> {
  const exit = new Deferred<number>();
  const state = { begun: false };
  const others: string[] = [];
  page.on("crash", () => exit.reject(new Error("The browser's page crashed.")));
  page.on("pageerror", (error) => others.push(error.message));
  await page.exposeFunction("codeAutomationLog", (_type: string, args: unknown[]) => {
    for (const line of format(...args).split("\n")) {
      const printed = printedIn(line);
      if (printed !== undefined && state.begun) run.onLine(printed);
      else others.push(line);
      state.begun ||= printed !== undefined;
    }
  });
  await page.exposeFunction("codeAutomationExit", (code: number) => exit.resolve(code));
  await page.goto(testUrl(server, run), { waitUntil: "commit", timeout: 30_000 });
  // Without the smoke-test driver, or with a path that VS Code cannot read, the window would idle for ever.
  const began = waitFor("the test run to begin", () => (state.begun || exit.settled ? true : undefined), beginMs, 250);
  const gone = waitFor("", () => (server.running ? undefined : true), run.timeout, 500).then((): never => {
    throw new Error("code-server ended before the run did.");
  });
  gone.catch(() => undefined);
  await Promise.race([began, gone]).catch((error: unknown) => {
    throw new Error(`${messageOf(error)}${tail(others.join("\n"), 30)}`, { cause: error });
  });
  await slowDown(page);
  run.onWindow?.(page);
  const code = await Promise.race([exit.promise, gone]);
  if (!state.begun) throw new Error(`VS Code could not run the bundle.${tail(others.join("\n"), 30)}`);
  return code;
}

/** The window's address with the payload that starts a test run in its extension host. */
function testUrl(server: CodeServer, run: HostRun): string {
  const remote = (file: string): string => `vscode-remote://localhost:${server.port}${file}`;
  const payload = JSON.stringify([
    ["extensionDevelopmentPath", remote(run.extensionPath)],
    ["extensionTestsPath", remote(run.testsPath)],
    ["skipWelcome", "true"],
    ...(run.inspectPort === undefined ? [] : [["inspect-brk-extensions", `${run.inspectPort}`]]),
  ]);
  return `${server.folderUrl(run.workspace)}&payload=${encodeURIComponent(payload)}`;
}

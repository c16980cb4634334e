// npm start: a real JupyterHub, a real VS Code with the extension, and a sample notebook. With --check, no person needed.
import { messageOf } from "../../../src/base/errors";
import { runCommand, runMain } from "../child";
import { startHub, type TestHub } from "../hub/hub";
import { takeRelease } from "../install/codeServer";
import { say } from "../install/progress";
import { onPath } from "../install/system";
import { options } from "../options";
import { onInterrupt } from "../processes/interrupt";
import { checkSample } from "../sample/check";
import { samplePath } from "../sample/sampleNotebook";
import { openDemo } from "../vscode/demo";
import { openDesktopDemo } from "../vscode/desktopDemo";
import type { HubUser } from "../vscode/hubSteps";
import { openPersonWindow, packagedExtension } from "../vscode/window";

async function main(): Promise<number> {
  takeRelease(process.argv);
  const { values } = options("npm start [-- --check] [--vscode newest|oldest]", { check: { type: "boolean" } });
  onInterrupt(async () => {}, values.check === true ? 130 : 0); // what has been started ends with this process
  const packaged = await runCommand("package");
  if (packaged !== 0) return packaged;
  const hub = await startHub();
  try {
    return values.check === true ? await check(hub) : await demo(hub);
  } finally {
    await hub.stop();
  }
}

async function check(hub: TestHub): Promise<number> {
  const window = await openPersonWindow({ files: [samplePath] });
  try {
    await window.workbench.openNotebook("sample.ipynb");
    const wrong = await checkSample(window.workbench, demoUser(hub));
    console.log(wrong.length === 0 ? "\nAll outputs are as they should be." : `\nNot as it should be:\n  ${wrong.join("\n  ")}`);
    return wrong.length === 0 ? 0 : 1;
  } catch (error) {
    await window.workbench.screenshot("out/screenshots/failure.png").catch(() => undefined); // the reason comes first
    say(`The check stopped: ${messageOf(error)}\nThe window as it was: out/screenshots/failure.png`);
    return 1;
  } finally {
    await window.close();
  }
}

/** Runs until it is interrupted. */
async function demo(hub: TestHub): Promise<number> {
  const code = onPath("code");
  const vsix = packagedExtension();
  const opened = code === undefined ? await openDemo(vsix, samplePath) : await openDesktopDemo(code, vsix, samplePath);
  const { name, password } = hub.user("ana");
  console.log(`
${opened}

Run a cell there, and sign in when you are asked:

  address    ${hub.url}
  user name  ${name}
  password   ${password}

Your server starts, and the cell runs. Ctrl+C here ends all of it.
`);
  return await new Promise<never>(() => {
    setInterval(() => undefined, 60_000); // onInterrupt ends the process
  });
}

function demoUser(hub: TestHub): HubUser {
  const { name, token } = hub.user("ana");
  return { url: hub.url, name, token };
}

runMain(main);

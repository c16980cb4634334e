// Runs a file of this folder inside a real extension host, with the hub's kernels, and gives the figures that it writes.
import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { runCommand } from "../../harness/child";
import { runInExtensionHost } from "../../harness/vscode/extensionHost";
import type { ExtensionHostRun } from "../../harness/vscode/hostRun";
import type { Bench } from "../bench";

/**
 * @param entry the file's name; it is given `parameters`, the hub's address and a user's token, `folder` for notebooks, and `out` to write to
 * @param onLine told of each line that it prints; what it returns is told where it fails
 * @throws Error where the extension cannot be built, or VS Code could not measure it
 */
export async function figuresOf(
  bench: Bench,
  entry: string,
  parameters: object,
  {
    onLine = () => undefined,
    onWindow,
  }: { readonly onLine?: (line: string, tell: (text: string) => void) => void } & Pick<ExtensionHostRun, "onWindow"> = {},
): Promise<unknown> {
  const hub = await bench.hub();
  if ((await runCommand("build")) !== 0) throw new Error("The extension could not be built.");
  await hub.startServer("ana");
  const folder = bench.directory();
  const out = path.join(bench.directory(), "figures.json");
  mkdirSync(folder, { recursive: true });
  const printed: string[] = [];
  const { ok } = await runInExtensionHost({
    entry: `test/bench/window/${entry}`,
    workspace: folder,
    timeout: 15 * 60_000,
    host: "code-server", // which has a page to press keys in, and is what JupyterLab stands beside
    ...(onWindow && { onWindow }),
    onLine: (line) => {
      printed.push(line);
      onLine(line, (text) => printed.push(text));
    },
    parameters: { url: hub.url, token: hub.user("ana").token, folder, out, ...parameters },
  });
  if (!ok) throw new Error(`VS Code could not measure it: ${printed.slice(-5).join(" | ")}`);
  return JSON.parse(readFileSync(out, "utf8"));
}

// The build that suites need: made by each on its own, or once for all of them by `npm test`.
import { runCommand } from "./child";

/** Set by `npm test` for its suites: dist/ and the .vsix are those of this run, and suites beside each other leave them alone. */
export const builtAlready = { JUPYTERHUB_CONNECT_BUILT: "1" };

/** Runs `npm run build` or `npm run package` unless `npm test` has done so; resolves with the exit code. */
export async function ensureBuilt(command: "build" | "package"): Promise<number> {
  return process.env["JUPYTERHUB_CONNECT_BUILT"] === "1" ? 0 : await runCommand(command);
}

// Node 24, which code-server needs while the project itself runs on older ones: the binary comes from npm.
import { join } from "node:path";
import { run } from "../processes/run";
import { cached } from "./cache";
import { npmEnvironment } from "./npm";

/** The version that is fetched; it decides the cache entries that are compiled against it. */
export const node24Version = "24.21.0";

/**
 * The folder that holds `bin/node` and the headers (`include/`) of Node 24, fetched from npm if it is not there.
 * @throws Error on platforms for which npm has no such package.
 */
export async function ensureNode24(): Promise<string> {
  const name = `node-${process.platform}-${process.arch}`;
  if (process.platform !== "linux" || !["x64", "arm64"].includes(process.arch)) {
    throw new Error(`code-server is only set up on Linux (x64, arm64), not on ${name}: install the desktop VS Code instead.`);
  }
  const directory = await cached({
    name: "node",
    key: [name, node24Version],
    build: async (target) => {
      const args = ["install", "--prefix", target, "--no-save", "--no-package-lock", "--loglevel=error", "--no-audit", "--no-fund"];
      await run("npm", [...args, `${name}@${node24Version}`], { cwd: target, env: npmEnvironment(), background: true });
    },
  });
  return join(directory, "node_modules", name);
}

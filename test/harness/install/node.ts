// The Nodes that code-servers need while the project itself runs on others: the binaries come from npm.
import { join } from "node:path";
import { run } from "../processes/run";
import { cached } from "./cache";
import { npmEnvironment } from "./npm";

/** The versions that are fetched, by their major one; they decide the cache entries that are compiled against them. */
export const nodeVersions = { 20: "20.20.2", 24: "24.21.0" } as const;

/**
 * The folder that holds `bin/node` and the headers (`include/`) of a Node, fetched from npm if it is not there.
 * @throws Error on platforms for which npm has no such package.
 */
export async function ensureNode(major: keyof typeof nodeVersions): Promise<string> {
  const name = `node-${process.platform}-${process.arch}`;
  if (process.platform !== "linux" || !["x64", "arm64"].includes(process.arch)) {
    throw new Error(`code-server is only set up on Linux (x64, arm64), not on ${name}: install the desktop VS Code instead.`);
  }
  const directory = await cached({
    name: "node",
    key: [name, nodeVersions[major]],
    build: async (target) => {
      const args = ["install", "--prefix", target, "--no-save", "--no-package-lock", "--loglevel=error", "--no-audit", "--no-fund"];
      await run("npm", [...args, `${name}@${nodeVersions[major]}`], { cwd: target, env: npmEnvironment(), background: true });
    },
  });
  return join(directory, "node_modules", name);
}

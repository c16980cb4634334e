// code-server, the real VS Code in a browser, for machines where the desktop VS Code cannot be downloaded.
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { run } from "../processes/run";
import { cached } from "./cache";
import { ensureNode24, node24Version } from "./node";
import { npmEnvironment } from "./npm";
import { ensureSystem } from "./system";

/** An installed code-server: `node` runs `entry`. */
export interface CodeServer {
  /** The Node 24 binary. */
  node: string;
  /** code-server's entry.js. */
  entry: string;
  /** Its own version, such as 4.139.1 (which is VS Code 1.139.1). */
  version: string;
}

/** The lock file pins every package; code-server's own postinstall brings its pinned VS Code packages. */
const recipe = join(import.meta.dirname, "code-server");

/** code-server, compiled into the cache if it is not there (about three minutes, 620 MB). */
export async function ensureCodeServer(): Promise<CodeServer> {
  await ensureSystem(["libkrb5-dev", "build-essential", "pkg-config", "python3-venv"]);
  const home = await ensureNode24();
  const files = ["package.json", "package-lock.json"] as const;
  const directory = await cached({
    name: "code-server",
    key: [...files.map((file) => readFileSync(join(recipe, file), "utf8")), node24Version, process.platform, process.arch],
    build: async (target) => {
      for (const file of files) copyFileSync(join(recipe, file), join(target, file));
      const env = npmEnvironment();
      env.PATH = `${join(home, "bin")}:${env.PATH ?? ""}`;
      env.npm_config_nodedir = home; // compile against the headers that came with Node 24: no download
      await run("npm", ["ci", "--loglevel=error", "--no-audit", "--no-fund"], { cwd: target, env, background: true });
    },
  });
  const installed = join(directory, "node_modules", "code-server");
  const manifest: unknown = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
  const { version } = v.parse(v.object({ version: v.string() }), manifest);
  return { node: join(home, "bin", "node"), entry: join(installed, "out", "node", "entry.js"), version };
}

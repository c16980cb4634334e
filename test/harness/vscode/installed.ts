// Extensions in a code-server: installed as a person does it, or copied from where the same ones were installed before.
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { withLock } from "../install/cache";
import { out } from "../paths";
import { run } from "../processes/run";

const installMs = 120_000;

/** One sub-folder for each set of extensions; `npm run package` removes it. */
export const installedExtensions = path.join(out, "extensions");

/** What installs. */
export interface Installer {
  /** The Node binary that runs `entry`. */
  readonly node: string;
  /** code-server's entry.js. */
  readonly entry: string;
  /** The flags that name its profile and folders. */
  readonly profile: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

/** Installs `vsix`, one after the other. */
export async function installExtensions({ node, entry, profile, env }: Installer, vsix: readonly string[]): Promise<void> {
  for (const file of vsix) await run(node, [entry, ...profile, "--install-extension", file], { timeout: installMs, ...(env && { env }) });
}

/** Makes `target` a folder in which `vsix` are installed: they are so once, and copied after that. */
export async function copyInstalled(installer: Pick<Installer, "node" | "entry">, vsix: readonly string[], target: string): Promise<void> {
  const hash = createHash("sha256").update(installer.entry);
  for (const file of vsix) hash.update(readFileSync(file));
  const source = path.join(installedExtensions, hash.digest("hex").slice(0, 12));
  await withLock(`${source}.lock`, "the installed extension", async () => {
    if (existsSync(source)) return;
    const directory = mkdtempSync(path.join(tmpdir(), "jupyterhub-connect-install-"));
    try {
      const extensions = path.join(directory, "extensions");
      const profile = [
        `--config=${path.join(directory, "config.yaml")}`,
        `--user-data-dir=${path.join(directory, "user-data")}`,
        `--extensions-dir=${extensions}`,
      ];
      await installExtensions({ ...installer, profile }, vsix);
      // Elsewhere first: a copy that was broken off must not be taken for a whole one.
      cpSync(extensions, `${source}.new`, { recursive: true });
      renameSync(`${source}.new`, source);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
  cpSync(source, target, { recursive: true });
}

// The Python environments of the test hubs, one for each JupyterHub version, from fully pinned requirements.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../processes/run";
import { cached } from "./cache";
import { ensureSystem } from "./system";

/** The JupyterHub versions tests run against: the newest, the one before, and the oldest supported. */
export const hubVersions = [6, 5, 3] as const;

/** The major version of a JupyterHub. */
export type HubVersion = (typeof hubVersions)[number];

/**
 * The `bin` folder of an environment with JupyterHub `version`, JupyterLab, ipykernel, ipywidgets, matplotlib and
 * pandas, and with the newest also a kernel of another language (Bash), as pinned in requirements-VERSION.txt;
 * installed if it is not there (about a minute).
 * To renew the pins: install the wanted packages into a fresh environment, then `pip freeze`.
 */
export async function ensureHubPython(version: HubVersion): Promise<string> {
  await ensureSystem(["python3-venv"]);
  const file = join(import.meta.dirname, `requirements-${version}.txt`);
  const python = (await run("python3", ["-c", "import sys; print(sys.version, sys.executable)"])).trim();
  const directory = await cached({
    name: `jupyterhub-${version}`,
    key: [readFileSync(file, "utf8"), python, "1"],
    build: async (target) => {
      await run("python3", ["-m", "venv", target]);
      const bin = join(target, "bin");
      await run(join(bin, "pip"), ["install", "--quiet", "--disable-pip-version-check", "--no-input", "-r", file], { background: true });
      // Its package holds no kernel spec, but writes one.
      if (version === 6) await run(join(bin, "python"), ["-m", "bash_kernel.install", "--sys-prefix"]);
      const env = { ...process.env, ...kernelCaches(bin) };
      await run(join(bin, "python"), ["-c", "import matplotlib.font_manager"], { env });
    },
  });
  return join(directory, "bin");
}

/**
 * Variables by which all users' kernels share what they have worked out. Else the first figure of every user would search all fonts, and
 * the first completion read the types of all of Python, for seconds each.
 */
export function kernelCaches(bin: string): { readonly MPLCONFIGDIR: string; readonly XDG_CACHE_HOME: string } {
  const shared = join(bin, "..", "share");
  return { MPLCONFIGDIR: join(shared, "matplotlib-config"), XDG_CACHE_HOME: join(shared, "cache") };
}

// Parts of the operating system that tests need: found, installed where we may (Debian, as root), or named with the remedy.
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { run } from "../processes/run";
import { cacheRoot, withLock } from "./cache";
import { say, step } from "./progress";

/** A part of the system, named as its Debian package. */
export type SystemPart =
  "chromium" | "libkrb5-dev" | "python3-venv" | "build-essential" | "pkg-config" | "ripgrep" | "fonts-dejavu" | "fonts-noto-color-emoji";

interface Part {
  what: string;
  present: () => boolean | Promise<boolean>;
  /** Without it things look worse, but work. */
  optional?: boolean;
}

const BROWSERS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge"];
const MAC_BROWSERS = ["/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium"];
const FONTS = "/usr/share/fonts/truetype";

const parts: Record<SystemPart, Part> = {
  chromium: { what: "Chromium or Chrome", present: () => findBrowser() !== undefined },
  "libkrb5-dev": {
    what: "the Kerberos headers, which code-server is compiled with",
    present: () => process.platform === "darwin" || existsSync("/usr/include/gssapi/gssapi.h"),
  },
  "python3-venv": {
    what: "Python 3.11 or newer with venv",
    present: () => succeeds("python3", ["-c", "import ensurepip, venv, sys; sys.exit(sys.version_info < (3, 11))"]),
  },
  "build-essential": {
    what: "a C++ compiler and make",
    present: () => onPath("make") !== undefined && (onPath("c++") ?? onPath("g++")) !== undefined,
  },
  "pkg-config": { what: "pkg-config", present: () => onPath("pkg-config") !== undefined },
  ripgrep: { what: "ripgrep, with which VS Code searches", present: () => onPath("rg") !== undefined },
  "fonts-dejavu": { what: "the DejaVu fonts", present: () => otherFonts() || existsSync(join(FONTS, "dejavu")), optional: true },
  "fonts-noto-color-emoji": {
    what: "an emoji font",
    present: () => otherFonts() || existsSync(join(FONTS, "noto", "NotoColorEmoji.ttf")),
    optional: true,
  },
};

/**
 * Makes sure that `wanted` is there; on Debian as root, installs what is missing.
 * @throws Error naming what is missing and how to get it; missing fonts are only mentioned.
 */
export async function ensureSystem(wanted: readonly SystemPart[]): Promise<void> {
  if ((await missingOf(wanted)).length === 0) return;
  // Two installations at once would stumble over apt's own lock.
  await withLock(join(cacheRoot(), "system.lock"), "system packages", async () => {
    let missing = await missingOf(wanted);
    if (missing.length === 0) return;
    if (process.getuid?.() === 0 && onPath("apt-get") !== undefined) {
      await step(`system packages: installing ${missing.join(", ")}`, () => install(missing));
      missing = await missingOf(wanted);
    }
    const needed = missing.filter((name) => parts[name].optional !== true);
    const first = needed[0];
    if (first !== undefined) {
      throw new Error(`${parts[first].what} is missing: install it, on Debian with "apt-get install ${needed.join(" ")}".`);
    }
    for (const name of missing) say(`${parts[name].what} is missing: screenshots will look worse (Debian: ${name}).`);
  });
}

/** The path of an installed Chromium or Chrome; JUPYTERHUB_CONNECT_BROWSER names another one. */
export function findBrowser(): string | undefined {
  const named = process.env.JUPYTERHUB_CONNECT_BROWSER;
  if (named !== undefined && named !== "") return named;
  for (const name of BROWSERS) {
    const path = onPath(name);
    if (path !== undefined) return path;
  }
  return MAC_BROWSERS.find((path) => existsSync(path));
}

/** Where `program` is on the PATH. */
export function onPath(program: string): string | undefined {
  return (process.env.PATH ?? "")
    .split(delimiter)
    .map((directory) => join(directory, program))
    .find((path) => existsSync(path));
}

async function missingOf(wanted: readonly SystemPart[]): Promise<SystemPart[]> {
  const found = await Promise.all(wanted.map(async (name) => parts[name].present()));
  return wanted.filter((_, index) => found[index] !== true);
}

async function install(names: readonly SystemPart[]): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const apt = ["-q", "-o", "DPkg::Lock::Timeout=300"];
  await run("apt-get", [...apt, "update"], { env });
  await run("apt-get", [...apt, "install", "-y", "--no-install-recommends", ...names], { env });
}

/** Where fonts are not Debian's business. */
function otherFonts(): boolean {
  return process.platform !== "linux";
}

function succeeds(command: string, args: readonly string[]): Promise<boolean> {
  return run(command, args).then(
    () => true,
    () => false,
  );
}

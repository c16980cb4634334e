// The details of a server or kernel as text, for the user and the administrator they send it to; without secrets.
import type { KnownKernel } from "../../app/kernels/kernelActions";
import type { RecentError } from "../../app/recentErrors";
import { optionsText } from "../../app/servers/offeredOptions";
import { isShared, type Server } from "../../app/servers/server";
import { Redactor } from "../../base/log";
import { plain, plainLines } from "../../base/plain";
import type { KernelInfo } from "../../services/kernel/messages";
import type { KernelSpec } from "../../services/kernelspec/model";
import type { ResourceUsage } from "../../services/rest/resourceUsage";
import type { StartWord } from "../servers/startReports";
import { specName } from "./kernelView";
import { serverRowTitle } from "./serverView";
import { coresText, memoryText } from "./usageText";

/** The data of the text, beside the server. */
export interface DetailsFacts {
  /** Versions of this extension, and of VS Code. */
  readonly versions: string;
  readonly words: readonly StartWord[];
  readonly kernels: readonly KnownKernel[];
  /** Newest last. */
  readonly errors: readonly RecentError[];
  readonly keptUntil: number | undefined;
  /** The server's resource usage, where it reports any. */
  readonly usage?: ResourceUsage | undefined;
}

/** Everything known of a server. */
export function serverDetails(server: Server, facts: DetailsFacts): string {
  const { account, model } = server;
  const { usage } = facts;
  return clean([
    `# ${plain(`${serverRowTitle(server)} of ${account.label}`)}`,
    table([
      ["Hub", account.hub.href],
      ["User", account.userName || "none: a Jupyter server without a hub"],
      ["Server", `${server.name === "" ? "default" : server.name}${isShared(server) ? `, shared by ${server.owner}` : ""}`],
      ["State", server.state],
      ["Address", server.services?.settings.baseUrl.href],
      ["JupyterLab there", server.services && new URL("lab", server.services.settings.baseUrl).href],
      ["Memory", usage && memoryText(usage)],
      ["CPU", usage && coresText(usage)],
      ["Started", time(model?.started)],
      ["Last activity as the hub counts it", time(model?.last_activity)],
      ["Kept alive until", facts.keptUntil === undefined ? undefined : time(facts.keptUntil)],
      ["Client", facts.versions],
    ]),
    ...optionsOf(server),
    "## Start",
    startText(facts.words),
    "## Kernels",
    kernelsText(server, facts.kernels),
    "## Kernel specs",
    (server.kernelSpecs?.specs ?? [])
      .map(({ name, displayName, language }) => `- ${plain(`${displayName} (\`${name}\`, ${language})`)}`)
      .join("\n") || "Not known yet.",
    ...errorsText(facts.errors),
  ]);
}

/** Everything known of a kernel. @param info what it says of itself; undefined where no notebook here is connected to it */
export function kernelDetails(kernel: KnownKernel, info: KernelInfo | undefined, facts: DetailsFacts): string {
  const { server, model, session, id } = kernel;
  const own = server.services?.kernels.connections.filter((connection) => connection.id === id) ?? [];
  const spec = server.kernelSpecs?.specs.find(({ name }) => name === model.name);
  return clean([
    `# Kernel ${session ? `of ${plain(session.name || session.path)}` : "without a session"}`,
    table([
      ["Id", id],
      ["Server", server.label],
      ["Kernel spec", `${specName(server, model.name)} (${model.name})`],
      ["Language", spec?.language],
      ["Environment", spec && environmentOf(spec)],
      ["Interrupted by", spec?.interruptMode],
      ["Path", session?.path],
      ["Session", session && `${session.id} (${session.type || "notebook"})`],
      ["State", model.execution_state],
      ["Last activity", time(model.last_activity)],
      ["Connections", `${model.connections}, of this window ${own.map(({ connectionStatus }) => connectionStatus).join(", ") || "none"}`],
      ["Client", facts.versions],
    ]),
    "## What the kernel says of itself",
    info === undefined ? "Not known: no notebook of this window is connected to it." : infoText(info),
    ...errorsText(facts.errors),
  ]);
}

/** Where its packages are: as those who make specs of environments note it, else the program that is started. */
function environmentOf({ argv, metadata }: KernelSpec): string | undefined {
  const noted = metadata["conda_env_path"];
  return typeof noted === "string" && noted !== "" ? noted : argv[0];
}

function infoText(info: KernelInfo): string {
  const language = info.language_info;
  const rows = table([
    ["Implementation", `${info.implementation} ${info.implementation_version}`],
    ["Language", [language.name, language.version].filter(Boolean).join(" ")],
    ["Protocol", info.protocol_version],
  ]);
  return info.banner === "" ? rows : `${rows}\n\n${fenced(plainLines(info.banner.trim()).split("\n"))}`;
}

function optionsOf({ shownOptions = [] }: Server): readonly string[] {
  if (shownOptions.length === 0) return [];
  return [
    "## Options of the last start",
    shownOptions.map((option) => `- ${plain(optionsText([option]))}`).join("\n"),
    "Values that the hub's page does not offer are left out.",
  ];
}

function startText(words: readonly StartWord[]): string {
  if (words.length === 0) return "This window has not waited for a start.";
  const lines = words.map(
    ({ at, fraction, message }) => `${clock(at)}  ${`${Math.round(fraction * 100)}`.padStart(3)}%  ${plain(message)}`,
  );
  return fenced(lines);
}

function kernelsText(server: Server, kernels: readonly KnownKernel[]): string {
  if (kernels.length === 0) return server.state === "running" ? "None that is known." : "None: it does not run.";
  const lines = kernels.map(({ id, model, session }) => {
    const what = [
      specName(server, model.name),
      model.execution_state,
      `${model.connections} connections`,
      `last activity ${time(model.last_activity) ?? "not known"}`,
    ];
    return `- ${plain(`${session ? session.path || session.name : "without a session"}: ${what.join(", ")} (\`${id}\`)`)}`;
  });
  return lines.join("\n");
}

function errorsText(errors: readonly RecentError[]): readonly string[] {
  if (errors.length === 0) return ["## Last errors", "None in this window."];
  return [
    "## Last errors",
    [...errors]
      .reverse()
      .map(({ at, times, message }) => `- ${time(at) ?? ""}${times > 1 ? ` (${times} times)` : ""}: ${plain(message)}`)
      .join("\n"),
  ];
}

function table(rows: readonly (readonly [string, string | undefined])[]): string {
  const known = rows.filter((row): row is readonly [string, string] => row[1] !== undefined && row[1] !== "");
  return known.map(([name, value]) => `- ${name}: ${plain(value)}`).join("\n");
}

/** To the second, in UTC: it is read in other places. */
function time(at: string | number | null | undefined): string | undefined {
  const moment = at === null || at === undefined ? Number.NaN : typeof at === "number" ? at : Date.parse(at);
  return Number.isNaN(moment) ? undefined : new Date(moment).toISOString().replace(/\.\d+Z$/, "Z");
}

function clock(at: number): string {
  return time(at)?.slice(11, 19) ?? "";
}

/** Lines as they are set; none of them ends that. */
function fenced(lines: readonly string[]): string {
  return ["```", ...lines.map((line) => line.replaceAll("```", "′′′")), "```"].join("\n");
}

/** Every part is plain, so that the document, which is Markdown, has no `[words](address)` of a stranger's; nor an `<address>`. */
function clean(parts: readonly string[]): string {
  return `${new Redactor().redact(parts.join("\n\n")).replace(/<(?=\w)/g, "<\u2060")}\n`;
}

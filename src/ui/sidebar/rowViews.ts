// Row views of the JupyterHub Connect view: text, theme icon and accessibility label of each kind of row.
import type { AccountRow, HubRow, NoteRow, OthersRow, Row, SpecRow, SpecsRow, ServerTerminalRow } from "../../app/hubTree/rows";
import { configuredName } from "../../hub/api/hubName";
import type { RowView } from "./rowView";
import { kernelView, sessionView } from "./kernelView";
import { serverView } from "./serverView";

/** @param now milliseconds since the epoch */
export function rowViewOf(row: Row, now = Date.now()): RowView {
  switch (row.kind) {
    case "hub":
      return hubFace(row);
    case "account":
      return accountFace(row);
    case "server":
      return serverView(row, now);
    case "session":
      return sessionView(row, now);
    case "kernel":
      return kernelView(row, now);
    case "others":
      return othersFace(row);
    case "terminal":
      return terminalFace(row, now);
    case "specs":
      return specsFace(row);
    case "spec":
      return specFace(row);
    case "note":
      return noteFace(row);
  }
}

/** A row's face as text, for comparison. */
export function fingerprint(row: Row): string {
  return JSON.stringify(rowViewOf(row));
}

/** The accessibility label: the kind of row, then the shown texts. */
export function ariaLabel(row: Row, { label, description }: RowView): string {
  return [kinds[row.kind], label, description].filter(Boolean).join(", ");
}

const kinds: Readonly<Record<Row["kind"], string>> = {
  hub: "Hub",
  account: "Account",
  server: "Server",
  session: "Session",
  kernel: "Kernel",
  others: "Group",
  terminal: "Terminal",
  specs: "Group",
  spec: "Kernel spec",
  note: "",
};

function hubFace({ hub }: HubRow): RowView {
  return {
    label: configuredName(hub),
    description: hub.fromFolder ? `not signed in · ${new URL(hub.url).host} · from this folder` : "not signed in",
    tooltip: `${new URL(hub.url).href}\n${hub.fromFolder ? "The settings of this folder name it: sign in only if you know this address." : "A hub of your institution: sign in to use it."}`,
    icon: ["server"],
    context: "hub",
    under: "nothing",
    command: { name: "signIn", title: "Sign In" },
  };
}

function accountFace({ account, problem }: AccountRow): RowView {
  const out = account.state === "signed-out";
  const who = account.isOnHub ? ` as ${account.userName}` : ", without a hub";
  return {
    label: account.label,
    description: out ? "signed out" : problem === undefined ? "" : "not reachable",
    tooltip: problem ?? `${account.hub.href}\nSigned ${out ? "out" : "in"}${who}`,
    icon: [out ? "warning" : problem === undefined ? "account" : "debug-disconnect"],
    context: out ? "account.signedOut" : account.isOnHub ? "account.signedIn" : "account.plain",
    under: "expanded",
  };
}

function othersFace({ kernels, consoles, terminals }: OthersRow): RowView {
  const parts = [count(kernels, "kernel"), count(consoles, "console"), count(terminals ?? 0, "terminal")];
  return {
    label: "Without a notebook",
    description: parts.filter(Boolean).join(", "),
    tooltip: "Kernels without a notebook, consoles and terminals. Terminals are asked for when you look.",
    icon: ["layers"],
    context: "others",
    under: "collapsed",
  };
}

function terminalFace({ terminal }: ServerTerminalRow, now: number): RowView {
  const at = Date.parse(terminal.last_activity ?? "");
  return {
    label: `Terminal ${terminal.name}`,
    description: now - at > 0 ? `last used ${new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}` : "",
    ...(at > 0 && { tooltip: `Last activity: ${new Date(at).toLocaleString()}` }),
    icon: ["terminal"],
    context: "terminal",
    under: "nothing",
  };
}

function specsFace({ server }: SpecsRow): RowView {
  return {
    label: "Kernel specs",
    description: String(server.kernelSpecs?.specs.length ?? 0),
    tooltip: "The kernels that this server can start. Open a new notebook with one, or choose it in a notebook's kernel picker.",
    icon: ["library"],
    context: "specs",
    under: "collapsed",
  };
}

/** Endings of files whose icon stands for a language. */
const endings: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ...{ python: "py", r: "r", julia: "jl", bash: "sh", javascript: "js", typescript: "ts", "c++": "cpp", "c#": "cs", "f#": "fs" },
    ...{
      java: "java",
      kotlin: "kt",
      scala: "scala",
      ruby: "rb",
      go: "go",
      rust: "rs",
      haskell: "hs",
      lua: "lua",
      perl: "pl",
      octave: "m",
      matlab: "m",
    },
  }),
);

function specFace({ spec, isDefault, logo }: SpecRow): RowView {
  const ending = endings.get(spec.language.toLowerCase());
  return {
    label: spec.displayName,
    description: isDefault ? "default" : "",
    tooltip: `${spec.name} (${spec.language})`,
    icon: [ending === undefined ? "symbol-misc" : "file-code"],
    ...(ending !== undefined && { fileName: `kernel.${ending}` }),
    image: logo,
    context: "spec",
    under: "nothing",
  };
}

function noteFace({ about, problem, server }: NoteRow): RowView {
  const plain = { context: "note", under: "nothing" } as const;
  switch (about) {
    case "asking":
      return { ...plain, label: "Asking the server…", icon: ["loading~spin"] };
    case "problem":
      return {
        ...plain,
        label: "Could not be asked",
        description: "click to try again",
        ...(problem !== undefined && { tooltip: problem }),
        icon: ["warning", "list.warningForeground"],
        command: { name: "refresh", title: "Try Again" },
      };
    case "empty":
      return {
        ...plain,
        label: "No notebook runs here",
        description: "click for a new one",
        tooltip: "Run a cell of a notebook with a kernel of this server, or open a new notebook with one.",
        icon: ["info"],
        command: { name: "newNotebook", title: "New Notebook" },
      };
    case "elsewhere":
      return {
        ...plain,
        label: `On another host: ${server.elsewhere ?? ""}`,
        description: "click to use it there",
        tooltip: "The hub says that this server is on a host that is not the hub's. Nothing is sent there until you agree.",
        icon: ["warning", "list.warningForeground"],
        command: { name: "startServer", title: "Use the Server There" },
      };
    case "no-others":
      return { ...plain, label: "None now", icon: ["info"] };
  }
}

/** `2 kernels`; nothing for none. */
export function count(number: number, what: string): string {
  if (number === 0) return "";
  return number === 1 ? `1 ${what}` : `${number} ${what}s`;
}

// What `npm test` runs side by side: every suite in parts that take about as long as each other, each with a hub of its own.
import { filesOf } from "../suiteFiles";
import { inParts } from "./lanes";

/** A part of a suite. */
export interface Part {
  /** The npm script. */
  readonly suite: string;
  readonly args: readonly string[];
  /** As `Job` has it. */
  readonly seconds: number;
  /** Whether it shows a VS Code: it needs code-server, a browser and the built extension. */
  readonly isWindow: boolean;
}

/** Seconds that starting a part takes: its hub, and of some its VS Code. */
const beginning = { services: 5, vscode: 20, e2e: 5, security: 5 };

/** Seconds of the files that take more than `usual`, measured on two cores (`npm test -- --times`). */
const measured: Readonly<Record<string, number>> = {
  "e2e/attach.test.ts": 79,
  "e2e/environmentProxy.test.ts": 35,
  "e2e/firstSave.test.ts": 54,
  "e2e/firstUse.test.ts": 44,
  "e2e/line.test.ts": 100,
  "e2e/oauth.test.ts": 30,
  "e2e/outputs.test.ts": 110,
  "e2e/plainServer.test.ts": 30,
  "e2e/sameFile.test.ts": 84,
  "e2e/serverNotebook.test.ts": 50,
  "e2e/servers.test.ts": 114,
  "e2e/sidebar.test.ts": 94,
  "e2e/sidebarBeside.test.ts": 85,
  "e2e/signIn.test.ts": 54,
  "e2e/status.test.ts": 104,
  "e2e/twoWindows.test.ts": 112,
  "e2e/zeroLoss.test.ts": 166,
  "e2e/zeroLossReload.test.ts": 134,
  "security/folderWindows.test.ts": 52,
  "security/fuzz/answers.test.ts": 40,
  "security/hubWords.test.ts": 42,
  "security/notebookWords.test.ts": 60,
  "security/tokens.test.ts": 50,
  "services/cuts.test.ts": 61,
  "services/faultMatrix.test.ts": 91,
  "services/hub.test.ts": 33,
  "services/kernel/breaks.test.ts": 50,
  "services/kernel/deaths.test.ts": 30,
  "services/kernel/life.test.ts": 25,
  "services/plainServer.test.ts": 25,
  "services/rest.test.ts": 21,
  "services/servers.test.ts": 69,
  "services/tls.test.ts": 19,
  "services/weaknesses.test.ts": 58,
  "vscode/cellLanguages.test.ts": 32,
  "vscode/disorder/changes.test.ts": 47,
  "vscode/disorder/renames.test.ts": 42,
  "vscode/disorder/sharedKernel.test.ts": 37,
  "vscode/editingHelp.test.ts": 65,
  "vscode/faults.test.ts": 121,
  "vscode/lateOutput.test.ts": 36,
  "vscode/network.test.ts": 45,
  "vscode/removedOutputs.test.ts": 84,
  "vscode/reread.test.ts": 37,
  "vscode/run.test.ts": 60,
  "vscode/runMetadata.test.ts": 53,
  "vscode/saveLoops.test.ts": 35,
  "vscode/serverNotebooks/files.test.ts": 117,
  "vscode/serverNotebooks/reach.test.ts": 55,
  "vscode/servers.test.ts": 84,
  "vscode/sidebar.test.ts": 113,
  "vscode/signIn.test.ts": 34,
  "vscode/status.test.ts": 57,
};
const usual = 15;

/** The suites of `npm test`, all files of each. */
export function partsOfSuites(): Part[] {
  return [
    ...partsOf("services", 3, () => false),
    ...partsOf("vscode", 3),
    { suite: "test:conform", args: [], seconds: 260, isWindow: true },
    ...partsOf("e2e", 5),
    ...partsOfSecurity(),
  ];
}

/** What `npm run test:full` runs on older hubs and their servers, and in the oldest VS Code. */
export function partsOnOlderStacks(): Part[] {
  const entering = "signing in|an account of its own token|cannot be had|^servers|the network";
  const onStacks = ["previous", "oldest"].flatMap((stack) => [
    ...[...partsOf("services", 3, () => false), ...partsOfSecurity()].map((part) => withArgs(part, "--stack", stack)),
    { suite: "test:vscode", args: ["--stack", stack, "--grep", entering], seconds: 150, isWindow: true },
    {
      suite: "test:e2e",
      args: ["--stack", stack, "--grep", "the way into a hub|OAuth client|several servers"],
      seconds: 200,
      isWindow: true,
    },
  ]);
  return [...onStacks, ...partsOf("e2e", 4).map((part) => withArgs(part, "--vscode", "oldest"))];
}

/** Those that show a VS Code apart from those that take much memory: a window opens slowly beside them. */
function partsOfSecurity(): Part[] {
  const shows = (file: string): boolean => /^(folderWindows|hubWords|notebookWords)\./.test(file);
  return [
    ...partsOf("security", 1, shows, shows),
    ...partsOf(
      "security",
      1,
      () => false,
      (file) => !shows(file),
    ),
  ];
}

/**
 * The files of a suite in `count` parts.
 * @param shows whether a file's tests open a VS Code
 * @param wanted whether a file is one of them
 */
function partsOf(
  name: keyof typeof beginning,
  count: number,
  shows: (file: string) => boolean = all,
  wanted: (file: string) => boolean = all,
): Part[] {
  const seconds = (file: string): number => measured[`${name}/${file}`] ?? usual;
  return inParts(filesOf(name).filter(wanted), count, seconds).map((part) => ({
    suite: `test:${name}`,
    args: ["--files", part.join(",")],
    seconds: beginning[name] + part.reduce((sum, file) => sum + seconds(file), 0),
    isWindow: part.some(shows),
  }));
}

function all(): boolean {
  return true;
}

function withArgs(part: Part, ...args: readonly string[]): Part {
  return { ...part, args: [...part.args, ...args] };
}

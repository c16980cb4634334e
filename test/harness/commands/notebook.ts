// npm run notebook: runs any notebook through the real extension in a real VS Code against any hub.
import { parseArgs } from "node:util";
import { runCommand, runMain } from "../child";
import { messageOf } from "../../../src/base/errors";
import { say } from "../install/progress";
import { onInterrupt } from "../processes/interrupt";
import { runNotebook, type NotebookRun } from "../vscode/notebookRun";

const usage =
  "npm run notebook -- --hub URL --token TOKEN [--server NAME] [--kernel NAME] [--timeout SECONDS] [--allow-errors] IN.ipynb OUT.ipynb\n" +
  "The token may also be in the environment variable JUPYTERHUB_CONNECT_TOKEN, where other users of the machine do not see it.";

async function main(): Promise<number> {
  const run = parse(process.argv.slice(2));
  onInterrupt(async () => {}, 130); // what has been started ends with this process
  const built = await runCommand("build");
  if (built !== 0) return 2;
  const { exitCode, reason } = await runNotebook(run);
  if (reason !== undefined) say(reason);
  return exitCode;
}

function parse(args: readonly string[]): NotebookRun {
  const { values, positionals } = parsed(args);
  const [input, output, ...rest] = positionals;
  const token = values.token ?? process.env.JUPYTERHUB_CONNECT_TOKEN ?? "";
  // Neither VS Code nor anything else we start needs to inherit it.
  delete process.env.JUPYTERHUB_CONNECT_TOKEN;
  if (values.hub === undefined) throw wrong("--hub is missing.");
  if (token === "") throw wrong("--token is missing.");
  if (input === undefined || output === undefined || rest.length > 0) throw wrong("Name two files, IN.ipynb and OUT.ipynb.");
  const seconds = Number(values.timeout ?? 600);
  if (!(seconds > 0)) throw wrong(`${values.timeout ?? ""} is not a number of seconds.`);
  return {
    url: values.hub,
    token,
    input,
    output,
    timeout: seconds * 1000,
    allowErrors: values["allow-errors"] ?? false,
    ...(values.server === undefined ? {} : { server: values.server }),
    ...(values.kernel === undefined ? {} : { kernel: values.kernel }),
    onLine: say,
  };
}

function parsed(args: readonly string[]) {
  const text = { type: "string" } as const;
  const known = { hub: text, token: text, server: text, kernel: text, timeout: text, "allow-errors": { type: "boolean" } } as const;
  try {
    return parseArgs({ args: [...args], options: known, allowPositionals: true });
  } catch (error) {
    throw wrong(messageOf(error));
  }
}

function wrong(what: string): Error {
  return new Error(`${what}\nUsage: ${usage}`);
}

runMain(main);

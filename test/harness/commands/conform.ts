// npm run conform -- DIR: runs the notebooks of a folder through the extension in a real VS Code and with nbclient, and compares.
import path from "node:path";
import { parseArgs } from "node:util";
import { messageOf } from "../../../src/base/errors";
import { ensureBuilt } from "../built";
import { runMain } from "../child";
import { conform } from "../conform/conform";
import { say } from "../install/progress";
import { out } from "../paths";
import { onInterrupt } from "../processes/interrupt";
import { failed, passed, reportResult, sum } from "../results/results";

const usage = "npm run conform -- [--grep TEXT] [--verbose] DIR";

async function main(): Promise<number> {
  const { directory, grep, verbose } = parsed(process.argv.slice(2));
  onInterrupt(async () => {}, 130); // what has been started ends with this process
  if ((await ensureBuilt("build")) !== 0) return 2;
  const saved = path.join(out, "conform");
  const results = await conform({
    directory,
    ...(grep === undefined ? {} : { only: new RegExp(grep) }),
    out: saved,
    onLine: (line) => verbose && say(line),
  });
  for (const { name, problems } of results) {
    const [first, ...more] = problems;
    if (first === undefined) console.log(`ok ${name}`);
    else console.log(`differs ${name}: ${first}${more.length > 0 ? ` (and ${more.length} more)` : ""}`);
    if (verbose) for (const problem of more) say(`  ${problem}`);
  }
  reportResult(
    sum(results.map(({ name, problems }) => (problems.length === 0 ? passed : failed(`notebook ${name}`, problems.join("\n"))))),
  );
  const good = results.filter(({ problems }) => problems.length === 0).length;
  say(`${good} of ${results.length} notebooks are equal; what VS Code saved is in ${saved}`);
  return good === results.length ? 0 : 1;
}

function parsed(args: readonly string[]): { readonly directory: string; readonly grep: string | undefined; readonly verbose: boolean } {
  try {
    const known = { grep: { type: "string" }, verbose: { type: "boolean", default: false } } as const;
    const { values, positionals } = parseArgs({ args: [...args], options: known, allowPositionals: true });
    const [directory, ...rest] = positionals;
    if (directory === undefined || rest.length > 0) throw new Error("Name one folder with notebooks.");
    return { directory: path.resolve(directory), grep: values.grep, verbose: values.verbose };
  } catch (error) {
    throw new Error(`${messageOf(error)}\nUsage: ${usage}`, { cause: error });
  }
}

runMain(main);

// npm run bench: ours beside @jupyterlab/services and raw ws, on a real hub. The last line on stdout is one JSON object.
import { messageOf } from "../../../src/base/errors";
import { Bench } from "../../bench/bench";
import type { Measurement } from "../../bench/measurement";
import { chosen } from "../../bench/registry";
import { json, table } from "../../bench/report";
import { runMain } from "../child";
import { say, step } from "../install/progress";
import { options } from "../options";
import { onInterrupt } from "../processes/interrupt";

const usage = "npm run bench -- [--json] [--only NAME,…]";

/** Exit code 0, missed goals or not: 1 only where something could not be measured. */
async function main(): Promise<number> {
  const { values } = options(usage, { json: { type: "boolean" }, only: { type: "string" } });
  const groups = chosen(values.only);
  const bench = new Bench();
  onInterrupt(() => bench.stop(), 130);
  const measurements: Measurement[] = [];
  let exitCode = 0;
  try {
    for (const group of groups) {
      try {
        measurements.push(...(await step(`${group.name} (${group.title})`, () => group.measure(bench))));
      } catch (error) {
        say(`${group.name} could not be measured: ${messageOf(error)}`);
        exitCode = 1;
      }
    }
  } finally {
    await bench.stop();
  }
  if (values.json) say(table(measurements));
  else process.stdout.write(`${table(measurements)}\n`);
  process.stdout.write(`${json(measurements)}\n`);
  return exitCode;
}

runMain(main);

// npm run hub: the test hub alone, for whatever one likes to point at it. One JSON line on stdout when it is ready.
import { messageOf } from "../../../src/base/errors";
import { startHub, type HubOptions } from "../hub/hub";
import { hubVersions } from "../install/python";
import { say } from "../install/progress";
import { onInterrupt } from "../processes/interrupt";
import { options } from "../options";

const usage = "npm run hub -- [--version 6|5|3] [--prefix /x/] [--port N]";

async function main(): Promise<void> {
  let stop = async (): Promise<void> => {};
  // Also while it starts: what has been started by then ends with this process.
  onInterrupt(() => stop(), 0);
  const hub = await startHub(parse());
  stop = () => hub.stop();
  const { url, version, users } = hub;
  process.stdout.write(`${JSON.stringify({ url, version, users })}\n`);
  say("The hub runs until it is interrupted (Ctrl-C).");
}

function parse(): HubOptions {
  const { values } = options(usage, { version: { type: "string" }, prefix: { type: "string" }, port: { type: "string" } });
  const result: HubOptions = {};
  if (values.version !== undefined) {
    const version = hubVersions.find((known) => `${known}` === values.version);
    if (version === undefined) throw new Error(`There is no test hub of version ${values.version}: choose ${hubVersions.join(", ")}.`);
    result.version = version;
  }
  if (values.prefix !== undefined) result.prefix = values.prefix;
  if (values.port !== undefined) {
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Error(`${values.port} is not a port.`);
    result.port = port;
  }
  return result;
}

main().catch((error: unknown) => {
  say(messageOf(error));
  process.exit(2);
});

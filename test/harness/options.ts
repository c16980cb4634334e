// Command lines of the harness's commands.
import { parseArgs, type ParseArgsConfig } from "node:util";
import { messageOf } from "../../src/base/errors";

/**
 * The command's options, as node:util parseArgs gives them.
 * @throws Error with the usage if the command line is not as it should be.
 */
export function options<T extends NonNullable<ParseArgsConfig["options"]>>(
  usage: string,
  known: T,
): ReturnType<typeof parseArgs<{ options: T; allowPositionals: false; strict: true }>> {
  try {
    return parseArgs({ options: known, allowPositionals: false, strict: true });
  } catch (error) {
    throw new Error(`${messageOf(error)}\nUsage: ${usage}`, { cause: error });
  }
}

// The extension's log as VS Code writes it, below the folder of a profile's logs: one file for each window.
import { closeSync, existsSync, fstatSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";
import path from "node:path";

/** The environment variable by which the harness tells tests inside the extension host where the logs are. */
export const logsVariable = "JUPYTERHUB_CONNECT_LOGS";

const name = /^JupyterHub Connect(\.\d+)?\.log$/;
/** So many lines are told of a failure. */
const shownLines = 12;
const isError = /^\S+ \S+ \[error\] /;

/** Where VS Code with this user-data directory writes its logs. */
export function logsBelow(userData: string): string {
  return path.join(userData, "logs");
}

/** The extension's logs in `directory`, the oldest first. */
export function logFilesIn(directory: string): string[] {
  if (!existsSync(directory)) return [];
  const files = readdirSync(directory, { recursive: true, encoding: "utf8" });
  return files
    .filter((file) => name.test(path.basename(file)))
    .sort()
    .map((file) => path.join(directory, file));
}

/** What the newest of the extension's logs in `directory` says last, under a line that says so; empty where there is none. */
export function lastLines(directory: string): readonly string[] {
  const log = logFilesIn(directory).at(-1);
  return log === undefined ? [] : ["The log's last lines:", ...readFileSync(log, "utf8").trim().split("\n").slice(-shownLines)];
}

/** Gives the lines that were written since it was called last, from all logs in `directory`. */
export function linesIn(directory: string): () => readonly string[] {
  const read = new Map<string, number>();
  return () =>
    logFilesIn(directory).flatMap((file) => {
      const { text, end } = readFrom(file, read.get(file) ?? 0);
      read.set(file, end);
      return text.split("\n").filter((line) => line !== "");
    });
}

/** As `linesIn`, the records of level error only. */
export function errorsIn(directory: string): () => readonly string[] {
  const take = linesIn(directory);
  return () => take().filter((line) => isError.test(line));
}

/** The whole lines of a file from an offset on, and where the next one begins. */
function readFrom(file: string, offset: number): { readonly text: string; readonly end: number } {
  const descriptor = openSync(file, "r");
  try {
    const bytes = Buffer.alloc(Math.max(0, fstatSync(descriptor).size - offset));
    const length = readSync(descriptor, bytes, 0, bytes.length, offset);
    const whole = bytes.subarray(0, length).lastIndexOf("\n") + 1;
    return { text: bytes.toString("utf8", 0, whole), end: offset + whole };
  } finally {
    closeSync(descriptor);
  }
}

// Writing files of any size: in one request, or in parts where a proxy might refuse a large one.
import { throwIfAborted } from "../../base/async";
import { ConnectError } from "../../base/errors";
import type { ServerSettings } from "../../transport/settings";
import { saveContents, type ContentsOptions } from "./client";
import type { ContentsModel } from "./model";

export interface WriteOptions extends ContentsOptions {
  /**
   * Bytes in one request, a third less than what goes over the wire. Default 6 MiB: hubs' proxies commonly take 10 MB.
   */
  readonly partSize?: number;
  /** Called with the bytes that the server has. */
  readonly onProgress?: (written: number) => void;
}

const defaultPartSize = 6 * 1024 * 1024;
/** Bytes a millisecond that a slow line still carries. */
const slowestRate = 16;

/**
 * Writes `bytes` to `path`, replacing what is there (PUT /api/contents/PATH). What is larger than one part goes in
 * `chunk`s 1, 2 … -1 as jupyter_server's large file managers take them; after each one the size that the server
 * reports is compared with what it should have, since a part that was repeated by the transport is appended twice.
 * @throws ContentsError, and ConnectError
 * `too-large` where this server takes no parts, `conflict` where something else writes to the file. After an error
 * between two parts the file on the server is incomplete.
 */
export async function writeFile(
  settings: ServerSettings,
  path: string,
  bytes: Uint8Array,
  options: WriteOptions = {},
): Promise<ContentsModel> {
  const { partSize = defaultPartSize, onProgress, ...rest } = options;
  if (bytes.byteLength <= partSize) {
    const model = await put(settings, path, bytes, undefined, rest);
    onProgress?.(bytes.byteLength);
    return model;
  }
  // Once more from the first part, which empties the file, if one was appended twice.
  for (let attempt = 0; attempt < 2; attempt++) {
    const model = await writeParts(settings, path, bytes, partSize, onProgress, rest);
    if (model) return model;
  }
  throw new ConnectError(
    "conflict",
    `“${path}” grew on ${settings.label} while it was uploaded, and is not what it should be. Close what else writes to it and try again.`,
  );
}

/** Undefined where the file became larger than what was sent. */
async function writeParts(
  settings: ServerSettings,
  path: string,
  bytes: Uint8Array,
  partSize: number,
  onProgress: ((written: number) => void) | undefined,
  options: ContentsOptions,
): Promise<ContentsModel | undefined> {
  for (let start = 0, chunk = 1; ; chunk++) {
    throwIfAborted(options.signal);
    const end = Math.min(start + partSize, bytes.byteLength);
    const last = end === bytes.byteLength;
    const model = await put(settings, path, bytes.subarray(start, end), last ? -1 : chunk, options);
    if (model.size === null || model.size < end) throw noParts(settings, path);
    if (model.size > end) return undefined;
    onProgress?.(end);
    if (last) return model;
    start = end;
  }
}

/** One request; `chunk` is 1, 2 … and -1 for the last of several. */
async function put(
  settings: ServerSettings,
  path: string,
  bytes: Uint8Array,
  chunk: number | undefined,
  options: ContentsOptions,
): Promise<ContentsModel> {
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
  const timeout = settings.timeouts.request + Math.ceil(content.length / slowestRate);
  const model = { type: "file", format: "base64", content, ...(chunk !== undefined && { chunk }) } as const;
  return saveContents(settings, path, model, { timeout, ...options });
}

/** A contents manager that does not know parts takes each for the whole file. */
function noParts(settings: ServerSettings, path: string): ConnectError {
  return new ConnectError(
    "too-large",
    `“${path}” is too large to be sent to ${settings.label} at once, and this server does not take files in parts. What it has of it now is incomplete: upload it another way.`,
  );
}

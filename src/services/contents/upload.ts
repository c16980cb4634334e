// Chunked upload: files of any size, in one request, or in parts where a proxy might refuse a large one, or has refused it.
import { throwIfAborted } from "../../base/async";
import { ProductError } from "../../base/errors";
import type { ServerSettings } from "../../transport/settings";
import { saveContents, type ContentsOptions } from "./client";
import type { ContentsModel } from "./model";
import { isForItsSize, largestPart, RequestSizes, smallerThan } from "./requestSizes";

export interface WriteOptions extends ContentsOptions {
  /**
   * Bytes in one request, a third less than what goes over the wire. Default 6 MiB: hubs' proxies commonly take 10 MB.
   * Where that is refused, or was before, they become fewer, down to 256 KiB.
   */
  readonly partSize?: number;
  /** Request sizes that servers have turned out to accept; read and updated. */
  readonly sizes?: RequestSizes;
  /** Called with the bytes that the server has. */
  readonly onProgress?: (written: number) => void;
}

/** Bytes a millisecond that a slow line still carries. */
const slowestRate = 16;

/**
 * Writes `bytes` to `path`, replacing what is there (PUT /api/contents/PATH). What is larger than one part goes in
 * `chunk`s 1, 2 … -1 as jupyter_server's large file managers take them; after each one the size that the server
 * reports is compared with what it should have, since a part that was repeated by the transport is appended twice.
 * @throws ContentsError, and ProductError
 * `too-large` where this server takes no parts, `conflict` where something else writes to the file. After an error
 * between two parts the file on the server is incomplete.
 */
export async function writeFile(
  settings: ServerSettings,
  path: string,
  bytes: Uint8Array,
  options: WriteOptions = {},
): Promise<ContentsModel> {
  const { partSize = largestPart, sizes = new RequestSizes(), onProgress, ...rest } = options;
  const upload = new Upload(settings, path, bytes, rest, onProgress);
  for (let size = Math.min(partSize, sizes.of(settings) ?? Number.POSITIVE_INFINITY); ;) {
    try {
      return await upload.write(size);
    } catch (error) {
      const smaller = smallerThan(Math.min(size, bytes.byteLength));
      if (smaller === undefined || !isForItsSize(error) || error instanceof NoParts) throw error;
      settings.log.info(`${settings.label}: “${path}” goes in parts of ${smaller} bytes`, error);
      sizes.learn(settings, smaller);
      size = smaller;
    }
  }
}

/** Writes `bytes` to `path` in one request, replacing what is there. @throws as `writeFile` */
export function writeWhole(
  settings: ServerSettings,
  path: string,
  bytes: Uint8Array,
  options: ContentsOptions = {},
): Promise<ContentsModel> {
  return new Upload(settings, path, bytes, options).write(Number.POSITIVE_INFINITY);
}

/** One file on its way to one place; what fails can be written again, in parts of another size. */
class Upload {
  readonly #settings: ServerSettings;
  readonly #path: string;
  readonly #bytes: Uint8Array;
  readonly #options: ContentsOptions;
  readonly #onProgress: ((written: number) => void) | undefined;

  constructor(settings: ServerSettings, path: string, bytes: Uint8Array, options: ContentsOptions, onProgress?: (written: number) => void) {
    this.#settings = settings;
    this.#path = path;
    this.#bytes = bytes;
    this.#options = options;
    this.#onProgress = onProgress;
  }

  /** Writes it from its beginning. @param partSize bytes in one request */
  async write(partSize: number): Promise<ContentsModel> {
    if (this.#bytes.byteLength <= partSize) {
      const model = await this.#put(this.#bytes);
      this.#onProgress?.(this.#bytes.byteLength);
      return model;
    }
    // Once more from the first part, which empties the file, if one was appended twice.
    for (let attempt = 0; attempt < 2; attempt++) {
      const model = await this.#writeParts(partSize);
      if (model) return model;
    }
    throw new ProductError(
      "conflict",
      `“${this.#path}” grew on ${this.#settings.label} while it was uploaded, and is not what it should be. Close what else writes to it and try again.`,
    );
  }

  /** Undefined where the file became larger than what was sent. */
  async #writeParts(partSize: number): Promise<ContentsModel | undefined> {
    const total = this.#bytes.byteLength;
    for (let start = 0, chunk = 1; ; chunk++) {
      throwIfAborted(this.#options.signal);
      const end = Math.min(start + partSize, total);
      const model = await this.#put(this.#bytes.subarray(start, end), end === total ? -1 : chunk);
      if (model.size === null || model.size < end) throw new NoParts(this.#settings, this.#path);
      if (model.size > end) return undefined;
      this.#onProgress?.(end);
      if (end === total) return model;
      start = end;
    }
  }

  /** One request; `chunk` is 1, 2 … and -1 for the last of several. */
  async #put(bytes: Uint8Array, chunk?: number): Promise<ContentsModel> {
    const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
    const timeout = this.#settings.timeouts.request + Math.ceil(content.length / slowestRate);
    const model = { type: "file", format: "base64", content, ...(chunk !== undefined && { chunk }) } as const;
    return saveContents(this.#settings, this.#path, model, { timeout, ...this.#options });
  }
}

/** A contents manager that does not know parts takes each for the whole file. */
export class NoParts extends ProductError {
  constructor({ label }: ServerSettings, path: string) {
    super(
      "too-large",
      `“${path}” is too large to be sent to ${label} at once, and this server does not take files in parts. What it has of it now is incomplete: upload it another way.`,
    );
    this.name = "NoParts";
  }
}

// The body of an answer: decompressed, and bounded in size.
import { pipeline } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { ProductError } from "../base/errors";

/** Bytes in a MB, as messages say it. */
export const megabyte = 1024 * 1024;

/** Bytes of an error's body that are read: enough for any reason. */
const reasonSize = 64 * 1024;

type Chunks = AsyncIterable<unknown> | null;

const decoders = new Map([
  ["gzip", createGunzip],
  ["x-gzip", createGunzip],
  ["deflate", createInflate],
  ["br", createBrotliDecompress],
]);

/** `body` without the compression that the header Content-Encoding names, in chunks of some kilobytes. */
export function decompressed(status: number, encoding: string | null, body: NodeJS.ReadableStream | null): Chunks {
  const decoder = decoders.get(encoding?.trim().toLowerCase() ?? "");
  if (!body || !decoder || status === 204 || status === 304) return body;
  // Errors on the way show to the reader of the result.
  return pipeline(body, decoder(), () => undefined);
}

/**
 * The chunks of `body` as they come. Who stops reading ends the connection.
 * @param most bytes after decompression
 * @param what names the request in the error
 * @throws ProductError `too-large` as soon as there is more; what reading fails with
 */
export async function* boundedChunks(body: Chunks, most: number, what: string): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const chunk of body ?? []) {
    const bytes = asBuffer(chunk);
    size += bytes.length;
    if (size > most) throw tooLarge(what, most);
    yield bytes;
  }
}

/** Reads the whole body. @throws ProductError as `boundedChunks` */
export async function readBody(body: Chunks, most: number, what: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of boundedChunks(body, most, what)) chunks.push(chunk);
  const [only] = chunks;
  return chunks.length === 1 && only ? only : Buffer.concat(chunks);
}

/** The beginning of an error's body; what is left of it is not waited for. */
export async function readReason(body: Chunks): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    const bytes = asBuffer(chunk);
    chunks.push(bytes);
    size += bytes.length;
    if (size >= reasonSize) break;
  }
  return Buffer.concat(chunks).subarray(0, reasonSize);
}

/** The text of a body. @throws ProductError `too-large` for more than a text can hold, about 512 MB */
export function textOf(bytes: Buffer, what: string): string {
  try {
    // As `toString`, but without a byte order mark.
    return new TextDecoder().decode(bytes);
  } catch (cause) {
    throw tooLarge(what, bytes.length, cause);
  }
}

function tooLarge(what: string, most: number, cause?: unknown): ProductError {
  const size = most < megabyte ? `${Math.ceil(most / 1024)} KB` : `${Math.floor(most / megabyte)} MB`;
  const message = `${what} with more than ${size}, which is more than belongs there. Try again; if it stays so, tell its administrator.`;
  return new ProductError("too-large", message, { cause });
}

function asBuffer(chunk: unknown): Buffer {
  if (Buffer.isBuffer(chunk)) return chunk;
  return chunk instanceof Uint8Array ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength) : Buffer.from(String(chunk));
}

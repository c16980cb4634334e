// Replacing a file on a server as a whole: afterwards it is the old one or the new one, whatever happens to the connection.
import { randomUUID } from "node:crypto";
import { ProductError, hasCode } from "../../base/errors";
import { sizeText } from "../../base/text";
import { deleteContents, renameContents } from "../../services/contents/client";
import type { ContentsModel } from "../../services/contents/model";
import { isForItsSize, largestPart, smallerThan, smallestPart, type RequestSizes } from "../../services/contents/requestSizes";
import { NoParts, writeFile, writeWhole } from "../../services/contents/upload";
import type { ServerSettings } from "../../transport/settings";

/** Characters of a file's name that the names of files beside it begin with: those have a bound, too. */
const keptName = 50;

/** Writes files of servers, and remembers what those take in one request. */
export class FileReplacement {
  readonly #sizes: RequestSizes;

  constructor(sizes: RequestSizes) {
    this.#sizes = sizes;
  }

  /**
   * Writes `bytes` to `path`, in one request where that is possible. jupyter_server does not write beside the file: it copies the old file
   * to `.~NAME`, writes into the file itself, and puts the copy back where that fails. So inode, mode and links stay, and a request that is
   * cut off changes nothing; only a server that is killed in the middle leaves the file incomplete, and the old one in `.~NAME`. Parts
   * are one write each: a break between two would leave half a file. So where a proxy does not let that much through, the parts go into
   * another file, which takes the place of the old one when it is complete.
   * @param exists whether there is a file to replace
   * @throws ProductError as `writeFile`; the file is as it was then
   */
  async replace(settings: ServerSettings, path: string, bytes: Uint8Array, exists: boolean): Promise<ContentsModel> {
    const taken = this.#sizes.of(settings) ?? Number.POSITIVE_INFINITY;
    if (bytes.byteLength > taken) return this.#inParts(settings, path, bytes, exists);
    try {
      return await writeWhole(settings, path, bytes);
    } catch (error) {
      const isLarge = bytes.byteLength > largestPart && hasCode(error, "unreachable");
      if (!isLarge && !isForItsSize(error)) throw error;
      const smaller = smallerThan(bytes.byteLength);
      if (smaller === undefined) throw refused(settings, path, bytes.byteLength, error);
      if (isLarge || hasCode(error, "too-large")) this.#sizes.learn(settings, smaller);
      settings.log.info(`${settings.label}: “${path}” is sent in parts`, error);
      return this.#inParts(settings, path, bytes, exists);
    }
  }

  async #inParts(settings: ServerSettings, path: string, bytes: Uint8Array, exists: boolean): Promise<ContentsModel> {
    const mark = randomUUID().slice(0, 8);
    const [, directory = "", name = ""] = /^(.*\/)?([^/]*)$/.exec(path) ?? [];
    const beside = (end: string): string => `${directory}${Array.from(name).slice(0, keptName).join("")}.${mark}.${end}`;
    const [incoming, outgoing] = [beside("new"), beside("old")];
    try {
      await writeFile(settings, incoming, bytes, { sizes: this.#sizes, partSize: smallerThan(bytes.byteLength) ?? smallestPart });
    } catch (error) {
      await remove(settings, incoming);
      throw inWords(settings, path, incoming, error);
    }
    if (exists) await renameContents(settings, path, outgoing);
    try {
      const model = await renameContents(settings, incoming, path);
      if (exists) await remove(settings, outgoing);
      return model;
    } catch (error) {
      if (exists) await renameContents(settings, outgoing, path);
      throw inWords(settings, path, incoming, error);
    }
  }
}

/** An error of the file beside it, of which the user knows nothing, in words about the file that is meant. */
function inWords(settings: ServerSettings, path: string, incoming: string, error: unknown): unknown {
  if (error instanceof NoParts) {
    const text = `“${path}” is larger than ${settings.label} takes in one request, and this server takes no files in parts. It is as it was there. Clear large outputs, or upload it another way.`;
    return new ProductError("too-large", text, { cause: error });
  }
  if (hasCode(error, "too-large")) return refused(settings, path, smallestPart, error);
  if (!(error instanceof ProductError)) return error;
  const spellings = [incoming, incoming.split("/").map(encodeURIComponent).join("/")];
  const said = spellings.reduce((text, spelling) => text.replaceAll(spelling, path), error.message);
  return said === error.message ? error : new ProductError(error.code, said, { cause: error });
}

/** The error where not even so many bytes are accepted. */
function refused(settings: ServerSettings, path: string, bytes: number, cause: unknown): unknown {
  if (!hasCode(cause, "too-large")) return cause;
  const text = `“${path}” cannot be saved: ${settings.label}, or a proxy before it, refuses requests with as little as ${sizeText(bytes)} of a file (HTTP status 413). It is as it was there. Ask the hub's administrator for a larger limit (in nginx: client_max_body_size).`;
  return new ProductError("too-large", text, { cause });
}

/** Deletes a file beside the target; a failure is logged only, since the save itself is over. */
async function remove(settings: ServerSettings, path: string): Promise<void> {
  try {
    await deleteContents(settings, path);
  } catch (error) {
    settings.log.warn(`${settings.label}: “${path}” is left behind`, error);
  }
}

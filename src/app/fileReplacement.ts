// Replacing a file on a server as a whole: it is the old one or the new one, whatever becomes of the connection.
import { randomUUID } from "node:crypto";
import { hasCode } from "../base/errors";
import { deleteContents, renameContents } from "../services/contents/client";
import type { ContentsModel } from "../services/contents/model";
import { writeFile } from "../services/contents/upload";
import type { ServerSettings } from "../transport/settings";

/** Bytes that every proxy takes in one request. */
const alwaysTaken = 6 * 1024 * 1024;

/**
 * Writes `bytes` to `path`. In one request, since servers write a request's content beside the file and put it in its
 * place then; parts they write into the file itself. Where a proxy does not let that much through, the parts go into
 * another file, which takes the place of the old one when it is complete.
 * @param exists whether there is a file to replace
 * @throws ConnectError as `writeFile`; the file is as it was then
 */
export async function replaceFile(settings: ServerSettings, path: string, bytes: Uint8Array, exists: boolean): Promise<ContentsModel> {
  try {
    return await writeFile(settings, path, bytes, { partSize: Number.POSITIVE_INFINITY });
  } catch (error) {
    // Proxies refuse what is too large in words, or by closing the connection.
    if (bytes.byteLength <= alwaysTaken || !hasCode(error, "too-large", "unreachable")) throw error;
    settings.log.info(`${settings.label}: “${path}” is sent in parts`, error);
    return replaceInParts(settings, path, bytes, exists);
  }
}

async function replaceInParts(settings: ServerSettings, path: string, bytes: Uint8Array, exists: boolean): Promise<ContentsModel> {
  const mark = randomUUID().slice(0, 8);
  const [incoming, outgoing] = [`${path}.${mark}.new`, `${path}.${mark}.old`];
  try {
    await writeFile(settings, incoming, bytes);
  } catch (error) {
    await remove(settings, incoming);
    throw error;
  }
  if (exists) await renameContents(settings, path, outgoing);
  try {
    const model = await renameContents(settings, incoming, path);
    if (exists) await remove(settings, outgoing);
    return model;
  } catch (error) {
    if (exists) await renameContents(settings, outgoing, path);
    throw error;
  }
}

/** What it is about is done, or has failed for a reason of its own. */
async function remove(settings: ServerSettings, path: string): Promise<void> {
  try {
    await deleteContents(settings, path);
  } catch (error) {
    settings.log.warn(`${settings.label}: “${path}” is left behind`, error);
  }
}

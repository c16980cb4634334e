// Requests whose answer is data, not text: logos, converted notebooks.
import { request, type HttpAnswer, type HttpRequestOptions } from "../../transport/http";
import type { ServerSettings } from "../../transport/settings";

export interface BytesAnswer {
  readonly bytes: Uint8Array;
  /** The Content-Type without its parameters; empty where none was given. */
  readonly mimetype: string;
}

/** As `request`, with its retries, bounds and errors; the answer may be anything, a web page too. */
export async function requestBytes(settings: ServerSettings, path: string, options: HttpRequestOptions = {}): Promise<BytesAnswer> {
  const answer = await request(settings, path, { accept: "*/*", allow: [200], binary: true, ...options });
  return { bytes: answer.bytes, mimetype: mimetypeOf(answer) };
}

function mimetypeOf({ headers }: HttpAnswer): string {
  return (headers.get("content-type") ?? "").split(";", 1)[0]?.trim() ?? "";
}

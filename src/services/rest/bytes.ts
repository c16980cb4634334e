// Requests whose answer is data, not text: logos, converted notebooks.
import { request, type Answer, type RequestOptions } from "../../transport/http";
import type { ServerSettings } from "../../transport/settings";

export interface BytesAnswer {
  readonly bytes: Uint8Array;
  /** The Content-Type without its parameters; empty where none was given. */
  readonly mimetype: string;
}

/** As `request`, with its retries, bounds and errors; the answer may be anything, a web page too. */
export async function requestBytes(
  settings: ServerSettings,
  path: string,
  options: RequestOptions = {},
): Promise<BytesAnswer> {
  let bytes = new Uint8Array();
  // The answer's text is made of its bytes, which are kept on the way.
  const fetch: ServerSettings["fetch"] = async (url, init) => {
    const response = await settings.fetch(url, init);
    const text = async (): Promise<string> => {
      bytes = new Uint8Array(await response.arrayBuffer());
      return response.ok ? "" : new TextDecoder().decode(bytes);
    };
    return Object.assign(response, { text });
  };
  const answer = await request({ ...settings, fetch }, path, { accept: "*/*", allow: [200], ...options });
  return { bytes, mimetype: mimetypeOf(answer) };
}

function mimetypeOf({ headers }: Answer): string {
  return (headers.get("content-type") ?? "").split(";", 1)[0]?.trim() ?? "";
}

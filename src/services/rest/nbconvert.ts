// Notebooks converted by the server: HTML, Markdown, scripts, PDF and whatever it has exporters for.
import * as v from "valibot";
import { requestJson } from "../../transport/http";
import type { ServerSettings } from "../../transport/settings";
import { encodeName } from "../../transport/target";
import { largestContent } from "../contents/client";
import { encodePath } from "../contents/path";
import type { Abort } from "./abort";
import { requestBytes, type BytesAnswer } from "./bytes";

const exporters = v.record(v.string(), v.looseObject({ output_mimetype: v.nullish(v.string(), "") }));

export type Exporters = v.InferOutput<typeof exporters>;

/** A PDF goes by LaTeX or a whole browser, which takes time, and has all images in it. */
const bounds = { timeout: 180_000, maxBytes: largestContent };

/** GET /api/nbconvert: the formats, by name; not each of them has the programs that it needs. */
export function listExporters(settings: ServerSettings, options: Abort = {}): Promise<Exporters> {
  return requestJson(settings, "api/nbconvert", exporters, options);
}

/**
 * GET /nbconvert/FORMAT/PATH: a notebook of the server; a zip where the result is several files.
 * @throws ProductError `not-found`; `server-error` with the exporter's reason, also for an unknown format
 */
export async function convertFile(
  settings: ServerSettings,
  format: string,
  path: string,
  options: Abort & { readonly sanitizeHtml?: boolean } = {},
): Promise<BytesAnswer> {
  const { sanitizeHtml, ...rest } = options;
  const query = { download: true, sanitize_html: sanitizeHtml };
  return requestBytes(settings, `${pathOf(format)}/${encodePath(path)}`, { query, ...bounds, ...rest });
}

/**
 * POST /nbconvert/FORMAT: a notebook that need not be on the server.
 * @param notebook `name` gives the title; `content` is nbformat 4
 */
export async function convertNotebook(
  settings: ServerSettings,
  format: string,
  notebook: { readonly name: string; readonly content: unknown },
  options: Abort = {},
): Promise<BytesAnswer> {
  return requestBytes(settings, pathOf(format), { method: "POST", body: notebook, ...bounds, ...options });
}

function pathOf(format: string): string {
  return `nbconvert/${encodeName(format)}`;
}

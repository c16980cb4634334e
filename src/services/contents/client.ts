// Files, notebooks and directories of a server by REST. Their errors say in words what the server refused, and carry
// a `reason`: see ContentsError.
import type * as v from "valibot";
import { megabyte } from "../../transport/body";
import { request, requestJson, type HttpRequestOptions } from "../../transport/http";
import type { ServerSettings } from "../../transport/settings";
import { withContentsErrors } from "./errors";
import {
  contentsModel,
  directoryModel,
  fileModel,
  notebookModel,
  readEntry,
  type ContentsModel,
  type ContentsSave,
  type FileModel,
  type NotebookModel,
} from "./model";
import { contentsPath, normalizedPath } from "./path";

/** Bytes of an answer that carries somebody's own data. */
export const largestContent = 1024 * megabyte;

export interface ContentsOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds; content gets more than other requests by default. */
  readonly timeout?: number;
}

export interface GetOptions extends ContentsOptions {
  /** Ask for it as this; another kind is an error with reason `wrong-type`. */
  readonly type?: "file" | "directory" | "notebook";
  /** Files only. `text` is an error with reason `not-text` for what is no UTF-8. */
  readonly format?: "text" | "base64";
  /** Default true. */
  readonly content?: boolean;
  /** The file's size in bytes, which bounds the answer; without it the bound is 1 GB. */
  readonly size?: number | undefined;
  /** Ask for the content's hash; older servers do not know it. */
  readonly hash?: boolean;
}

/**
 * GET /api/contents/PATH: anything, as the server has it.
 * @throws ContentsError `missing`, `wrong-type`, `not-text`
 */
export function getContents(settings: ServerSettings, path: string, options: GetOptions = {}): Promise<ContentsModel> {
  return get(settings, path, contentsModel, options);
}

/** GET /api/contents/PATH: a file with its content; the server chooses text where it is UTF-8 unless told otherwise. */
export function getFile(settings: ServerSettings, path: string, options: Omit<GetOptions, "type" | "content"> = {}): Promise<FileModel> {
  return get(settings, path, fileModel, { ...options, type: "file" });
}

/** GET /api/contents/PATH: a notebook with its content, in nbformat 4. */
export function getNotebook(
  settings: ServerSettings,
  path: string,
  options: Omit<GetOptions, "type" | "content" | "format"> = {},
): Promise<NotebookModel> {
  return get(settings, path, notebookModel, { ...options, type: "notebook" });
}

/** GET /api/contents/PATH: what is in a directory. An invalid entry is left out and logged; the others stay. */
export async function listDirectory(settings: ServerSettings, path: string, options: ContentsOptions = {}): Promise<ContentsModel[]> {
  const { content } = await get(settings, path, directoryModel, { ...options, type: "directory" });
  const entries = content.map(readEntry).filter((entry) => entry !== undefined);
  const invalid = content.length - entries.length;
  if (invalid > 0) settings.log.warn(`${settings.label}: ${invalid} invalid entries of “${path}” are left out`);
  return entries;
}

/**
 * POST /api/contents/DIRECTORY: a new, empty thing whose name the server chooses.
 * @param kind `ext` with its dot, for files
 */
export function newUntitled(
  settings: ServerSettings,
  directory: string,
  kind: { readonly type: "file" | "directory" | "notebook"; readonly ext?: string },
  options: ContentsOptions = {},
): Promise<ContentsModel> {
  return change(settings, directory, { method: "POST", body: kind, ...options });
}

/** POST /api/contents/DIRECTORY with `copy_from`: a copy whose name the server chooses. */
export function copyContents(
  settings: ServerSettings,
  from: string,
  directory: string,
  options: ContentsOptions = {},
): Promise<ContentsModel> {
  return change(settings, directory, { method: "POST", body: { copy_from: normalizedPath(from) }, ...options });
}

/**
 * PUT /api/contents/PATH in one request: replaces what is there, or creates it. For files that may be large see
 * `writeFile`.
 * @throws ContentsError `missing` where the directory is not there, `hidden`, `read-only`, `too-large`
 */
export function saveContents(
  settings: ServerSettings,
  path: string,
  model: ContentsSave,
  options: ContentsOptions = {},
): Promise<ContentsModel> {
  return change(settings, path, { method: "PUT", body: model, timeout: contentTimeout(settings), ...options });
}

/**
 * PATCH /api/contents/PATH: another name or place.
 * @throws ContentsError `exists` where something is there already, `missing`
 */
export function renameContents(
  settings: ServerSettings,
  path: string,
  newPath: string,
  options: ContentsOptions = {},
): Promise<ContentsModel> {
  return change(settings, path, { method: "PATCH", body: { path: normalizedPath(newPath) }, ...options });
}

/**
 * DELETE /api/contents/PATH; servers move it to their trash where they have one.
 * @throws ContentsError `missing`, `not-empty` (most servers delete only empty directories), `read-only`
 */
export async function deleteContents(settings: ServerSettings, path: string, options: ContentsOptions = {}): Promise<void> {
  await withContentsErrors(settings, path, request(settings, contentsPath(path), { method: "DELETE", ...options }));
}

/** POST /api/contents/PATH/trust: signs a notebook, so that its outputs are shown as they are (not in api.yaml). */
export async function trustNotebook(settings: ServerSettings, path: string, options: ContentsOptions = {}): Promise<void> {
  // The answer is an empty page.
  const answer = request(settings, `${contentsPath(path)}/trust`, { method: "POST", allow: [201], ...options });
  await withContentsErrors(settings, path, answer);
}

async function get<S extends v.GenericSchema>(
  settings: ServerSettings,
  path: string,
  schema: S,
  { type, format, content = true, hash, size, ...rest }: GetOptions,
): Promise<v.InferOutput<S>> {
  const query = { type, format, content: content ? 1 : 0, ...(hash && { hash: 1 }) };
  const bounds = content ? { timeout: contentTimeout(settings), maxBytes: contentSize(type, size) } : { maxBytes: megabyte };
  return withContentsErrors(settings, path, requestJson(settings, contentsPath(path), schema, { query, ...bounds, ...rest }));
}

/** Bytes of an answer with content: JSON takes six for a byte at most, `\u001b`; what is beside it is small. */
function contentSize(type: GetOptions["type"], size: number | undefined): number {
  if (type === "directory") return 64 * megabyte;
  return size === undefined ? largestContent : Math.min(6 * size + megabyte, largestContent);
}

async function change(settings: ServerSettings, path: string, options: HttpRequestOptions): Promise<ContentsModel> {
  return withContentsErrors(settings, path, requestJson(settings, contentsPath(path), contentsModel, options));
}

/** Milliseconds for what carries content, whose size is not known beforehand. */
function contentTimeout(settings: ServerSettings): number {
  return 4 * settings.timeouts.request;
}

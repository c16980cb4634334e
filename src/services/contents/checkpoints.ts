// Checkpoints of a file: the server's own copies of an earlier state. Most servers keep one for each file.
import * as v from "valibot";
import { request, requestJson } from "../../transport/http";
import type { ServerSettings } from "../../transport/settings";
import { encodeName } from "../../transport/target";
import type { ContentsOptions } from "./client";
import { withContentsErrors } from "./errors";
import { checkpointModel, type CheckpointModel } from "./model";
import { contentsPath } from "./path";

/** GET /api/contents/PATH/checkpoints; a file that is not there has none. */
export async function listCheckpoints(settings: ServerSettings, path: string, options: ContentsOptions = {}): Promise<CheckpointModel[]> {
  return withContentsErrors(settings, path, requestJson(settings, checkpoints(path), v.array(checkpointModel), options));
}

/** POST /api/contents/PATH/checkpoints: keeps the file as it is now. @throws ContentsError `missing` */
export async function createCheckpoint(settings: ServerSettings, path: string, options: ContentsOptions = {}): Promise<CheckpointModel> {
  const answer = requestJson(settings, checkpoints(path), checkpointModel, { method: "POST", ...options });
  return withContentsErrors(settings, path, answer);
}

/** POST /api/contents/PATH/checkpoints/ID: makes the file what it was then. */
export async function restoreCheckpoint(settings: ServerSettings, path: string, id: string, options: ContentsOptions = {}): Promise<void> {
  await withContentsErrors(settings, path, request(settings, checkpoint(path, id), { method: "POST", ...options }));
}

/** DELETE /api/contents/PATH/checkpoints/ID */
export async function deleteCheckpoint(settings: ServerSettings, path: string, id: string, options: ContentsOptions = {}): Promise<void> {
  await withContentsErrors(settings, path, request(settings, checkpoint(path, id), { method: "DELETE", ...options }));
}

function checkpoints(path: string): string {
  return `${contentsPath(path)}/checkpoints`;
}

function checkpoint(path: string, id: string): string {
  return `${checkpoints(path)}/${encodeName(id)}`;
}

// JupyterLab's workspaces: the layout of its open documents (jupyterlab_server; `not-found` elsewhere).
import * as v from "valibot";
import { request, requestJson } from "../../transport/http";
import type { ServerSettings } from "../../transport/settings";
import { encodeName } from "../../transport/target";
import type { Abort } from "./abort";

const workspace = v.looseObject({
  data: v.record(v.string(), v.unknown()),
  metadata: v.looseObject({
    id: v.string(),
    /** ISO 8601, both; absent for one that was never saved. */
    created: v.nullish(v.string()),
    last_modified: v.nullish(v.string()),
  }),
});

export type Workspace = v.InferOutput<typeof workspace>;

/** GET /lab/api/workspaces */
export async function listWorkspaces(settings: ServerSettings, options: Abort = {}): Promise<Workspace[]> {
  const answer = v.looseObject({ workspaces: v.looseObject({ values: v.array(workspace) }) });
  return (await requestJson(settings, "lab/api/workspaces", answer, options)).workspaces.values;
}

/** GET /lab/api/workspaces/ID; one that was never saved is empty. */
export async function getWorkspace(settings: ServerSettings, id: string, options: Abort = {}): Promise<Workspace> {
  return requestJson(settings, pathOf(id), workspace, options);
}

/** PUT /lab/api/workspaces/ID: replaces or creates it. */
export async function saveWorkspace(settings: ServerSettings, id: string, data: Workspace["data"], options: Abort = {}): Promise<void> {
  await request(settings, pathOf(id), { method: "PUT", body: { data, metadata: { id } }, ...options });
}

/** DELETE /lab/api/workspaces/ID. @throws ProductError `not-found` */
export async function deleteWorkspace(settings: ServerSettings, id: string, options: Abort = {}): Promise<void> {
  await request(settings, pathOf(id), { method: "DELETE", ...options });
}

function pathOf(id: string): string {
  return `lab/api/workspaces/${id.split("/").map(encodeName).join("/")}`;
}

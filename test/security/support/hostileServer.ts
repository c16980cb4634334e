// A hostile Jupyter server without a hub: names, paths and reasons with words of its own choice.
import { FakeJupyterServer } from "../../fakes/jupyterServer";

/** What it says where. */
export interface ServerWords {
  /** Display names of its kernel specs. */
  readonly kernels: readonly string[];
  /** The path of a session, which a row of the JupyterHub Connect view names. */
  readonly session: string;
  readonly terminal: string;
  /** Names of the files in its root directory. */
  readonly files: readonly string[];
}

/** Starts one on loopback; `on` of the result scripts whatever else it is to say. It asks nobody for a token. */
export async function startHostileServer({ kernels, session, terminal, files }: ServerWords): Promise<FakeJupyterServer> {
  const server = await FakeJupyterServer.start();
  const now = new Date().toISOString();
  const specs = kernels.map(
    (name, index) =>
      [`k${index}`, { name: `k${index}`, spec: { display_name: name, language: "python", argv: [] }, resources: {} }] as const,
  );
  const models = files.map((name) => ({
    name,
    path: name,
    type: name.endsWith(".ipynb") ? "notebook" : "file",
    writable: true,
    created: now,
    last_modified: now,
    size: 2,
    mimetype: null,
    format: null,
    content: null,
  }));
  const root = {
    name: "",
    path: "",
    type: "directory",
    writable: true,
    created: now,
    last_modified: now,
    format: "json",
    mimetype: null,
    content: models,
  };
  server.addSession(session, server.addKernel("k0"));
  server.on("GET /api", { json: { version: "2.17.0" } });
  server.on("GET /api/status", { json: { started: now, last_activity: now, connections: 0, kernels: 1 } });
  server.on("GET /api/kernelspecs", { json: { default: "k0", kernelspecs: Object.fromEntries(specs) } });
  server.on("GET /api/terminals", { json: [{ name: terminal, last_activity: now }] });
  for (const path of ["/api/contents", "/api/contents/"]) server.on(`GET ${path}`, { json: root });
  for (const model of models) server.on(`GET /api/contents/${encodeURIComponent(model.name)}`, { json: model });
  return server;
}

/** Its address as people paste it. */
export function addressOf({ url }: FakeJupyterServer): string {
  return new URL("/", url).href;
}

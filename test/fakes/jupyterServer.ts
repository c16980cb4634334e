// A user's Jupyter server on loopback: kernel specs, kernels and sessions by REST, every answer scriptable; for unit
// tests only. Kernel websockets open and stay silent.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { WebSocketServer } from "ws";

/** A scripted answer: JSON, text of a given type, or a cut connection. */
export interface Scripted {
  readonly status?: number;
  readonly json?: unknown;
  readonly text?: string;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly drop?: boolean;
}

type Script = Scripted | ((body: string) => Scripted | undefined | Promise<Scripted | undefined>);

export interface FakeKernel {
  id: string;
  name: string;
  execution_state: string;
  connections: number;
  last_activity: string;
}

export interface FakeSession {
  id: string;
  path: string;
  name: string;
  type: string;
  kernel: FakeKernel | null;
}

interface Start {
  readonly name?: string;
  readonly path?: string;
  readonly type?: string;
  readonly kernel?: { readonly name?: string; readonly id?: string };
}

/** Keeps kernels and sessions as a server does; `on` overrides one operation. */
export class FakeJupyterServer {
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  readonly #sockets = new WebSocketServer({ noServer: true });
  readonly #scripts = new Map<string, Script[]>();
  #made = 0;
  /** As `GET /api/kernels`; websockets as `WS /api/kernels/…`, without their query. */
  readonly asked: string[] = [];
  readonly kernels = new Map<string, FakeKernel>();
  readonly sessions = new Map<string, FakeSession>();
  /** Spec name → language. */
  readonly specs = new Map<string, string>([["python3", "python"]]);
  defaultSpec: string | null = "python3";

  private constructor() {
    this.#server.on("upgrade", (request, socket, head) => {
      this.asked.push(`WS ${pathOf(request)}`);
      this.#sockets.handleUpgrade(request, socket, head, () => undefined);
    });
  }

  static async start(): Promise<FakeJupyterServer> {
    const server = new FakeJupyterServer();
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  /** Base URL with trailing slash. */
  get url(): URL {
    const { port } = this.#server.address() as AddressInfo; // listening on TCP, never a pipe
    return new URL(`http://127.0.0.1:${port}/user/ana/`);
  }

  /** Scripts `GET /api/kernels` and the like: each answer is used once, the last one for good; none is as usual. */
  on(operation: string, ...answers: Script[]): this {
    this.#scripts.set(operation, answers);
    return this;
  }

  /** How often what begins with `operation` was asked. */
  count(operation: string): number {
    return this.asked.filter((each) => each.startsWith(operation)).length;
  }

  addKernel(name = "python3"): FakeKernel {
    const kernel: FakeKernel = {
      id: `kernel-${++this.#made}`,
      ...{ name, execution_state: "idle", connections: 0, last_activity: "2026-01-01T00:00:00Z" },
    };
    this.kernels.set(kernel.id, kernel);
    return kernel;
  }

  addSession(path: string, kernel: FakeKernel | null = this.addKernel()): FakeSession {
    const session: FakeSession = { id: `session-${++this.#made}`, path, name: path, type: "notebook", kernel };
    this.sessions.set(session.id, session);
    return session;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const operation = `${request.method ?? ""} ${pathOf(request)}`;
    this.asked.push(operation);
    const body = await text(request);
    const scripts = this.#scripts.get(operation) ?? [];
    const script = scripts.length > 1 ? scripts.shift() : scripts[0];
    const answer = (typeof script === "function" ? await script(body) : script) ?? this.#answer(operation, body);
    if (answer.drop) {
      response.destroy();
      return;
    }
    response.writeHead(answer.status ?? 200, { "Content-Type": answer.type ?? "application/json", ...answer.headers });
    response.end(answer.text ?? (answer.json === undefined ? "" : JSON.stringify(answer.json)));
  }

  #answer(operation: string, body: string): Scripted {
    const [method = "", path = ""] = operation.split(" ");
    const [, , concept = "", id = "", action = ""] = path.split("/");
    const given = (body ? JSON.parse(body) : {}) as Start;
    switch (`${method} ${concept}${id && "/ID"}${action && "/"}${action}`) {
      case "GET kernelspecs":
        return { json: this.#specs() };
      case "GET kernels":
        return { json: [...this.kernels.values()] };
      case "GET sessions":
        return { json: this.#liveSessions() };
      case "POST kernels":
        return this.specs.has(given.name ?? "") ? { status: 201, json: this.addKernel(given.name) } : noSpec(given.name);
      case "POST sessions":
        return this.#startSession(given);
      case "GET kernels/ID":
      case "POST kernels/ID/restart":
        return this.kernels.has(id) ? { json: this.kernels.get(id) } : notFound;
      case "POST kernels/ID/interrupt":
        return this.kernels.has(id) ? { status: 204 } : notFound;
      case "DELETE kernels/ID":
        return this.kernels.delete(id) ? { status: 204 } : notFound;
      case "GET sessions/ID":
        return this.sessions.has(id) ? { json: this.sessions.get(id) } : notFound;
      case "PATCH sessions/ID":
        return this.#changeSession(id, given);
      case "DELETE sessions/ID":
        return this.#endSession(id);
      default:
        return notFound;
    }
  }

  #specs(): unknown {
    const entry = (name: string, language: string) =>
      [name, { name, spec: { display_name: `The ${name}`, language, argv: [] }, resources: {} }] as const;
    return { default: this.defaultSpec, kernelspecs: Object.fromEntries([...this.specs].map(([name, language]) => entry(name, language))) };
  }

  /** As the real server: a session whose kernel is gone vanishes when sessions are listed. */
  #liveSessions(): FakeSession[] {
    for (const { id, kernel } of [...this.sessions.values()]) if (kernel && !this.kernels.has(kernel.id)) this.sessions.delete(id);
    return [...this.sessions.values()];
  }

  #startSession({ path = "", name = "", type = "", kernel }: Start): Scripted {
    const known = this.#liveSessions().find((session) => session.path === path);
    if (known) return { status: 201, json: known };
    const own = this.#kernelFor(kernel);
    if (!own) return noSpec(kernel?.name);
    const session = this.addSession(path, own);
    Object.assign(session, { name, type });
    return { status: 201, json: session };
  }

  #changeSession(id: string, { kernel, ...properties }: Start): Scripted {
    const session = this.sessions.get(id);
    if (!session) return notFound;
    const own = kernel && this.#kernelFor(kernel);
    if (kernel && !own) return noSpec(kernel.name);
    if (own && session.kernel && own.id !== session.kernel.id) this.kernels.delete(session.kernel.id);
    Object.assign(session, properties, own && { kernel: own });
    return { json: session };
  }

  #endSession(id: string): Scripted {
    const session = this.sessions.get(id);
    if (!session) return notFound;
    this.sessions.delete(id);
    if (session.kernel && !this.kernels.delete(session.kernel.id))
      return { status: 410, json: { message: "Kernel deleted before session" } };
    return { status: 204 };
  }

  #kernelFor(kernel: Start["kernel"]): FakeKernel | undefined {
    if (kernel?.id !== undefined) return this.kernels.get(kernel.id);
    return this.specs.has(kernel?.name ?? "") ? this.addKernel(kernel?.name) : undefined;
  }
}

const notFound: Scripted = { status: 404, json: { message: "Not Found" } };
const noSpec = (name = ""): Scripted => ({ status: 501, json: { message: `The '${name}' kernel is not available.` } });

function pathOf({ url = "" }: IncomingMessage): string {
  return url.replace(/\?.*/, "").replace("/user/ana/", "/");
}

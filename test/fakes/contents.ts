// The contents API of a Jupyter server in memory, as a function from requests to answers; for unit tests only.
import type { Reply, Sent } from "../unit/services/rest/answers";

interface FakeFile {
  bytes: Buffer;
  mtime: number;
  writable: boolean;
}

interface Body {
  readonly type?: string;
  readonly content?: string;
  readonly chunk?: number;
  readonly path?: string;
}

/** Files and directories; `refuse` overrides what it does with one request. */
export class FakeContents {
  readonly files = new Map<string, FakeFile>();
  readonly directories = new Set([""]);
  /** Notebooks that are signed, by what is in them. */
  readonly signed = new Set<string>();
  refuse: (sent: Sent) => Reply | undefined = () => undefined;
  #now = Date.parse("2026-01-01T00:00:00Z");

  /** Puts a file there, as somebody else does it. */
  put(path: string, content: string | Buffer, writable = true): void {
    this.files.set(path, { bytes: Buffer.from(content), mtime: (this.#now += 1_000), writable });
  }

  text(path: string): string | undefined {
    return this.files.get(path)?.bytes.toString("utf8");
  }

  readonly reply = (sent: Sent): Reply => this.refuse(sent) ?? this.#answer(sent);

  #answer({ method, path: address, body }: Sent): Reply {
    const [encoded = "", query = ""] = address.replace(/^api\/contents\/?/, "").split("?");
    const asked = new URLSearchParams(query);
    const path = decodeURIComponent(encoded);
    const given = (body ?? {}) as Body;
    switch (method) {
      case "GET":
        return this.#get(path, asked);
      case "PUT":
        return this.#put(path, given);
      case "PATCH":
        return this.#rename(path, given.path ?? "");
      case "DELETE":
        return this.#delete(path);
      default: {
        this.signed.add(this.text(path.replace(/\/trust$/, "")) ?? "");
        return { status: 201 };
      }
    }
  }

  #get(path: string, asked: URLSearchParams): Reply {
    const file = this.files.get(path);
    if (this.directories.has(path)) {
      if (asked.get("type") === "file") return { status: 400, json: { message: `${path} is a directory, not a file`, reason: "bad type" } };
      const content = asked.get("content") === "0" ? null : this.#children(path).map((child) => this.#model(child));
      return { json: { ...this.#model(path), content, format: "json" } };
    }
    if (!file) return notFound;
    if (asked.get("content") === "0") return { json: this.#model(path) };
    if (asked.get("type") !== "notebook")
      return { json: { ...this.#model(path), type: "file", format: "base64", content: file.bytes.toString("base64") } };
    const trusted = this.signed.has(file.bytes.toString("utf8"));
    const outputs = [{ output_type: "display_data", data: { "text/html": "" }, metadata: {} }];
    const cells = [{ cell_type: "code", source: "", metadata: { trusted }, outputs }];
    return { json: { ...this.#model(path), type: "notebook", format: "json", content: { nbformat: 4, nbformat_minor: 5, cells } } };
  }

  #put(path: string, { type, content = "", chunk }: Body): Reply {
    const [parent] = /^(.*)\/[^/]*$/.exec(path)?.slice(1) ?? [""];
    if (!this.directories.has(parent ?? "")) return notFound;
    if (type === "directory") this.directories.add(path);
    else {
      const before = chunk === undefined || chunk === 1 ? Buffer.alloc(0) : (this.files.get(path)?.bytes ?? Buffer.alloc(0));
      this.put(path, Buffer.concat([before, Buffer.from(content, "base64")]));
    }
    return { status: 201, json: this.#model(path) };
  }

  #rename(from: string, to: string): Reply {
    if (this.files.has(to) || this.directories.has(to)) return { status: 409, json: { message: `File already exists: ${to}` } };
    const file = this.files.get(from);
    if (!file) return notFound;
    this.files.delete(from);
    this.files.set(to, file);
    return { json: this.#model(to) };
  }

  #delete(path: string): Reply {
    if (this.directories.has(path)) {
      if (this.#children(path).length > 0) return { status: 400, json: { message: `Directory ${path} not empty` } };
      this.directories.delete(path);
      return { status: 204 };
    }
    return this.files.delete(path) ? { status: 204 } : notFound;
  }

  #children(path: string): string[] {
    const isChild = (one: string): boolean => one !== "" && one.split("/").slice(0, -1).join("/") === path;
    return [...this.directories, ...this.files.keys()].filter(isChild);
  }

  #model(path: string): object {
    const file = this.files.get(path);
    const type = file === undefined ? "directory" : path.endsWith(".ipynb") ? "notebook" : "file";
    const modified = new Date(file?.mtime ?? this.#now).toISOString();
    return {
      name: path.split("/").pop(),
      path,
      type,
      writable: file?.writable ?? true,
      size: file?.bytes.length ?? null,
      created: modified,
      last_modified: modified,
    };
  }
}

const notFound: Reply = { status: 404, json: { message: "No such file or directory" } };

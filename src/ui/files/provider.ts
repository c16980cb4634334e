// The file system of servers: VS Code's requests, each on the server that the URI names.
import * as vscode from "vscode";
import { moveSessions } from "../../app/files/movedSessions";
import { ServerFiles } from "../../app/files/serverFiles";
import { ProductError } from "../../base/errors";
import { Emitter } from "../../base/event";
import type { AppContext } from "../context";
import { newUriOf, type Rename, type RenameReports } from "./announcedRenames";
import { fileSystemError } from "./errors";
import { serverOf, type Reach, type Reached } from "./reach";

/** https://code.visualstudio.com/api/references/vscode-api#FileSystemProvider */
export class ServerFileSystem implements vscode.FileSystemProvider, RenameReports {
  readonly #app: AppContext;
  readonly #reach: Reach;
  readonly #files = new ServerFiles();
  readonly #changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly #renames = new Set<Rename>();
  readonly #renameFailed: Emitter<Rename>;

  constructor(app: AppContext, reach: Reach) {
    this.#app = app;
    this.#reach = reach;
    this.#renameFailed = new Emitter(app.log);
  }

  get onDidFailRename() {
    return this.#renameFailed.event;
  }

  isRenaming(uri: vscode.Uri): boolean {
    return newUriOf(uri, [...this.#renames]) !== undefined;
  }

  get onDidChangeFile() {
    return this.#changed.event;
  }

  /** Servers tell of no changes, and are not asked for ever: see `look`. */
  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    return this.#on(uri, async ({ services, path }) => {
      const { isDirectory, size, mtime, ctime, isWritable } = await this.#files.stat(services.settings, path);
      return { type: typeOf(isDirectory), size, mtime, ctime, ...(!isWritable && { permissions: vscode.FilePermission.Readonly }) };
    });
  }

  readDirectory(uri: vscode.Uri): Promise<[string, vscode.FileType][]> {
    return this.#on(uri, async ({ services, path }) => {
      const entries = await this.#files.list(services.settings, path);
      return entries.map(([name, isDirectory]) => [name, typeOf(isDirectory)]);
    });
  }

  readFile(uri: vscode.Uri): Promise<Uint8Array> {
    return this.#on(uri, ({ services, path }) => this.#files.read(services.settings, path));
  }

  async writeFile(uri: vscode.Uri, content: Uint8Array, options: { readonly create: boolean; readonly overwrite: boolean }): Promise<void> {
    // VS Code shows the error to the user; its log does not come with ours.
    const failed = (error: unknown): void => this.#app.log.warn(`“${uri.path}” was not saved`, error);
    await this.#on(uri, ({ services, path }) => this.#files.write(services.settings, path, content, options), failed);
    this.#tell(vscode.FileChangeType.Changed, uri);
  }

  async createDirectory(uri: vscode.Uri): Promise<void> {
    await this.#on(uri, ({ services, path }) => this.#files.createDirectory(services.settings, path));
    this.#tell(vscode.FileChangeType.Created, uri);
  }

  async delete(uri: vscode.Uri, options: { readonly recursive: boolean }): Promise<void> {
    await this.#on(uri, ({ services, path }) => this.#files.delete(services.settings, path, options));
    this.#tell(vscode.FileChangeType.Deleted, uri);
  }

  async rename(from: vscode.Uri, to: vscode.Uri, options: { readonly overwrite: boolean }): Promise<void> {
    const rename: Rename = { oldUri: from, newUri: to };
    this.#renames.add(rename);
    try {
      await this.#on(from, (source) => this.#rename(source, to, options));
    } catch (error) {
      this.#renameFailed.fire(rename);
      throw error;
    } finally {
      this.#renames.delete(rename);
    }
    this.#tell(vscode.FileChangeType.Deleted, from);
    this.#tell(vscode.FileChangeType.Created, to);
  }

  /** These files are shown: reports changes by others to VS Code. Only running servers are asked. */
  async look(uris: readonly vscode.Uri[]): Promise<void> {
    await Promise.all(
      uris.map(async (uri) => {
        if (!serverOf(this.#app, uri)?.services) return;
        try {
          const { services, path } = await this.#reach.to(uri);
          const change = await this.#files.changeOf(services.settings, path);
          if (change === "changed") this.#tell(vscode.FileChangeType.Changed, uri);
          if (change === "gone") this.#tell(vscode.FileChangeType.Deleted, uri);
        } catch (error) {
          this.#app.log.debug(`Whether ${uri.path} has changed is not known`, error);
        }
      }),
    );
  }

  dispose(): void {
    this.#changed.dispose();
    this.#renameFailed.dispose();
  }

  /** @throws vscode.FileSystemError */
  async #on<T>(uri: vscode.Uri, work: (reached: Reached) => Promise<T>, failed?: (error: unknown) => void): Promise<T> {
    try {
      const reached = await this.#reach.to(uri);
      try {
        return await work(reached);
      } catch (error) {
        void this.#reach.failed(uri, reached.server, error);
        throw error;
      }
    } catch (error) {
      failed?.(error);
      throw fileSystemError(error);
    }
  }

  async #rename(source: Reached, to: vscode.Uri, options: { readonly overwrite: boolean }): Promise<void> {
    const target = await this.#reach.to(to);
    if (target.server !== source.server) {
      await this.#moveBetween(source, target, options);
      return;
    }
    await this.#files.rename(source.services.settings, source.path, target.path, options);
    await this.#moveSessions(source, target.path);
  }

  async #moveBetween(source: Reached, target: Reached, { overwrite }: { readonly overwrite: boolean }): Promise<void> {
    const { isDirectory } = await this.#files.stat(source.services.settings, source.path);
    if (isDirectory)
      throw new ProductError(
        "unsupported",
        `“${source.path}” cannot be moved from ${source.server.label} to ${target.server.label} as a whole. Move the files in it.`,
      );
    const bytes = await this.#files.read(source.services.settings, source.path);
    await this.#files.write(target.services.settings, target.path, bytes, { create: true, overwrite });
    await this.#files.delete(source.services.settings, source.path, { recursive: false });
  }

  /** The file is renamed by now; a session that has not followed keeps its kernel all the same. */
  async #moveSessions({ services, server, path }: Reached, to: string): Promise<void> {
    try {
      const moved = await moveSessions(services, path, to);
      if (moved > 0) this.#app.log.info(`${moved} sessions of ${server.label} have followed “${path}” to “${to}”`);
    } catch (error) {
      this.#app.log.warn(`The sessions of “${path}” on ${server.label} have not followed it`, error);
    }
  }

  #tell(type: vscode.FileChangeType, uri: vscode.Uri): void {
    this.#changed.fire([{ type, uri }]);
  }
}

function typeOf(isDirectory: boolean): vscode.FileType {
  return isDirectory ? vscode.FileType.Directory : vscode.FileType.File;
}

// Where windows keep their secrets, in memory.
import { Emitter } from "../../../../src/base/event";
import type { TokenStore } from "../../../../src/hub/account/account";

/** What several windows share. */
export class MemoryStore implements TokenStore {
  readonly #changes = new Emitter<string>();
  readonly records = new Map<string, string>();
  readonly onDidChange = this.#changes.event;

  async get(id: string): Promise<string | undefined> {
    return this.records.get(id);
  }

  async set(id: string, record: string): Promise<void> {
    this.records.set(id, record);
    this.#changes.fire(id);
  }

  ids(): readonly string[] {
    return [...this.records.keys()];
  }

  async delete(id: string): Promise<void> {
    this.records.delete(id);
    this.#changes.fire(id);
  }
}

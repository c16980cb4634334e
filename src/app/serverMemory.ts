// What is remembered of servers over windows: their kernel specs and the options they were started with.
import * as v from "valibot";
import type { Account } from "../hub/account";
import type { KernelSpecs } from "../services/kernelspec/model";
import type { Memory } from "./ports";
import { isShared, type Server, type UserOptions } from "./server";

const specsPrefix = "specs:";
const optionsPrefix = "options:";

const rememberedSpecs = v.object({
  server: v.string(),
  /** Of a server that is shared with the user. */
  owner: v.optional(v.string()),
  default: v.string(),
  specs: v.array(
    v.object({
      name: v.string(),
      displayName: v.string(),
      language: v.string(),
      argv: v.optional(v.array(v.string()), []),
      interruptMode: v.string(),
      metadata: v.record(v.string(), v.unknown()),
      resources: v.record(v.string(), v.string()),
    }),
  ),
});

const rememberedOptions = v.record(v.string(), v.unknown());

/** By server, each under keys of its own. */
export class ServerMemory {
  readonly #memory: Memory;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /** The servers of an account whose kernel specs are known. */
  known(account: Account): readonly { readonly name: string; readonly owner: string }[] {
    return this.#memory.keys().flatMap((key) => {
      if (!key.startsWith(`${specsPrefix}${account.id}/`)) return [];
      const result = v.safeParse(rememberedSpecs, this.#memory.get(key));
      return result.success ? [{ name: result.output.server, owner: result.output.owner ?? account.userName }] : [];
    });
  }

  specs(id: string): KernelSpecs | undefined {
    const result = v.safeParse(rememberedSpecs, this.#memory.get(specsPrefix + id));
    return result.success ? { default: result.output.default, specs: result.output.specs } : undefined;
  }

  options(id: string): UserOptions | undefined {
    const result = v.safeParse(rememberedOptions, this.#memory.get(optionsPrefix + id));
    return result.success ? result.output : undefined;
  }

  keepSpecs(server: Server, specs: KernelSpecs): Promise<void> {
    const owner = isShared(server) ? { owner: server.owner } : {};
    return this.#memory.set(specsPrefix + server.id, { server: server.name, ...owner, ...specs });
  }

  keepOptions(server: Server, options: UserOptions): Promise<void> {
    return this.#memory.set(optionsPrefix + server.id, options);
  }

  async forget({ id }: Server): Promise<void> {
    for (const key of [specsPrefix + id, optionsPrefix + id]) {
      if (this.#memory.get(key) !== undefined) await this.#memory.set(key, undefined);
    }
  }
}

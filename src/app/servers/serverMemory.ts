// Data about servers that outlives the window: their kernel specs and the options they were started with.
import * as v from "valibot";
import type { Account } from "../../hub/account/account";
import type { KernelSpecs } from "../../services/kernelspec/model";
import { keptOptions, noOffers, shownOptions } from "./offeredOptions";
import type { Memory } from "../ports";
import { isShared, type Server, type ShownOption, type UserOptions } from "./server";
import { offersOn } from "./spawnForms";

const specsPrefix = "specs:";
const optionsPrefix = "options:";

const rememberedSpecs = v.object({
  server: v.string(),
  /** For a server that is shared with the user. */
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

/** Versions before kept all values, in clear. */
const rememberedOptions = v.strictObject({ version: v.literal(2), offered: v.record(v.string(), v.string()), others: v.array(v.string()) });
const formerOptions = v.record(v.string(), v.unknown());

/** By server, each under keys of its own. */
export class ServerMemory {
  readonly #memory: Memory;

  constructor(memory: Memory) {
    this.#memory = memory;
    this.#dropFormerValues();
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

  /** The remembered options of the server's last start. */
  options(id: string, { hub }: Account): Pick<Server, "lastOptions" | "otherOptions" | "shownOptions"> | undefined {
    const result = v.safeParse(rememberedOptions, this.#memory.get(optionsPrefix + id));
    if (!result.success) return undefined;
    const { offered, others } = result.output;
    const shown = [...shownOptions(offered, offersOn(this.#memory, { hub })), ...others.map((name) => ({ name }))];
    return { lastOptions: offered, otherOptions: others, shownOptions: shown };
  }

  /** The part of these options that may be shown. */
  shown({ account }: Server, options: UserOptions): readonly ShownOption[] {
    return shownOptions(options, offersOn(this.#memory, account));
  }

  keepSpecs(server: Server, specs: KernelSpecs): Promise<void> {
    const owner = isShared(server) ? { owner: server.owner } : {};
    return this.#memory.set(specsPrefix + server.id, { server: server.name, ...owner, ...specs });
  }

  /** Values that the hub's page does not offer are left to the hub: they may be secrets. */
  keepOptions(server: Server, options: UserOptions): Promise<void> {
    return this.#memory.set(optionsPrefix + server.id, { version: 2, ...keptOptions(options, offersOn(this.#memory, server.account)) });
  }

  async forget({ id }: Server): Promise<void> {
    for (const key of [specsPrefix + id, optionsPrefix + id]) {
      if (this.#memory.get(key) !== undefined) await this.#memory.set(key, undefined);
    }
  }

  /** Records of versions that kept all values lose them; the names stay. */
  #dropFormerValues(): void {
    for (const key of this.#memory.keys()) {
      if (!key.startsWith(optionsPrefix) || v.is(rememberedOptions, this.#memory.get(key))) continue;
      const former = v.safeParse(formerOptions, this.#memory.get(key));
      const record = former.success ? { version: 2, ...keptOptions(former.output, noOffers) } : undefined;
      void this.#memory.set(key, record).catch((): undefined => undefined); // the next window tries again
    }
  }
}

// Negotiation between windows over a notebook's runs, by request and answer files beside the journals: does another window still show
// them?
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, watch, writeFileSync, type FSWatcher } from "node:fs";
import { join } from "node:path";
import { Deferred, within } from "../../base/async";
import type { Disposable } from "../../base/disposable";
import type { Logger } from "../../base/log";

/** Milliseconds within which a visible window answers, on a busy computer too. */
const answerTimeoutMs = 4_000;

/** A question's file has the journal's name and an id; so have the answer that it is held, and the request to let go of it. */
const asked = /^(ask|give)-([0-9a-f]+)-([0-9a-f-]{36})$/;
const question = (name: string, id: string): string => `ask-${name}-${id}`;
const answer = (name: string, id: string): string => `held-${name}-${id}`;
const request = (name: string, id: string): string => `give-${name}-${id}`;
const filesOf = (name: string, id: string): readonly string[] => [question(name, id), answer(name, id), request(name, id)];

/** Whether this is the name of such a file, and not of a journal. */
export function isQuestion(name: string): boolean {
  return /^(ask|held|give)-/.test(name);
}

/** A window's answer about a journal: it holds it, it held it until now, or it is another window's. */
export type Holding = "held" | "free" | "other";

export interface HolderPorts {
  holding(name: string): Holding;
  /** Resolves if this window is on a screen: an extension host may go on for hours without a window. */
  isShown(): Promise<unknown>;
  /** Another window wants the journal: this one is to let go of it in order. */
  give(name: string): void;
}

/** Another window holds a journal. */
export interface Held extends Disposable {
  /** Resolves when it does so no more; not where that window breaks off. */
  readonly freed: Promise<void>;
  /** Asks it to let go. */
  give(): void;
}

interface Asked {
  readonly name: string;
  readonly answered: Deferred<boolean>;
  readonly freed: Deferred<void>;
}

/** Asks other windows, and answers their questions. */
export class JournalHolders implements Disposable {
  readonly #root: string;
  readonly #ports: HolderPorts;
  readonly #log: Logger;
  readonly #questions = new Map<string, Asked>();
  #watcher: FSWatcher | undefined;

  constructor(root: string, log: Logger, ports: HolderPorts) {
    this.#root = root;
    this.#ports = ports;
    this.#log = log;
  }

  /** From now on other windows' questions are answered. */
  listen(): void {
    if (this.#watcher) return;
    try {
      mkdirSync(this.#root, { recursive: true, mode: 0o700 });
      const watcher = (this.#watcher = watch(this.#root, { persistent: false }, (_, file) => this.#look(file)));
      watcher.on("error", (error) => this.#log.debug("Other windows cannot be heard", error));
    } catch (error) {
      this.#log.debug("Other windows cannot be heard", error);
    }
  }

  /**
   * Asks whether another window holds a journal, and is shown.
   * @returns undefined where none does; else what is to be disposed when nobody waits for that window any more
   */
  async ask(name: string): Promise<Held | undefined> {
    this.listen();
    const id = randomUUID();
    const asking: Asked = { name, answered: new Deferred(), freed: new Deferred() };
    const end = (): void => {
      this.#questions.delete(id);
      this.#remove(filesOf(name, id));
    };
    this.#questions.set(id, asking);
    this.#write(question(name, id));
    const give = (): void => this.#write(request(name, id));
    if (await within(asking.answered.promise, answerTimeoutMs)) return { freed: asking.freed.promise, give, dispose: end };
    end();
    return undefined;
  }

  /** This window is done with a journal: windows that wait for it go on. */
  free(name: string): void {
    if (!this.#watcher) return;
    this.#attempt(() =>
      this.#remove(readdirSync(this.#root).filter((file) => ["ask", "held", "give"].some((kind) => file.startsWith(`${kind}-${name}-`)))),
    );
  }

  dispose(): void {
    this.#watcher?.close();
    for (const [id, { name }] of this.#questions) this.#remove(filesOf(name, id));
    this.#questions.clear();
  }

  #look(file: string | null): void {
    for (const [id, asking] of this.#questions) this.#lookAfter(id, asking);
    const [, kind, name, id] = asked.exec(file ?? "") ?? [];
    if (name === undefined || id === undefined || this.#questions.has(id)) return;
    if (kind === "ask") void this.#reply(name, id);
    else if (existsSync(join(this.#root, request(name, id))) && this.#ports.holding(name) === "held") this.#ports.give(name);
  }

  #lookAfter(id: string, { name, answered, freed }: Asked): void {
    const isHeld = existsSync(join(this.#root, answer(name, id)));
    if (isHeld) answered.resolve(true);
    else if (!existsSync(join(this.#root, question(name, id)))) {
      answered.resolve(false);
      freed.resolve();
    }
  }

  async #reply(name: string, id: string): Promise<void> {
    const file = join(this.#root, question(name, id));
    if (!existsSync(file)) return;
    try {
      const isOurs = this.#ports.holding(name);
      if (isOurs === "other") return;
      if (isOurs === "held") {
        await this.#ports.isShown();
        // The journal may have been given up, or taken, meanwhile.
        if (this.#ports.holding(name) === "held" && existsSync(file)) renameSync(file, join(this.#root, answer(name, id)));
        return;
      }
      rmSync(file, { force: true });
    } catch (error) {
      this.#log.debug("Another window's question was not answered", error);
    }
  }

  #write(file: string): void {
    this.#attempt(() => writeFileSync(join(this.#root, file), "", { mode: 0o600 }));
  }

  #remove(files: readonly string[]): void {
    this.#attempt(() => {
      for (const file of files) rmSync(join(this.#root, file), { force: true });
    });
  }

  /** Windows that cannot ask each other are as those that are alone. */
  #attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#log.debug("The windows' questions to each other could not be written", error);
    }
  }
}

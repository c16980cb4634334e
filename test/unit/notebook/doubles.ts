// Doubles for notebook tests: a clock to turn by hand, a sink that behaves like a cell, messages.
import { SerialQueue } from "../../../src/base/async";
import type { Clock } from "../../../src/base/clock";
import type { CellOutput } from "../../../src/notebook/outputs/output";
import { textItem, textOf, withText } from "../../../src/notebook/outputs/outputItem";
import type { OutputSink } from "../../../src/notebook/outputs/outputBatcher";
import type { OutputChange } from "../../../src/notebook/outputs/outputModel";
import { createMessage, type JsonObject, type Message } from "../../../src/services/kernel/messages";

export const message = (type: string, content: JsonObject): Message => createMessage("kernel", "iopub", type, content);
export const stream = (text: string, name = "stdout"): Message => message("stream", { name, text });
export const clearOutput = (wait = false): Message => message("clear_output", { wait });
export const error = (ename: string, evalue: string, traceback: string[] = []): Message => message("error", { ename, evalue, traceback });
export const display = (data: JsonObject, displayId?: string, type = "display_data"): Message =>
  message(type, { data, metadata: {}, ...(displayId === undefined ? {} : { transient: { display_id: displayId } }) });

/** Lets everything run that waits for promises only. */
export const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** A clock that stands still until it is advanced. */
export class HandClock implements Clock {
  #now = 0;
  #timers: { at: number; callback: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(ms: number, callback: () => void): { dispose: () => void } {
    const timer = { at: this.#now + ms, callback };
    this.#timers.push(timer);
    return { dispose: () => void (this.#timers = this.#timers.filter((other) => other !== timer)) };
  }

  /** Moves on by `ms` milliseconds, running what falls due on the way and what that leads to. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await settled();
    for (;;) {
      const due = this.#timers.filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.#now = due.at;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      due.callback();
      await settled();
    }
    this.#now = until;
    await settled();
  }
}

/** The outputs of a cell, changed as VS Code changes them: strict about ids, and one change after the other. */
export class CellSink implements OutputSink {
  outputs: CellOutput[] = [];
  readonly writes: string[] = [];
  /** Runs within each write, before it takes effect; throws to make it fail. */
  during: (write: string) => Promise<void> | void = () => undefined;
  readonly #inOrder = new SerialQueue();
  /** Outputs that somebody has removed: VS Code ignores what changes them. */
  readonly #removed = new Set<string>();

  clear(): Promise<void> {
    return this.#write("clear", () => void (this.outputs = []));
  }

  append(outputs: readonly CellOutput[], removed: readonly string[] = []): Promise<void> {
    return this.#write("append", () => {
      for (const id of removed) if (!this.#ignores(id)) this.outputs.splice(this.#index(id), 1);
      this.outputs.push(...outputs);
    });
  }

  replace(outputs: readonly CellOutput[]): Promise<void> {
    return this.#write("replace", () => {
      for (const output of outputs) if (!this.#ignores(output.id)) this.outputs[this.#index(output.id)] = output;
    });
  }

  appendText(id: string, mime: string, text: string): Promise<void> {
    return this.#write("appendText", () => {
      if (this.#ignores(id)) return;
      const index = this.#index(id);
      this.outputs = this.outputs.map((output, at) => (at === index ? addText(output, mime, text) : output));
    });
  }

  /** Somebody removes all outputs. @returns their ids */
  removeAll(): string[] {
    const ids = this.outputs.map(({ id }) => id);
    for (const id of ids) this.#removed.add(id);
    this.outputs = [];
    return ids;
  }

  /** What the cell shows, as plain values. */
  get shown(): Plain[] {
    return this.outputs.map(plain);
  }

  #ignores(id: string): boolean {
    return this.#removed.has(id) && !this.outputs.some((output) => output.id === id);
  }

  #index(id: string): number {
    const index = this.outputs.findIndex((output) => output.id === id);
    if (index === -1) throw new Error(`No output ${id}`);
    return index;
  }

  #write(name: string, take: () => void): Promise<void> {
    this.writes.push(name);
    return this.#inOrder.run(async () => {
      await this.during(name);
      take();
    });
  }
}

function addText(output: CellOutput, mime: string, text: string): CellOutput {
  if (!output.items.some((item) => item.mime === mime)) throw new Error(`No item ${mime}`);
  return { ...output, items: output.items.map((item) => (item.mime === mime ? withText(item, text) : item)) };
}

/** An output as plain values: its type and the text by mime type. */
export interface Plain {
  readonly type: string;
  readonly items: Record<string, string>;
}

export const plain = (output: CellOutput): Plain => ({
  type: output.metadata.outputType,
  items: Object.fromEntries(output.items.map((item) => [item.mime, textOf(item)])),
});

export const stdout = (text: string): Plain => ({ type: "stream", items: { "application/vnd.code.notebook.stdout": text } });
export const stderr = (text: string): Plain => ({ type: "stream", items: { "application/vnd.code.notebook.stderr": text } });

/** The outputs after `changes`, one by one. */
export function applied(changes: readonly OutputChange[], before: readonly CellOutput[] = []): CellOutput[] {
  let outputs = [...before];
  for (const change of changes) {
    if (change.kind === "clear") outputs = [];
    else if (change.kind === "remove") outputs = outputs.filter(({ id }) => !change.ids.includes(id));
    else if (change.kind === "append") outputs.push(change.output);
    else {
      const index = outputs.findIndex(({ id }) => id === change.id);
      const output = outputs[index];
      if (!output) throw new Error(`No output ${change.id}`);
      outputs[index] = change.kind === "replace" ? change.output : addText(output, change.mime, change.text);
    }
  }
  return outputs;
}

/** An output with one line of standard output. */
export const line = (id: string, text: string): CellOutput => ({
  id,
  items: [textItem("application/vnd.code.notebook.stdout", text)],
  metadata: { outputType: "stream" },
});

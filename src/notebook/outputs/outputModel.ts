// Output model of one cell's run: Jupyter messages in, changes of outputs out.
// Specification: https://jupyter-client.readthedocs.io/en/stable/messaging.html#messages-on-the-iopub-pub-sub-channel
import {
  clearOutputContent,
  contentOf,
  displayDataContent,
  errorContent,
  executeResultContent,
  streamContent,
  type JsonObject,
  type Message,
} from "../../services/kernel/messages";
import type { DisplayIds, DisplayOwner } from "./displayIds";
import { displayOutput, errorOutput, newOutputId, streamMime, streamOutput, type Bundle, type CellOutput, type StreamName } from "./output";
import { StreamText } from "../text/streamText";

/**
 * What has to be done to the shown outputs of a cell; `appendText` is only for stream outputs. `raw` is the stream's own
 * text behind a change, control characters included.
 */
export type OutputChange =
  | { readonly kind: "append"; readonly output: CellOutput }
  | { readonly kind: "appendText"; readonly id: string; readonly mime: string; readonly text: string; readonly raw?: string }
  | { readonly kind: "replace"; readonly id: string; readonly output: CellOutput; readonly raw?: string }
  | { readonly kind: "remove"; readonly ids: readonly string[] }
  | { readonly kind: "clear" };

/** Content that had come for an output, and was not shown when somebody removed the output from the cell. */
export interface Unshown {
  /** The stream's own text. */
  readonly raw?: { readonly mime: string; readonly text: string } | undefined;
  /** The newest state of an output that is replaced as a whole. */
  readonly output?: CellOutput | undefined;
}

interface OpenStream {
  readonly id: string;
  readonly name: StreamName;
  readonly text: StreamText;
  shown: boolean;
  /** Text since the last change that changed nothing that is shown, such as a lone carriage return. */
  unseen: string;
}

/**
 * State of one run's outputs. It holds the text of the last stream output only, because nothing else can grow; other
 * outputs are handed on and forgotten.
 */
export class OutputModel {
  readonly #owner: DisplayOwner;
  readonly #displayIds: DisplayIds;
  readonly #newId: () => string;
  #stream: OpenStream | undefined;
  #isEmpty = true;
  #clearFirst = false;

  /**
   * @param owner the cell's run, to which `displayIds` reports updates by other cells' messages
   * @param displayIds the registry of the kernel connection
   */
  constructor(owner: DisplayOwner, displayIds: DisplayIds, newId: () => string = newOutputId) {
    this.#owner = owner;
    this.#displayIds = displayIds;
    this.#newId = newId;
  }

  /**
   * Takes one message of the run. Types that make no output are ignored.
   * @returns the changes to show, in order
   * @throws ProductError `invalid-message` if the content is faulty; the outputs are then as before.
   */
  apply(message: Message): OutputChange[] {
    switch (message.header.msg_type) {
      case "stream": {
        const { name, text } = contentOf(message, streamContent);
        return [...this.#beforeOutput(), ...this.#write(name, text)];
      }
      case "display_data": {
        return this.#display("display_data", contentOf(message, displayDataContent), null);
      }
      case "execute_result": {
        const content = contentOf(message, executeResultContent);
        return this.#display("execute_result", content, content.execution_count);
      }
      case "update_display_data":
        return replacements(this.#displayIds.apply(message, this.#owner));
      case "error": {
        const { ename, evalue, traceback } = contentOf(message, errorContent);
        return [...this.#beforeOutput(), ...this.#append(errorOutput(this.#newId(), ename, evalue, traceback))];
      }
      case "clear_output":
        if (contentOf(message, clearOutputContent).wait) {
          this.#clearFirst = true;
          return [];
        }
        return this.#clear();
      default:
        return [];
    }
  }

  /** Adds a text that the kernel wants to be paged, as JupyterLab does. */
  page(data: JsonObject): OutputChange[] {
    return [
      ...this.#beforeOutput(),
      ...this.#append(displayOutput(this.#newId(), "display_data", { data, metadata: {}, transient: {} }, null)),
    ];
  }

  /** Adds a line of our own, on standard error, to what is shown. */
  notice(text: string): OutputChange[] {
    return this.#addOwn(streamOutput(this.#newId(), "stderr", `${text}\n`));
  }

  /** Adds an error of our own to what is shown; `traceback` only where the kernel gave one. */
  fail(name: string, message: string, traceback: readonly string[] = []): OutputChange[] {
    return this.#addOwn(errorOutput(this.#newId(), name, message, traceback));
  }

  /** What comes next of the stream is shown in an output of its own: another was shown behind it, of another model. */
  endStream(): void {
    this.#stream = undefined;
  }

  /**
   * Somebody has removed output `id` from the cell. Its stream goes on in a fresh output, as on an empty terminal.
   * @returns the output that shows what had come and was not shown; undefined where there is nothing yet
   */
  goOn(id: string, { raw, output }: Unshown): CellOutput | undefined {
    const stream = this.#stream;
    if (stream?.id !== id) return raw ? closedStream(this.#newId(), raw.mime, raw.text) : output;
    this.#stream = undefined;
    const [change] = this.#write(stream.name, (raw?.text ?? "") + stream.unseen);
    return change?.kind === "append" ? change.output : undefined;
  }

  /** Our own outputs do not carry out a waiting clear: what the kernel sent last stays beside them. */
  #addOwn(output: CellOutput): OutputChange[] {
    this.#clearFirst = false;
    return this.#append(output);
  }

  #write(name: StreamName, chunk: string): OutputChange[] {
    if (this.#stream?.name !== name) this.#stream = { id: this.#newId(), name, text: new StreamText(), shown: false, unseen: "" };
    const stream = this.#stream;
    const added = stream.text.append(chunk);
    const raw = stream.unseen + chunk;
    stream.unseen = added === "" ? raw : "";
    if (added === "") return [];
    if (!stream.shown) {
      stream.shown = true;
      this.#isEmpty = false;
      return [{ kind: "append", output: streamOutput(stream.id, name, stream.text.text) }];
    }
    if (added !== undefined) return [{ kind: "appendText", id: stream.id, mime: streamMime(name), text: added, raw }];
    return [{ kind: "replace", id: stream.id, output: streamOutput(stream.id, name, stream.text.text), raw }];
  }

  #display(
    type: "display_data" | "execute_result",
    bundle: Bundle & { readonly transient: { readonly display_id?: string | null | undefined } },
    executionCount: number | null,
  ): OutputChange[] {
    const cleared = this.#beforeOutput();
    const output = displayOutput(this.#newId(), type, bundle, executionCount);
    const id = bundle.transient.display_id;
    if (id === undefined || id === null) return [...cleared, ...this.#append(output)];
    // Displaying an id anew also updates where it is shown already, as in JupyterLab and nbclient.
    const updated = replacements(this.#displayIds.update(id, bundle, this.#owner));
    this.#displayIds.add(id, this.#owner, output);
    return [...cleared, ...updated, ...this.#append(output)];
  }

  #append(output: CellOutput): OutputChange[] {
    this.#stream = undefined;
    this.#isEmpty = false;
    return [{ kind: "append", output }];
  }

  #beforeOutput(): OutputChange[] {
    return this.#clearFirst ? this.#clear() : [];
  }

  #clear(): OutputChange[] {
    this.#clearFirst = false;
    this.#stream = undefined;
    this.#displayIds.drop(this.#owner.cell);
    if (this.#isEmpty) return [];
    this.#isEmpty = true;
    return [{ kind: "clear" }];
  }
}

function replacements(outputs: readonly CellOutput[]): OutputChange[] {
  return outputs.map((output) => ({ kind: "replace", id: output.id, output }));
}

function closedStream(id: string, mime: string, raw: string): CellOutput {
  const text = new StreamText();
  text.append(raw);
  return streamOutput(id, mime === streamMime("stderr") ? "stderr" : "stdout", text.text);
}

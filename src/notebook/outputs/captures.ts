// Outputs of a run that Output widgets capture: they never clear or change the cell's own outputs.
// A widget captures a request's output while its state's `msg_id` is the request's id
// (https://ipywidgets.readthedocs.io/en/stable/examples/Output%20Widget.html, nbclient/output_widget.py).
import { commContent, contentOf, type JsonObject, type Message } from "../../services/kernel/messages";
import type { DisplayIds, DisplayOwner } from "./displayIds";
import type { CellOutput } from "./output";
import { OutputModel, type OutputChange, type Unshown } from "./outputModel";

/** The types of messages that a widget takes. */
const captured = new Set(["stream", "display_data", "execute_result", "update_display_data", "error", "clear_output"]);

/** The captured output of one widget, and the outputs that show it for now. */
interface Area {
  readonly owner: DisplayOwner;
  readonly model: OutputModel;
  readonly shown: Set<string>;
}

/** As long as no widget is drawn, what it has captured is shown in the cell, in outputs of its own. */
export class Captures {
  readonly #owner: DisplayOwner;
  readonly #displayIds: DisplayIds;
  /** The comms of the widgets that capture now; the last one gets what comes. */
  #capturing: readonly string[] = [];
  readonly #areas = new Map<string, Area>();

  /** @param owner the cell's run */
  constructor(owner: DisplayOwner, displayIds: DisplayIds) {
    this.#owner = owner;
    this.#displayIds = displayIds;
  }

  /**
   * Takes one message of the run.
   * @returns the changes to show, in order; undefined where no widget captures it
   * @throws ProductError `invalid-message` if the content is faulty
   */
  apply(message: Message): OutputChange[] | undefined {
    const type = message.header.msg_type;
    if (type === "comm_open" || type === "comm_msg" || type === "comm_close") {
      this.#follow(message);
      return undefined;
    }
    const widget = this.#capturing.at(-1);
    if (widget === undefined || !captured.has(type)) return undefined;
    const area = this.#area(widget);
    const changes = this.#shownOf(area, message);
    if (changes.some(({ kind }) => kind === "append")) this.endStreams(area);
    return changes;
  }

  /** An output was shown behind what was captured, by another than `area`. */
  endStreams(area?: Area): void {
    for (const other of this.#areas.values()) if (other !== area) other.model.endStream();
  }

  /** As `OutputModel.goOn`, for an output that shows what was captured. */
  goOn(id: string, unshown: Unshown): { readonly output: CellOutput | undefined } | undefined {
    for (const { model, shown } of this.#areas.values()) {
      if (!shown.delete(id)) continue;
      const output = model.goOn(id, unshown);
      if (output) shown.add(output.id);
      return { output };
    }
    return undefined;
  }

  /** The cell was cleared, or its run is of no interest any more: what comes next is shown by itself. */
  forget(): void {
    for (const { owner } of this.#areas.values()) this.#displayIds.drop(owner.cell);
    this.#areas.clear();
  }

  #follow(message: Message): void {
    const { comm_id: comm, data } = contentOf(message, commContent);
    const state = data["state"];
    const claimed = typeof state === "object" && state !== null ? (state as JsonObject)["msg_id"] : undefined;
    const ends = message.header.msg_type === "comm_close";
    if (claimed === undefined && !ends) return;
    this.#capturing = this.#capturing.filter((other) => other !== comm);
    if (!ends && claimed !== "" && claimed === message.parent_header.msg_id) this.#capturing = [...this.#capturing, comm];
  }

  #area(widget: string): Area {
    const known = this.#areas.get(widget);
    if (known) return known;
    const owner: DisplayOwner = { cell: `${this.#owner.cell} ${widget}`, replace: (output) => this.#owner.replace(output) };
    const area: Area = { owner, model: new OutputModel(owner, this.#displayIds), shown: new Set() };
    this.#areas.set(widget, area);
    return area;
  }

  /** The widget is cleared by removing what shows it. */
  #shownOf({ model, shown }: Area, message: Message): OutputChange[] {
    return model.apply(message).map((change) => {
      if (change.kind === "append") shown.add(change.output.id);
      if (change.kind !== "clear") return change;
      const ids = [...shown];
      shown.clear();
      return { kind: "remove", ids };
    });
  }
}
